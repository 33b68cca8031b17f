"""What was found on the visits of some weeks, by household: the newest finding that stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from riskmodel.review.schema import VISITS
from riskmodel.review.visits import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from riskmodel.review.store import Store


@dataclass(frozen=True)
class Met:
    """The newest visit of a household."""

    household_id: str
    visited_on: date
    finding: str


def last_told(store: Store) -> int:
    """Number of the finding that was told last, 0 before the first: findings are added and never changed."""
    with store.reading() as connection:
        return connection.execute(select(func.max(VISITS.c.id))).scalar() or 0


def visited(store: Store, first: date, end: date, households: Sequence[str] | None = None) -> dict[str, Met]:
    """Visits from one day until before another, of these households or of all; one that was taken back is none.

    Only what was sent to the service: a filled list goes into the lake, and is told with the next month.
    """
    c = VISITS.c
    query = select(c.household_id, c.visited_on, c.visitor_id, c.finding, c.retracted)
    query = query.where(c.visited_on >= first, c.visited_on < end).order_by(c.id)
    if households is not None:
        query = query.where(c.household_id.in_(households))
    with store.reading() as connection:
        standing = {(one[0], one[1], one[2]): one for one in connection.execute(query).all()}
    found: dict[str, Met] = {}
    for home, day, _, finding, retracted in standing.values():
        if not retracted and (home not in found or day >= found[home].visited_on):
            found[home] = Met(home, day, finding)
    return found


def standing(store: Store, households: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Everything that stands of the visits of some households, by household, in order of days and visitors.

    Rows: columns `ROW` of `review.visits`.
    """
    query = select(*(VISITS.c[name] for name in ROW)).where(VISITS.c.household_id.in_(households)).order_by(VISITS.c.id)
    with store.reading() as connection:
        told = [dict(row) for row in connection.execute(query).mappings()]
    newest = {(row["household_id"], row["visited_on"], row["visitor_id"]): row for row in told}
    found: dict[str, list[dict[str, Any]]] = {household: [] for household in households}
    for key in sorted(newest):
        if not newest[key]["retracted"]:
            found[key[0]].append(newest[key])
    return found
