"""Months as whole numbers, the calendar of the simulated county, and the days that its files know.

A month is `12 * year + month - 1`, so that differences are months and arrays of them are cheap.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.sources.synthetic.columns import Ints

    Days = NDArray[np.datetime64]

HISTORY_START: Final = 12 * 2020
"""January 2020, the first month of which files speak."""
HISTORY_MONTHS: Final = 24
WARM_UP: Final = 36
"""Months that are lived before the history, so that the county has a past."""
FIRST: Final = HISTORY_START - WARM_UP
FIRST_MONTHLY: Final = HISTORY_START + HISTORY_MONTHS
"""First month that comes with a delivery of its own."""
DELIVERY_DAY: Final = 4
"""Files of a month arrive on this day of the next one, the day before the monthly run."""
MONTHS_MAX: Final = 120
"""Monthly deliveries at most: the dates of the Spring Festival are listed to 2031."""

_FESTIVALS: Final = (
    *("2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10"),
    *("2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11"),
)


def month_at(year: int, month: int) -> int:
    """The number of a calendar month."""
    return 12 * year + month - 1


def year_of(month: int) -> int:
    """Calendar year of a month."""
    return month // 12


def calendar_month(month: int) -> int:
    """1 for January to 12 for December."""
    return month % 12 + 1


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(year_of(month), calendar_month(month), 1)


def last_day(month: int) -> date:
    """The last day of a month."""
    return first_day(month + 1) - timedelta(days=1)


def delivery_day(month: int) -> date:
    """The day on which the files of a month arrive, in the month after it."""
    return first_day(month + 1).replace(day=DELIVERY_DAY)


def days(month: Ints | int, day: Ints | int = 1) -> Days:
    """Days of the calendar; a day after the end of its month becomes its last day."""
    start = (np.asarray(month) - 12 * 1970).astype("datetime64[M]")
    last = (start + 1).astype("datetime64[D]") - 1
    found: Days = np.minimum(start.astype("datetime64[D]") + (np.asarray(day) - 1), last)
    return found


def month_of(day: Days) -> Ints:
    """The month in which each day lies."""
    found: Ints = day.astype("datetime64[M]").astype(np.int64) + 12 * 1970
    return found


def festival_share(month: int) -> float:
    """Share of the working weeks of a month that the Spring Festival takes: work stops a week before, two weeks after.

    Migrants are at home then and earn little.
    """
    first, after = first_day(month), first_day(month + 1)
    lost = 0
    for text in _FESTIVALS:
        festival = date.fromisoformat(text)
        start, end = max(first, festival - timedelta(days=7)), min(after, festival + timedelta(days=15))
        lost += max(0, (end - start).days)
    return lost / (after - first).days
