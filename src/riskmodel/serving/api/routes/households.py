"""Routes about one household: what was said of it on a published date."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from riskmodel.serving.api.auth import Reader, Running
from riskmodel.serving.api.problems import RESPONSES, unknown_household
from riskmodel.serving.api.strict_request import StrictRoute
from riskmodel.serving.clock import now

ROUTER = APIRouter(prefix="/v1/households", tags=["households"], route_class=StrictRoute, responses=RESPONSES)

HouseholdId = Annotated[str, Path(pattern="^H[0-9a-f]{24}$", description="H and 24 hex digits")]
AsOf = Annotated[date | None, Query(description="As-of date of a published month; default: the newest")]
Language = Annotated[Literal["zh", "en"], Query(description="Language of titles and sentences")]
Explain = Annotated[Literal["short", "full"], Query(description="full: also base, margin, values and contributions")]


class Told(BaseModel):
    """One feature, told in a sentence."""

    group: str = Field(description="Code of the cause or background")
    group_title: str
    feature: str
    label: str
    value: float | None = Field(description="null = not known")
    unit: str
    contribution: float = Field(description="Log-odds")
    table: str
    date: str | None = Field(description="ISO; what it is of says date_of")
    dated: str = Field(description="How fine it is: day, month, term or year")
    date_of: str = Field(description="row (that the value is read from), newest (information), as_of, event, ahead")
    source: str | None = Field(description="Department of that row")
    typical: float | None = Field(description="Median where the household lives")
    typical_of: str | None = Field(description="village or county")
    sentence: str


class Group(BaseModel):
    """What a cause or background adds, in log-odds."""

    group: str
    title: str
    contribution: float
    raising: float
    lowering: float


class Assessment(BaseModel):
    """What was said of a household on a date."""

    household_id: str
    village_code: str
    as_of: str
    label: str
    probability: float = Field(description="Calibrated, of the event within the label's horizon")
    meaning: str
    tier: str
    tier_title: str
    rank_county: int
    rank_township: int
    reasons: list[Told]
    protections: list[Told]
    missing: list[Told]
    groups: list[Group]
    model: str = Field(description="First 16 digits of the model's hash")
    data_age_days: int | None
    notes: list[str]
    probability_6m: float | None = Field(description="Within 6 months, where that horizon has a model")
    base: float | None = Field(default=None, description="Only with explain=full, as the next three")
    margin: float | None = None
    values: dict[str, float | None] | None = None
    contributions: dict[str, float] | None = None


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


@ROUTER.get("/{household_id}/assessment", response_model=Assessment, response_model_exclude_unset=True)
def assessment(
    household_id: HouseholdId,
    running: Running,
    who: Reader,
    as_of: AsOf = None,
    language: Language = "zh",
    explain: Explain = "short",
) -> Response:
    """What was said of a household: probability, tier, reasons. Written into the audit log before it is answered."""
    found = running.assessment(who, household_id, as_of, language, full=explain == "full", now=now())
    if found is None:
        raise unknown_household()
    return JSONResponse(found)


@ROUTER.get("/{household_id}/assessments")
def assessments(household_id: HouseholdId, running: Running, who: Reader) -> History:
    """What was said of a household on every published date. Written into the audit log before it is answered."""
    found = running.history(who, household_id, now())
    if found is None:
        raise unknown_household()
    return History(household_id=household_id, assessments=[Brief(**asdict(brief)) for brief in found])
