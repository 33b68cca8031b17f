"""The lamps of the ledger: green in time, yellow due soon, red overdue, as the policy's days of a place say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, and_, case, literal

from riskmodel.policy import Lamp, LedgerState
from riskmodel.review.ledger_schema import ENTRIES

if TYPE_CHECKING:
    from riskmodel.policy import Policy
    from riskmodel.review.ledger_rules import LedgerEntry

DUE_SOON: Final = "ledger.due_soon"
"""Policy kind: days before the deadline from which the lamp is yellow."""


@dataclass(frozen=True)
class Lamps:
    """What day it is, and the last deadline that is yellow, by area; the longest area holds, the last is everywhere."""

    today: date
    yellow_until: tuple[tuple[str, date], ...]

    def of(self, deadline: date, village_code: str, *, done: bool) -> Lamp:
        """The lamp of a deadline in a village."""
        if done:
            return Lamp.OUT
        if deadline < self.today:
            return Lamp.RED
        last = next(day for area, day in self.yellow_until if village_code.startswith(area))
        return Lamp.YELLOW if deadline <= last else Lamp.GREEN

    def lamp(self, entry: LedgerEntry) -> Lamp:
        """The lamp of an entry."""
        return self.of(entry.deadline, entry.village_code, done=entry.state is LedgerState.CLOSED)

    def shown(self, lamp: Lamp) -> ColumnElement[bool]:
        """The condition of the entries that have a lamp."""
        return ENTRIES.c.done if lamp is Lamp.OUT else and_(~ENTRIES.c.done, self.lit(lamp))

    def lit(self, lamp: Lamp) -> ColumnElement[bool]:
        """The condition of a deadline for a light, of entries that are not closed."""
        overdue = ENTRIES.c.deadline < self.today
        if lamp is Lamp.RED:
            return overdue
        return ~overdue & (self._soon if lamp is Lamp.YELLOW else ~self._soon)

    def before_green(self) -> ColumnElement[bool]:
        """The condition of a deadline after which everything is green in every area: a range that an index answers."""
        return ENTRIES.c.deadline <= max(day for _, day in self.yellow_until)

    @property
    def _soon(self) -> ColumnElement[bool]:
        *special, (_, everywhere) = self.yellow_until
        if not special:
            return ENTRIES.c.deadline <= everywhere
        days: list[tuple[Any, Any]] = [(in_area(area), literal(day)) for area, day in special]
        return ENTRIES.c.deadline <= case(*days, else_=literal(everywhere))


def lamps(policy: Policy, today: date) -> Lamps:
    """The lamps of a day. Raises NothingInForce where no days are set."""
    areas = {entry.area for entry in policy.entries if entry.kind == DUE_SOON} | {""}
    days = [
        (area, policy.value(DUE_SOON, area, on=today, known=today)) for area in sorted(areas, key=len, reverse=True)
    ]
    return Lamps(today, tuple((area, today + timedelta(days=int(number))) for area, number in days))


def in_area(area: str) -> ColumnElement[bool]:
    """The condition of the entries in an area, as a range that an index answers."""
    c = ENTRIES.c
    if len(area) > 9:
        return and_(c.township == area[:9], c.village_code == area)
    return and_(c.township >= area.ljust(9, "0"), c.township <= area.ljust(9, "9"))
