"""What the visits to listed households found, by township: counted from verdicts, small counts left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, case, distinct, func, select

from riskmodel.policy import Finding, Tier
from riskmodel.review.ledger_schema import VERDICTS

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

    from riskmodel.review.store import Store

LEAST: Final = 10
"""Verdicts below which nothing is told of a township: so few are people, not a rate."""


@dataclass(frozen=True)
class HitRate:
    """Of the visits to listed households of a township whose finding is known, those that found a risk."""

    township: str
    visits: int | None
    """None where there are fewer than `LEAST`."""
    found: int | None

    @property
    def share(self) -> float | None:
        """Found of all; None where they are too few to tell."""
        return None if self.found is None or not self.visits else self.found / self.visits


def hit_rates(store: Store, area: str, first: date, last: date) -> list[HitRate]:
    """By township, of the visits from one day to another. Listed = in a tier that the list asks to visit."""
    c = VERDICTS.c
    tiers = [tier.value for tier in Tier if tier.visited]
    met = c.listed & c.tier.in_(tiers) & (c.finding != Finding.NOT_HOME.value)
    found = func.sum(case((c.finding == Finding.RISK.value, 1), else_=0)).label("found")
    query = select(c.township, func.count().label("visits"), found).where(_standing(area, first, last), met)
    with store.reading() as connection:
        rows = connection.execute(query.group_by(c.township).order_by(c.township)).all()
    return [_told(row.township, row.visits, int(row.found)) for row in rows]


def visited(store: Store, area: str, first: date, last: date) -> dict[str, int]:
    """Households by township that somebody went to from one day to another, met or not; without townships of none."""
    c = VERDICTS.c
    query = select(c.township, func.count(distinct(c.household_id))).where(_standing(area, first, last))
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query.group_by(c.township))}


def _standing(area: str, first: date, last: date) -> ColumnElement[bool]:
    """Verdicts of an area and time that were not taken back."""
    c = VERDICTS.c
    place = and_(c.township >= area[:9].ljust(9, "0"), c.township <= area[:9].ljust(9, "9"))
    village = c.village_code.startswith(area, autoescape=True)
    return and_(place, village, c.visited_on >= first, c.visited_on <= last, ~c.withdrawn)


def _told(township: str, visits: int, found: int) -> HitRate:
    return HitRate(township, visits, found) if visits >= LEAST else HitRate(township, None, None)
