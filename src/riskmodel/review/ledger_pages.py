"""Pages of the ledger and its counts, as quick with 50,000 entries as with 50: every filter has an index behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, literal, select

from riskmodel.policy import Lamp, LedgerState
from riskmodel.review.lamps import in_area
from riskmodel.review.ledger import entry_of
from riskmodel.review.ledger_schema import ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import CTE, ColumnElement, ScalarSelect

    from riskmodel.policy import LedgerClass
    from riskmodel.review.lamps import Lamps
    from riskmodel.review.ledger_rules import LedgerEntry
    from riskmodel.review.store import Store

MOST: Final = 50_000
"""Entries of one answer: a whole ledger, for the workbook."""


@dataclass(frozen=True)
class AskedEntries:
    """Which entries: each that is given narrows them. Whoever makes this has asked whether `area` is seen."""

    area: str
    kind: LedgerClass | None = None
    state: LedgerState | None = None
    lamp: Lamp | None = None
    responsible: str = ""
    """Code of the responsible person."""
    households: tuple[str, ...] | None = None
    """Entries of these alone."""
    first: int = 0
    most: int = 50


@dataclass(frozen=True)
class EntryPage:
    """A page of entries, open ones first, by deadline, and how many there are in all."""

    entries: list[LedgerEntry] = field(repr=False)
    total: int


@dataclass(frozen=True)
class TownshipCount:
    """Entries of a township in one state; the lamps of those that are not closed add up to them."""

    township: str
    state: LedgerState
    entries: int
    red: int
    yellow: int

    @property
    def green(self) -> int:
        """In time; 0 of closed ones, which have no light."""
        return 0 if self.state is LedgerState.CLOSED else self.entries - self.red - self.yellow


def entry_page(store: Store, asked: AskedEntries, lamps: Lamps) -> EntryPage:
    """The entries asked for."""
    c = ENTRIES.c
    where = _conditions(asked, lamps)
    order = (c.done, c.deadline, c.id)
    chosen = select(c.id).where(*where).order_by(*order).offset(asked.first).limit(min(asked.most, MOST))
    with store.reading() as connection:
        total = connection.execute(select(func.count()).select_from(ENTRIES).where(*where)).scalar_one()
        rows = connection.execute(select(ENTRIES).where(c.id.in_(chosen)).order_by(*order)).mappings()
        return EntryPage([entry_of(row) for row in rows], total)


def counts(store: Store, area: str, lamps: Lamps) -> list[TownshipCount]:
    """Entries by township and state, with those that are overdue and due soon.

    Each number is a count of its own within the index: that takes a tenth of what grouping all entries takes.
    """
    places = _townships(area)
    told = [number for state in LedgerState for number in _numbers(places.c.township, state, area, lamps)]
    query = select(places.c.township, *told).where(places.c.township.is_not(None)).order_by(places.c.township)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    states = sorted(enumerate(LedgerState), key=lambda one: one[1].value)
    found = [TownshipCount(row[0], state, *row[1 + 3 * at : 4 + 3 * at]) for row in rows for at, state in states]
    return [one for one in found if one.entries]


def overdue(store: Store, area: str, lamps: Lamps) -> int:
    """How many entries of an area are overdue."""
    query = select(func.count()).select_from(ENTRIES).where(*_inside(area), lamps.shown(Lamp.RED))
    with store.reading() as connection:
        return connection.execute(query).scalar_one()


def with_open_entry(store: Store, households: Sequence[str], sees: Callable[[str], bool]) -> set[str]:
    """Those of some households of which somebody sees an entry that is not closed."""
    c = ENTRIES.c
    # a condition on `done` would have SQLite look through all open entries, and not for these households
    query = select(c.household_id, c.village_code, c.done).where(c.household_id.in_(households))
    with store.reading() as connection:
        return {home for home, village, done in connection.execute(query).all() if not done and sees(village)}


def with_entries(store: Store, area: str, most: int) -> list[str]:
    """Households of an area that have an entry, at most so many."""
    query = select(ENTRIES.c.household_id).distinct().where(*_inside(area)).limit(most)
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def villages_with_entries(store: Store, area: str) -> list[str]:
    """Codes of the villages of an area in which a household has an entry."""
    query = select(ENTRIES.c.village_code).distinct().where(*_inside(area)).order_by(ENTRIES.c.village_code)
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def _townships(area: str) -> CTE:
    """The townships of an area that have an entry, the next one looked up from each; ends with null."""
    least = func.min(ENTRIES.c.township)
    found = select(least.label("township")).where(*_inside(area)).cte("townships", recursive=True)
    after = select(least).where(ENTRIES.c.township > found.c.township, *_inside(area)).scalar_subquery()
    return found.union_all(select(after).where(found.c.township.is_not(None)))


def _numbers(
    township: ColumnElement[str], state: LedgerState, area: str, lamps: Lamps
) -> list[ScalarSelect[int] | ColumnElement[int]]:
    """How many entries a township has in a state, and of these red and yellow ones."""
    c = ENTRIES.c
    every = select(func.count()).where(c.township == township, c.state == state.value, *_inside(area))
    if state is LedgerState.CLOSED:
        return [every.scalar_subquery(), literal(0), literal(0)]
    lit = (every.where(lamps.lit(Lamp.RED)), every.where(lamps.lit(Lamp.YELLOW), lamps.before_green()))
    return [one.scalar_subquery() for one in (every, *lit)]


def _conditions(asked: AskedEntries, lamps: Lamps) -> list[ColumnElement[bool]]:
    c = ENTRIES.c
    found = _inside(asked.area)
    if asked.kind is not None:
        found.append(c.kind == asked.kind.value)
    if asked.state is not None:
        found.append(c.state == asked.state.value)
    if asked.lamp is not None:
        found.append(lamps.shown(asked.lamp))
    if asked.responsible:
        found.append(c.responsible_id == asked.responsible)
    if asked.households is not None:
        found.append(c.household_id.in_(asked.households))
    return found


def _inside(area: str) -> list[ColumnElement[bool]]:
    return [in_area(area)] if area else []
