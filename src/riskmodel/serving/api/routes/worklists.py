"""Route about the ranked households of a month."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from riskmodel.errors import UsageError
from riskmodel.policy import Background, Cause, Tier
from riskmodel.review.access import Principal, checked_area
from riskmodel.review.assessments import Asked, Listed, in_month
from riskmodel.serving.api.auth import Reader, Running
from riskmodel.serving.api.problems import RESPONSES, Problem, fault, invalid, not_found
from riskmodel.serving.api.strict_request import StrictRoute
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUTER = APIRouter(prefix="/v1/worklists", tags=["work lists"], route_class=StrictRoute, responses=RESPONSES)

MONTH: Final = "YYYY-MM: the newest date published in it; or an as-of date"
CAUSES: Final = "^(" + "|".join(member.value for words in (Cause, Background) for member in words) + ")$"


class Entry(BaseModel):
    """A household of the list."""

    household_id: str
    village_code: str
    category: str | None
    probability: float
    tier: str
    cause: str = Field(description="The first one told; empty = none")
    rank_county: int


class WorkList(BaseModel):
    """A page of the households by risk; those monitored already and those too new to judge are left out."""

    as_of: date
    area: str
    households: list[Entry]
    next: str | None = Field(description="Send it as `cursor` for the next page; null = there is none")


@ROUTER.get("/{month}")
def worklist(
    running: Running,
    who: Reader,
    month: Annotated[str, Path(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])(-[0-9]{2})?$", description=MONTH)],
    area: Annotated[
        str | None, Query(max_length=12, description="Code within that of the key; empty or left out: that of the key")
    ] = None,
    tier: Annotated[Tier | None, Query()] = None,
    cause: Annotated[str | None, Query(pattern=CAUSES, description="First cause or background told")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> WorkList:
    """The households of a published month, riskiest first; ties by id. Read households are in the audit log."""
    asked = Asked(
        as_of=_day(running, who, month),
        area=_area(who, area) if area else who.area,
        tier=tier.value if tier else None,
        cause=cause,
        after=_after(cursor),
        most=limit,
    )
    try:
        found = running.ranked(who, asked, now())
    except UsageError:
        raise _not_published(month, running.days(who)) from None
    more = _cursor(found[-1]) if len(found) == limit else None
    households = [Entry(**asdict(one)) for one in found]
    return WorkList(as_of=asked.as_of, area=asked.area, households=households, next=more)


def _day(running: Running, who: Principal, month: str) -> date:
    """The as-of date that was given, or the newest one published in a month. Problem 404 tells the months there are."""
    if len(month) > len("2026-01"):
        try:
            return date.fromisoformat(month)
        except ValueError:
            raise invalid([fault(["path", "month"], month, "a month YYYY-MM or a day YYYY-MM-DD")]) from None
    days = running.days(who)
    found = next((day for day in days if in_month(day, month)), None)
    if found is None:
        raise _not_published(month, days)
    return found


def _not_published(month: str, days: Sequence[date]) -> Problem:
    """Nothing of a month; `days`: those published where the asker sees."""
    months = ", ".join(dict.fromkeys(f"{day:%Y-%m}" for day in days))
    return not_found(f"Nothing was published for {month} in your area. Published months: {months or 'none'}.")


def _area(who: Principal, text: str) -> str:
    """The area that was asked for. Problem 404 outside of that of who asks; whether it exists is not looked at."""
    try:
        area = checked_area(text)
    except UsageError as error:
        raise invalid([fault(["query", "area"], text, str(error))]) from None
    if not who.sees(area):
        rule = f"within the area of the key, {who.area}"
        raise not_found(f"The area {area} is not {rule}.", [fault(["query", "area"], area, rule)])
    return area


def _cursor(last: Listed) -> str:
    """Where a page ends; nothing in it is secret."""
    return base64.urlsafe_b64encode(json.dumps([last.probability, last.household_id]).encode()).decode()


def _after(cursor: str | None) -> tuple[float, str] | None:
    if cursor is None:
        return None
    try:
        probability, household = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if not 0 <= float(probability) <= 1:  # which NaN is neither
            raise ValueError
        return float(probability), str(household)
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise invalid([fault(["query", "cursor"], cursor, "the `next` of the page before")]) from None
