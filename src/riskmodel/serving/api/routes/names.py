"""Route that tells who a household is, to those who may know."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, BaseModel, Field

from riskmodel.review.access import Principal, Right
from riskmodel.review.identities import LONG_NUMBER
from riskmodel.serving.api.auth import Running, allowed
from riskmodel.serving.api.problems import RESPONSES, not_found, unknown_household
from riskmodel.serving.api.routes.households import HouseholdId
from riskmodel.serving.api.strict_request import StrictRoute
from riskmodel.serving.clock import now

ROUTER = APIRouter(prefix="/v1/households", tags=["households"], route_class=StrictRoute, responses=RESPONSES)
Knower = Annotated[Principal, Depends(allowed(Right.NAMES))]


def _said(purpose: str) -> str:
    """A purpose that says something, and names nobody. Raises ValueError."""
    if not purpose.strip():
        raise ValueError("say what for: every look at names is written down with its purpose")
    if re.search(LONG_NUMBER, purpose):
        raise ValueError("without long numbers: numbers of persons do not belong into the audit log")
    return purpose


Purpose = Annotated[
    str,
    Query(min_length=2, max_length=200, description="What for, without numbers of persons; it goes into the audit log"),
    AfterValidator(_said),
]


class Names(BaseModel):
    """Who a household is; null = not known here."""

    household_id: str = Field(description="H and 24 hex digits")
    number: str | None = Field(description="Number of the household (户编号)")
    name: str | None = Field(description="Name of the household itself, where it has one")
    head_name: str | None = Field(description="Name of its head (户主)")
    address: str | None = Field(description="As the office wrote it down")
    phone: str | None = Field(description="As the office wrote it down")


@ROUTER.get("/{household_id}/names")
def names(household_id: HouseholdId, purpose: Purpose, response: Response, running: Running, who: Knower) -> Names:
    """Name, address and telephone of a household. That they were seen, and what for, is in the audit log before."""
    found = running.names(who, household_id, purpose, now())
    if found is None:
        raise unknown_household()
    if not found:
        raise not_found("No name of this household is known here.")
    response.headers["Cache-Control"] = "no-store"
    told = found[0]
    return Names(
        household_id=told.id,
        number=told.number,
        name=told.name,
        head_name=told.head_name,
        address=told.address,
        phone=told.phone,
    )
