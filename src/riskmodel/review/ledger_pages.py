"""Pages of the ledger and its counts, as quick with 50,000 entries as with 50: every filter has an index behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from riskmodel.policy import Lamp, LedgerState
from riskmodel.review.lamps import in_area
from riskmodel.review.ledger import entry_of
from riskmodel.review.ledger_schema import ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement

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
    """Entries by township and state, with those that are overdue and due soon."""
    c = ENTRIES.c
    red, yellow = (func.count().filter(lamps.lit(lamp)) for lamp in (Lamp.RED, Lamp.YELLOW))
    query = select(c.township, c.state, func.count().label("entries"), red.label("red"), yellow.label("yellow"))
    query = query.where(*_inside(area)).group_by(c.township, c.state).order_by(c.township, c.state)
    with store.reading() as connection:
        return [_count(dict(row)) for row in connection.execute(query).mappings()]


def overdue(store: Store, area: str, lamps: Lamps) -> int:
    """How many entries of an area are overdue."""
    query = select(func.count()).select_from(ENTRIES).where(*_inside(area), lamps.shown(Lamp.RED))
    with store.reading() as connection:
        return connection.execute(query).scalar_one()


def with_open_entry(store: Store, households: Sequence[str], sees: Callable[[str], bool]) -> set[str]:
    """Those of some households of which somebody sees an entry that is not closed."""
    c = ENTRIES.c
    query = select(c.household_id, c.village_code).where(c.household_id.in_(households), ~c.done)
    with store.reading() as connection:
        return {home for home, village in connection.execute(query).all() if sees(village)}


def _count(row: dict[str, Any]) -> TownshipCount:
    state = LedgerState(row["state"])
    dark = {"red": 0, "yellow": 0} if state is LedgerState.CLOSED else {}
    return TownshipCount(**row | dark | {"state": state})


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
    return found


def _inside(area: str) -> list[ColumnElement[bool]]:
    return [in_area(area)] if area else []
