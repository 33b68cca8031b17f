"""Absence told apart from not knowing: the months for which a department sent everybody it has on its list.

A household without a row is "not on the list" only in a month that such a list covers. A list counts for what its
department pays or registers, so only one by the usual department of a table, the first that it names (docs/tables.md),
counts: the list of another department says nothing about the rest. Nor does a list count of which a single row was
refused, or waits without naming a household: whom that row is about may be on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from riskmodel.tables.catalogue import TABLES

if TYPE_CHECKING:
    from riskmodel.tables.batches import BatchRecord
    from riskmodel.tables.lake import View

Listed = Mapping[str, frozenset[date]]
"""First days of the listed months, by table."""


def listed_months(view: View) -> dict[str, frozenset[date]]:
    """The months that full lists cover from their first to their last day, as received by the as-of date.

    Of several lists of a month the newest decides.
    """
    found: dict[str, set[date]] = {}
    for record in sorted(_lists(view), key=lambda record: (record.received_on, record.sequence)):
        listed, months = found.setdefault(record.table, set()), _whole_months(record.period_from, record.period_to)
        if record.rows_unusable:
            listed.difference_update(months)
        else:
            listed.update(months)
    return {table: frozenset(months) for table, months in found.items() if months}


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
