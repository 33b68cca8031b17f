"""Routes that assess a household from facts that are sent along."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from riskmodel.review.access import Principal, Right
from riskmodel.serving.api.auth import Running, allowed
from riskmodel.serving.api.facts import Facts
from riskmodel.serving.api.problems import RESPONSES, busy, fault, invalid, unknown_household
from riskmodel.serving.api.routes.households import Explain, Group, Language, Told
from riskmodel.serving.api.strict_request import StrictRoute
from riskmodel.serving.clock import now
from riskmodel.workflows.sent_facts import WrongFacts

ROUTER = APIRouter(prefix="/v1", tags=["assessments"], route_class=StrictRoute, responses=RESPONSES)
Assessor = Annotated[Principal, Depends(allowed(Right.ASSESS))]


class Measure(BaseModel):
    """A measure that the rules allow, demand or exclude (docs/measures.md), or what a rule says as a whole."""

    rule: str | None
    fact: str | None
    cause: str | None
    measure: str | None
    option: str | None
    standing: str | None
    value: float | None
    least: float | None
    most: float | None
    one_of: bool
    running: bool
    since: str | None
    until: str | None
    state: str | None


class FreshAssessment(BaseModel):
    """What is said of a household from facts that were sent."""

    household_id: str = Field(description="As it was sent, else a name for the household of this request")
    village_code: str
    as_of: str
    label: str
    probability: float
    probability_6m: float | None
    meaning: str
    tier: str
    tier_title: str
    reasons: list[Told]
    protections: list[Told]
    missing: list[Told]
    groups: list[Group]
    measures: list[Measure]
    model: str
    model_version: int
    feature_set: str
    data_age_days: int | None
    notes: list[str]
    request_id: str
    base: float | None = Field(default=None, description="Only with explain=full, as the next three")
    margin: float | None = None
    values: dict[str, float | None] | None = None
    contributions: dict[str, float] | None = None


@ROUTER.post("/assessments", response_model=FreshAssessment, response_model_exclude_unset=True)
def assess(
    request: Request,
    facts: Facts,
    running: Running,
    who: Assessor,
    language: Language = "zh",
    explain: Explain = "short",
) -> Response:
    """Assess a household from its facts. Nothing of them is kept; that it was asked is in the audit log."""
    asked_at = now()
    sent = facts.sent()
    if any(not who.sees(row["village_code"]) for row in sent.get("households", ())):
        raise unknown_household()
    if running.models.current is None:
        raise busy(30, "No model is in use yet.")
    try:
        told, missing = running.assess(
            who,
            sent,
            facts.as_of or asked_at.date(),
            language,
            complete=facts.complete,
            full=explain == "full",
            now=asked_at,
        )
    except WrongFacts as error:
        faults = [fault(["tables", w.table, w.row, w.column], w.value, w.rule) for w in error.found]
        raise invalid(faults, "Facts do not keep the contract of the tables.") from None
    request.app.state.metrics.assessed(missing)
    sooner = told["probability_6m"]
    request.app.state.metrics.told({12: told["probability"]} | ({} if sooner is None else {6: sooner}))
    return JSONResponse(told | {"request_id": request.scope["state"]["request_id"]})
