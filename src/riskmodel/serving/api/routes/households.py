"""Routes about one household: what was said of it on a published date."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, BeforeValidator, Field

from riskmodel.serving.api.auth import READER, Reader, Running, service_of
from riskmodel.serving.api.facts import day_as_text
from riskmodel.serving.api.problems import RESPONSES, fault, invalid, unknown_household
from riskmodel.serving.api.strict_request import StrictRoute
from riskmodel.serving.clock import now
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from riskmodel.review.access import Principal

ROUTER = APIRouter(prefix="/v1/households", tags=["households"], route_class=StrictRoute, responses=RESPONSES)

ID: Final = "^H[0-9a-f]{24}$"
ARRIVED: Final = "Days since news of the household last arrived; not the age of its facts, whose dates the reasons tell"
HouseholdId = Annotated[str, Path(pattern=ID, description="H and 24 hex digits")]
AsOf = Annotated[
    Annotated[date, BeforeValidator(day_as_text)] | None,
    Query(description="As-of date of a published month; default: the newest"),
]
MONTH: Final = "^[0-9]{4}-(0[1-9]|1[0-2])$"
OF_A_MONTH: Final = "YYYY-MM, beside as_of: the newest date published in that month"
Month = Annotated[str | None, Query(pattern=MONTH, description=OF_A_MONTH)]
Language = Annotated[Literal["zh", "en"], Query(description="Language of titles and sentences")]
Explain = Annotated[Literal["short", "full"], Query(description="full: also base, margin, values and contributions")]


class Told(BaseModel):
    """One feature, told in a sentence."""

    group: str = Field(description="Code of the cause or background")
    group_title: str = Field(description="Its title in the language asked for")
    feature: str = Field(description="Name of the feature, as GET /v1/features lists it")
    label: str = Field(description="Its title in the language asked for")
    value: float | None = Field(description="In the unit; null = not known")
    unit: str = Field(description="Of value and typical; empty = a number without one")
    contribution: float = Field(description="What it adds to the margin, in log-odds: above 0 raises the risk")
    table: str = Field(description="Canonical table that date and source are of")
    date: str | None = Field(description="ISO; what it is of says date_of")
    dated: str = Field(description="How fine it is: day, month, term or year")
    date_of: str = Field(description="row (that the value is read from), newest (information), as_of, event, ahead")
    source: str | None = Field(description="Department of that row")
    typical: float | None = Field(description="Median where the household lives")
    typical_of: str | None = Field(description="village or county")
    sentence: str = Field(description="The feature with value and date in words")


class Group(BaseModel):
    """What a cause or background adds, in log-odds."""

    group: str = Field(description="Code of the cause or background")
    title: str = Field(description="Its title in the language asked for")
    contribution: float = Field(description="Sum of its features, in log-odds: above 0 raises the risk")
    raising: float = Field(description="Sum of those that raise the risk, in log-odds")
    lowering: float = Field(description="Sum of those that lower it, in log-odds")


class Judged(BaseModel):
    """What is said of a household, whether its facts were published or sent."""

    village_code: str = Field(description="12 digits")
    as_of: str = Field(description="Day of what was known, ISO")
    label: str = Field(description="Code of the event that the probability is of, with its horizon")
    probability: float = Field(description="Calibrated, of the event within the label's horizon")
    probability_6m: float | None = Field(description="Within 6 months, where that horizon has a model")
    meaning: str = Field(description="The probability in words")
    tier: str = Field(description="Code of the tier of risk")
    tier_title: str = Field(description="Its title in the language asked for")
    reasons: list[Told] = Field(description="What raises the risk most, the strongest first")
    protections: list[Told] = Field(description="What lowers it most, the strongest first")
    missing: list[Told] = Field(description="What is not known and would matter")
    groups: list[Group] = Field(description="What each cause and background adds")
    model: str = Field(description="First 16 digits of the model's hash")
    model_6m: str | None = Field(description="The same of the model of the shorter horizon")
    data_age_days: int | None = Field(description=ARRIVED)
    notes: list[str] = Field(description="What to keep in mind, in words")
    base: float | None = Field(default=None, description="Only with explain=full, as the next three")
    margin: float | None = Field(
        default=None, description="Before calibration, in log-odds: base and all contributions"
    )
    values: dict[str, float | None] | None = Field(default=None, description="By feature; null = not known")
    contributions: dict[str, float] | None = Field(default=None, description="By feature, in log-odds")


class Assessment(Judged):
    """What was said of a household on a date."""

    household_id: str = Field(description="H and 24 hex digits")
    rank_county: int = Field(description="Place by probability in the county, from 1")
    rank_township: int = Field(description="Place by probability in the township, from 1")


class Brief(BaseModel):
    """The outcome of one date."""

    as_of: date
    village_code: str
    probability: float
    tier: str
    cause: str = Field(description="The first one told; empty = none")


class History(BaseModel):
    """What was said on every published date, the newest first."""

    household_id: str
    assessments: list[Brief]


class QuickRoute(StrictRoute):
    """A route of which a request without parameters is answered without FastAPI's reading of them.

    That reading takes longer than the answer. Key, rate, role, area and audit are asked the same way.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As of FastAPI, for requests that have parameters, and for ids that are none."""
        handler = super().get_route_handler()

        async def quick(request: Request) -> Response:
            household_id = request.path_params["household_id"]
            if request.scope["query_string"] or not re.fullmatch(ID, household_id):
                return await handler(request)
            who = await READER(request)
            return await _answered(service_of(request), who, household_id, None, "zh", full=False)

        return quick


async def assessment(
    household_id: HouseholdId,
    running: Running,
    who: Reader,
    as_of: AsOf = None,
    month: Month = None,
    language: Language = "zh",
    explain: Explain = "short",
) -> Response:
    """What was said of a household: probability, tier, reasons. Written into the audit log before it is answered."""
    day = await run_in_threadpool(day_of, running, who, household_id, month, as_of, "query") if month else as_of
    return await _answered(running, who, household_id, day, language, full=explain == "full")


ROUTER.add_api_route(
    "/{household_id}/assessment",
    assessment,
    response_model=Assessment,
    response_model_exclude_unset=True,
    route_class_override=QuickRoute,
)


@ROUTER.get("/{household_id}/assessments")
def assessments(household_id: HouseholdId, running: Running, who: Reader) -> History:
    """What was said of a household on every published date. Written into the audit log before it is answered."""
    found = running.history(who, household_id, now())
    if found is None:
        raise unknown_household()
    return History(household_id=household_id, assessments=[Brief(**asdict(brief)) for brief in found])


def day_of(running: Service, who: Principal, household_id: str, month: str, as_of: date | None, where: str) -> date:
    """The newest date of a month on which something was said of a household. Problem 404 where nothing was, 422 where a
    date is given too; `where`: in what."""
    if as_of:
        raise invalid([fault([where, "month"], month, "month or as_of, not both")])
    found = running.day_in_month(who, household_id, month)
    if found is None:
        raise unknown_household()
    return found


async def _answered(
    service: Service, who: Principal, household_id: str, as_of: date | None, language: Language, *, full: bool
) -> Response:
    """The response, once the look is in the audit log."""
    at = now()
    if service.reads_at_once:
        answer = service.assessment(who, household_id, as_of, language, full=full, now=at)
    else:
        answer = await run_in_threadpool(service.assessment, who, household_id, as_of, language, full=full, now=at)
    if answer is None:
        raise unknown_household()
    return Response(await asyncio.wrap_future(answer), media_type="application/json")
