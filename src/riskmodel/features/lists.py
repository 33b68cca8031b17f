"""Absence told apart from not knowing: the months for which a department sent everybody it has on its list.

A household without a row is "not on the list" only in a month that such a list covers. A list counts for what its
department pays or registers, so only one by the usual department of a table, the first that it names (docs/tables.md),
counts: the list of another department says nothing about the rest. Of a row that was refused, or waits, a household may
be on the list all the same: one that such a row names is in doubt, and is looked at as though there were no list; a
list with too many rows that do not say whom they are about counts for nobody (`BatchRecord.tells_of_absence`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from riskmodel.features.windows import (
    ASSISTANCE_MONTHS,
    BILL_MONTHS,
    INCOME_MONTHS,
    LOAN_MONTHS,
    SHOCK_MONTHS,
    TERM_MONTHS,
    Moment,
    months_before,
)
from riskmodel.tables.catalogue import TABLES

if TYPE_CHECKING:
    from riskmodel.tables.batches import BatchRecord
    from riskmodel.tables.lake import View

Listed = Mapping[str, frozenset[date]]
"""First days of the listed months, by table."""

_LOOKED_AT: Final = {
    "medical_settlements": BILL_MONTHS,
    "incomes": INCOME_MONTHS,
    "loan_statements": LOAN_MONTHS,
    "social_assistance": ASSISTANCE_MONTHS,
    "enrolments": TERM_MONTHS,
}
"""How many complete months of a table are looked at; of others as many as of shocks."""


@dataclass(frozen=True)
class Lists:
    """What full lists say on a day."""

    months: Listed
    """The months that they cover from their first to their last day."""
    in_doubt: Mapping[str, frozenset[str]] = field(repr=False)
    """By table the households that may be on a list of the months looked at, whatever it names."""

    def of(self, household_id: str) -> dict[str, frozenset[date]]:
        """The months in which it is known whether a household is on the lists, by table."""
        return {table: months for table, months in self.months.items() if household_id not in self.doubted(table)}

    def doubted(self, table: str) -> frozenset[str]:
        """Households in doubt of one table."""
        return self.in_doubt.get(table, frozenset())


def lists_of(view: View) -> Lists:
    """The full lists of a view's county, as received by its day. Of several lists of a month the newest decides."""
    telling: dict[str, dict[date, frozenset[str]]] = {}
    for record in sorted(_lists(view), key=lambda record: (record.received_on, record.sequence)):
        months = telling.setdefault(record.table, {})
        for month in _whole_months(record.period_from, record.period_to):
            if record.tells_of_absence:
                months[month] = frozenset(record.in_doubt)
            else:
                months.pop(month, None)
    found = {table: months for table, months in telling.items() if months}
    in_doubt = {table: _named(table, months, view) for table, months in found.items()}
    return Lists({table: frozenset(months) for table, months in found.items()}, in_doubt)


def _named(table: str, in_doubt: Mapping[date, frozenset[str]], view: View) -> frozenset[str]:
    """The households that are in doubt in the months looked at, as the view calls them."""
    oldest = months_before(Moment(view.as_of).open_month, _LOOKED_AT.get(table, SHOCK_MONTHS))
    found = frozenset[str]().union(*(named for month, named in in_doubt.items() if month >= oldest))
    return frozenset(here for here, there in view.called.items() if there in found) if view.called else found


def _lists(view: View) -> Iterator[BatchRecord]:
    """Full lists by the usual department of their table, received by the as-of date."""
    usual, today = {name: spec.sources[0].value for name, spec in TABLES.items()}, view.as_of.isoformat()
    for record in view.records:
        if record.full_list and record.source == usual.get(record.table) and record.received_on <= today:
            yield record


@lru_cache(maxsize=1024)
def _whole_months(first: str | None, last: str | None) -> tuple[date, ...]:
    """First days of the months that lie wholly between two days."""
    if first is None or last is None:
        return ()
    month, end, months = date.fromisoformat(first), date.fromisoformat(last), []
    if month.day > 1:
        month = _following(month)
    while _following(month) - timedelta(days=1) <= end:
        months.append(month)
        month = _following(month)
    return tuple(months)


def _following(day: date) -> date:
    """First day of the next month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
