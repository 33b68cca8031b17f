"""How often a department delivers a table, and which have fallen silent.

A feed is a table as one department sends it. Its rhythm is learned from its own deliveries, of the three years before
the last one: however long it is silent, the rhythm it had is not forgotten before the feed itself is. So a feed that
comes every month is missed after six weeks and one that comes once a year only after more than a year. A feed that
never came, or too seldom to have a rhythm, is not missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_low
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskmodel.tables.batches import BatchRecord

LEAST_GAPS: Final = 3
"""A feed with fewer pauses between its deliveries has no rhythm yet."""
MEMORY_DAYS: Final = 1096
"""A rhythm is that of the three years before the last delivery; a feed that ended three years ago is forgotten."""
MOST_GRACE_DAYS: Final = 31


@dataclass(frozen=True)
class Feed:
    """One table from one department in one county, up to a day. A day is ISO text."""

    county: str
    table: str
    source: str
    deliveries: int
    last: str
    """Day of the newest delivery."""
    last_news: str | None
    """Day of the newest delivery that said anything new."""
    days_since: int
    usual_days: int | None
    """Median pause between deliveries; None: too few to have a rhythm."""
    most_days: int | None
    """A longer pause is silence: the longest so far and half of a usual one, at most a month."""
    silent: bool
    """Nothing arrives any more."""
    stale: bool
    """Something arrives, but for longer than ever it has said nothing new."""


def feeds(records: Iterable[BatchRecord], as_of: date) -> list[Feed]:
    """The feeds of a county in order of table and department, from what was received by the end of `as_of`."""
    found: dict[tuple[str, str, str], list[BatchRecord]] = {}
    for record in records:
        if record.received_on <= as_of.isoformat():
            found.setdefault((record.table, record.source, record.county), []).append(record)
    return [_feed(mine, as_of) for _, mine in sorted(found.items())]


def _feed(records: list[BatchRecord], as_of: date) -> Feed:
    news = [record for record in records if record.rows_written or record.rows_unmatched]
    last, last_news = max(_days(records)), max(_days(news), default=None)
    usual, most = _rhythm(records, as_of)
    _, most_without_news = _rhythm(news, as_of)
    silent = _missed(last, most, as_of)
    return Feed(
        county=records[0].county,
        table=records[0].table,
        source=records[0].source,
        deliveries=len(set(_days(records))),
        last=last.isoformat(),
        last_news=last_news.isoformat() if last_news else None,
        days_since=(as_of - last).days,
        usual_days=usual,
        most_days=most,
        silent=silent,
        stale=not silent and _missed(last_news, most_without_news, as_of),
    )


def _days(records: Iterable[BatchRecord]) -> list[date]:
    return [date.fromisoformat(record.received_on) for record in records]


def _missed(last: date | None, most: int | None, as_of: date) -> bool:
    return last is not None and most is not None and (as_of - last).days > most


def _rhythm(records: list[BatchRecord], as_of: date) -> tuple[int | None, int | None]:
    """Usual and longest tolerated pause in days, of regular deliveries: a load of the past says nothing about it."""
    days = sorted(set(_days(record for record in records if record.mode == "r")))
    forgotten = not days or (as_of - days[-1]).days > MEMORY_DAYS
    since = days[-1] - timedelta(days=MEMORY_DAYS) if days else as_of
    pauses = [(later - day).days for day, later in pairwise(days) if later >= since]
    if forgotten or len(pauses) < LEAST_GAPS:
        return None, None
    usual = median_low(pauses)
    return usual, max(pauses) + min(usual // 2, MOST_GRACE_DAYS)
