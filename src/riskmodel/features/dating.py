"""Which date is told beside the value of a feature: decided here for every feature, never where sentences are made.

A date beside a value reads as the date of the fact. It is that only where the value is read from one row (an
inspection, a check, a survey), or counts the time since an event. Elsewhere it is said to be what it is: the day of the
newest information, or the as-of date where time alone moves the value.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from riskmodel.features.reading import most_read
from riskmodel.features.windows import Moment, months_before

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.features.feature import Feature


class Dating(StrEnum):
    """What the date beside a value is."""

    ROW = "row"
    """Of the one row that the value is read from."""
    NEWEST = "newest"
    """Of the newest row of the main table: the newest information, not the date of the value."""
    AS_OF = "as_of"
    """The as-of date: the value changes with time although nothing happens (ages, what ends soon, what fades)."""
    DAYS_AGO = "days_ago"
    """Of the event that the value counts days since."""
    MONTHS_AGO = "months_ago"
    """Of the event that the value counts complete months since."""
    MONTHS_AHEAD = "months_ahead"
    """Of the event that the value counts months until."""
    YEAR_ENDED = "year_ended"
    """Of the year since the end of which the value counts complete months."""

    @property
    def of_event(self) -> bool:
        """Whether the date follows from the value itself."""
        return self in (Dating.DAYS_AGO, Dating.MONTHS_AGO, Dating.MONTHS_AHEAD, Dating.YEAR_ENDED)


OF_YEAR: Final = frozenset({"bills_to_warning", "bills_to_rural_income_warning"})
"""Features of the complete months of one calendar year, which must be named: in January it is the year that ended."""

ONE_ROW: Final = frozenset({"surveys", "housing", "water", "checks"})
"""Prepared tables with at most one row per household."""

_AGED: Final = (
    *("children", "infants", "elders", "dependants_share", "able_members", "care_load", "head_age", "mean_age"),
    *("best_education", "senior_share", "newly_ill_members", "social_security_only", "development_lacking"),
    *("post_ending_wage_share", "loans_due_to_income", "measures_ending", "development_measures", "other_measures"),
    *("finance_measures", "measures_undelivered", "causes_unanswered_share"),
    *("faded_disaster_losses_to_line", "faded_accident_losses_to_line"),
)
_DAYS_AGO: Final = (
    *("survey_age_days", "house_inspection_age_days", "water_inspection_age_days", "check_age_days"),
    *("days_since_visit", "bill_age_days", "employment_age_days", "income_age_days", "loan_age_days"),
    *("assistance_age_days", "school_term_age_days"),
)
_MONTHS_AGO: Final = ("months_since_stay", "months_since_elimination", "months_since_measure", "months_since_rebuilt")

DECIDED: Final[Mapping[str, Dating]] = {
    **dict.fromkeys(_AGED, Dating.AS_OF),
    **dict.fromkeys(_DAYS_AGO, Dating.DAYS_AGO),
    **dict.fromkeys(_MONTHS_AGO, Dating.MONTHS_AGO),
    "post_months_left": Dating.MONTHS_AHEAD,
    "months_since_exit": Dating.YEAR_ENDED,
}
"""Features that are dated otherwise than by what they read, see `dating`."""


@cache
def dating(feature: Feature) -> Dating:
    """What the date beside its value is: as decided; else that of the row where it reads one, else the newest."""
    if feature.name in DECIDED:
        return DECIDED[feature.name]
    read = most_read(feature)
    one_row = {asked.prepared for asked in read.asked} <= ONE_ROW and len(read.asked) == 1
    return Dating.ROW if one_row and not read.state and not read.of_others else Dating.NEWEST


def year_meant(feature: Feature, as_of: date) -> int | None:
    """The calendar year of which a value tells on a day; None for a feature that is not of one."""
    return months_before(Moment(as_of).open_month, 1).year if feature.name in OF_YEAR else None


def event(of: Dating, value: float | None, as_of: date) -> date | None:
    """Day of the event that a value counts from or to; the first of its month or year where it counts months.

    None without a value, and for a year that the value does not tell: in January, 0 months may mean the year before or
    the one that began.
    """
    if value is None or not of.of_event:
        return None
    count, open_month = round(value), Moment(as_of).open_month
    if of is Dating.DAYS_AGO:
        return as_of - timedelta(days=count)
    if of is Dating.MONTHS_AGO:
        return months_before(open_month, count)
    if of is Dating.MONTHS_AHEAD:
        return months_before(as_of, -count)
    if count == 0:
        return None if open_month.month == 1 else date(open_month.year, 1, 1)
    return date(months_before(open_month, count + 1).year, 1, 1)
