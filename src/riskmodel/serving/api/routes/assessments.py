"""Routes that assess a household from facts that are sent along."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from riskmodel.errors import UsageError
from riskmodel.policy import HouseholdStatus
from riskmodel.review.access import Principal, Right
from riskmodel.serving.api.auth import Running, allowed
from riskmodel.serving.api.facts import Facts
from riskmodel.serving.api.problems import RESPONSES, Problem, busy, fault, invalid, unknown_household
from riskmodel.serving.api.routes.households import Explain, Judged, Language
from riskmodel.serving.api.strict_request import StrictRoute
from riskmodel.serving.clock import now
from riskmodel.workflows.sent_case import Case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ROUTER = APIRouter(prefix="/v1", tags=["assessments"], route_class=StrictRoute, responses=RESPONSES)
Assessor = Annotated[Principal, Depends(allowed(Right.ASSESS))]


class Measure(BaseModel):
    """A measure that the rules allow, demand or exclude (docs/measures.md), or what a rule says as a whole."""

    rule: str | None = Field(description="Code of the rule that decided; null = none, it only runs")
    fact: str | None = Field(description="Code of the condition that decided; null = none")
    cause: str | None = Field(description="Code of the cause that it answers; null = of none in particular")
    measure: str | None = Field(description="Code of the measure; null = a rule about the household as a whole")
    option: str | None = Field(description="Code of the measure's option; null = any")
    standing: str | None = Field(description="must, allowed, to_check, excluded or running; null where `state` says it")
    value: float | None = Field(description="Number of the condition, amounts in yuan; null = none")
    least: float | None = Field(description="Its lower bound; null = none")
    most: float | None = Field(description="Its upper bound; null = none")
    found_on: str | None = Field(description="Day of the inspection of house or water, where it found something out")
    checked_on: str | None = Field(description="Day of the village's check of the same, where it found something out")
    one_of: bool = Field(description="One of several that are a must: one is enough")
    running: bool = Field(description="In force on the as-of date")
    since: str | None = Field(description="First day in force, ISO; null = not in force or not known")
    until: str | None = Field(description="Last day in force, ISO; null = open")
    state: str | None = Field(
        description="Of a rule: met, open, not_asked, general, questioned, incomplete or to_check; null for a measure"
    )


class FreshAssessment(Judged):
    """What is said of a household from facts that were sent."""

    household_id: str = Field(description="As it was sent, else a name for the household of this request")
    measures: list[Measure] = Field(description="What the rules say of help; an official decides")
    model_version: int = Field(description="Version of the model")
    model_version_6m: int | None = Field(description="Version of the model of the shorter horizon")
    feature_set: str = Field(description="Which definitions of features the model is of")
    request_id: str = Field(description="As in the header X-Request-ID and in the log")


@ROUTER.post("/assessments", response_model=FreshAssessment, response_model_exclude_unset=True)
async def assess(
    request: Request,
    facts: Facts,
    running: Running,
    who: Assessor,
    language: Language = "zh",
    explain: Explain = "short",
) -> Response:
    """Assess a household from its facts. Nothing of them is kept; that it was asked is in the audit log."""
    asked_at, models = now(), running.models.current
    case = await run_in_threadpool(case_of, facts, who, asked_at.date())
    if models is None:
        raise no_model()
    answer = running.assess(who, case, models, language, full=explain == "full", now=asked_at)
    try:
        told, missing = await asyncio.wrap_future(answer)
    except UsageError:  # the one that there is
        raise not_active(case) from None
    return JSONResponse(counted(request, told, missing))


def case_of(facts: Facts, who: Principal, today: date) -> Case:
    """The household that facts are about. Problem 422 for a day that is not over yet in China, 404 where a state says
    that the household lives outside of the asker's area.

    Where those that it came from live is not asked: nothing is told of them but what the asker sends.
    """
    as_of = facts.as_of or today
    if as_of > today:
        raise invalid([fault(["body", "as_of"], as_of, f"not after today in China, {today}")])
    case = Case(facts.sent(), as_of, facts.complete, facts.household_id)
    if any(not who.sees(row["village_code"]) for _, row in own_states(case)):
        raise unknown_household()
    return case


def own_states(case: Case) -> list[tuple[int, Mapping[str, Any]]]:
    """The states of the household that is asked about, with their place among those sent."""
    states = enumerate(case.sent.get("households", ()))
    return [(n, row) for n, row in states if case.about is None or row["household_id"] in (None, case.about)]


def not_active(case: Case) -> Problem:
    """The household is not active on the day, by the states that were sent."""
    when = f"as_of, {case.as_of}"
    wrong = []
    for place, row in own_states(case):
        known_at, where = row["known_at"], ["body", "tables", "households", place]
        if row["retracted"]:
            wrong.append(fault([*where, "retracted"], value=True, rule="a state that was taken back says nothing"))
        elif known_at and known_at > case.as_of:
            wrong.append(
                fault([*where, "known_at"], known_at, f"not after {when}: what became known later is not seen")
            )
        elif row["status"] != HouseholdStatus.ACTIVE.value:
            wrong.append(fault([*where, "status"], row["status"], f"{HouseholdStatus.ACTIVE.value} on {when}"))
    wrong = wrong or [fault(["body", "tables", "households"], "", f"a state that is active on {when}")]
    return invalid(wrong, f"The household is not active on {case.as_of}, by what was known on that day.")


def no_model() -> Problem:
    """Nothing can be assessed yet."""
    return busy(30, "No model is in use yet.")


def counted(request: Request, told: dict[str, Any], missing: list[str]) -> dict[str, Any]:
    """The answer, with the request id; what it tells is in the numbers of the process."""
    metrics, sooner = request.app.state.metrics, told["probability_6m"]
    metrics.assessed(missing)
    metrics.told({12: told["probability"]} | ({} if sooner is None else {6: sooner}))
    return told | {"request_id": request.scope["state"]["request_id"]}
