"""Route that asks what would be said of a household if its facts were others."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from riskmodel.errors import UsageError
from riskmodel.serving.api.auth import Reader, Running
from riskmodel.serving.api.facts import day_as_text
from riskmodel.serving.api.problems import RESPONSES, Problem, fault, invalid, unknown_household
from riskmodel.serving.api.routes.assessments import Measure, no_model
from riskmodel.serving.api.routes.households import MONTH, OF_A_MONTH, HouseholdId, Language, day_of
from riskmodel.serving.api.strict_request import StrictRoute
from riskmodel.serving.clock import now
from riskmodel.workflows.supposed import FactsAway
from riskmodel.workflows.whatif_questions import NotSupposed

ROUTER = APIRouter(prefix="/v1/households", tags=["households"], route_class=StrictRoute, responses=RESPONSES)

Text = Annotated[str, Field(min_length=1, max_length=300)]


class Supposition(BaseModel):
    """What to suppose, at least one thing; corrections are made first."""

    model_config = ConfigDict(extra="forbid")

    as_of: Annotated[date, BeforeValidator(day_as_text)] | None = Field(
        default=None, description="As-of date of a published month; default: the newest"
    )
    month: Annotated[str, Field(pattern=MONTH)] | None = Field(default=None, description=OF_A_MONTH)
    scenarios: list[Text] = Field(default=[], max_length=8, description="public_post:wage=800,months=12")
    corrections: list[Text] = Field(
        default=[], max_length=20, description="TABLE[KEY=VALUE,...].COLUMN=VALUE; amounts in yuan"
    )


class Change(BaseModel):
    """A cell that differs; amounts in yuan."""

    table: str
    key: dict[str, Any]
    column: str
    before: Any
    after: Any
    added: bool = Field(description="The whole row is new")


class Step(BaseModel):
    """One scenario or correction as it was applied."""

    scenario: str = Field(description="Code; empty for a correction")
    parameters: dict[str, float]
    cells: int = Field(description="Cells that it changed")
    bound: Measure | None = Field(description="The rule that excludes the measure here, or wants it checked")
    odd: list[str] = Field(description="What the corrected row contradicts itself in")
    correction: Change | None


class Horizon(BaseModel):
    """Probabilities of the event within some months."""

    months: int
    before: float
    after: float


class Moved(BaseModel):
    """What a group or feature adds, in log-odds."""

    code: str
    before: float
    after: float


class Supposed(BaseModel):
    """What would be said: an association in the data, never an effect of help."""

    household_id: str
    village_code: str
    as_of: str
    label: str
    model: str
    association: bool = Field(description="Always true: no effect is claimed")
    note: str = Field(description="The same in words; show it beside every number of this answer")
    outcome: str = Field(description="changed; unchanged, unseen or unmoved: why nothing is another")
    steps: list[Step]
    changes: list[Change]
    horizons: list[Horizon]
    margin: Moved
    groups: list[Moved]
    features: list[Moved]
    values: dict[str, list[float | None]] = Field(description="Of the leading features, before and after")
    other_model: bool = Field(description="The scores of that day are of another model")
    ranges_confirmed: bool
    sentences: list[str]


@ROUTER.post("/{household_id}/what-if", response_model=Supposed)
def what_if(
    household_id: HouseholdId, supposition: Supposition, running: Running, who: Reader, language: Language = "zh"
) -> Response:
    """What would be said of a household if help were given or a value were another. Nothing of it is kept."""
    if running.models.current is None:
        raise no_model()
    asked = (supposition.scenarios, supposition.corrections)
    if not any(asked):
        raise invalid([fault(["body", "scenarios"], "", "name a scenario or a correction")])
    as_of, month = supposition.as_of, supposition.month
    day = day_of(running, who, household_id, month, as_of, "body") if month else as_of
    try:
        found = running.what_if(who, household_id, day, asked, language, now())
    except FactsAway as error:
        raise Problem(503, "facts-away", "Facts are not here", str(error)) from None
    except NotSupposed:
        raise
    except UsageError as error:  # the facts that are here do not know the household as active on that day
        raise invalid([fault(["path", "household_id"], household_id, str(error))], str(error)) from None
    if found is None:
        raise unknown_household()
    return JSONResponse(found)
