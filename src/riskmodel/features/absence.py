"""What a missing value means: that nothing is known, or that there is nothing to know.

Features leave both missing (a model treats them alike), and people must not be told one for the other: a household
whose posts ended has no share of wages from them, which is no lack of data. The published row mostly tells which it is.
Where it does not, what is said is true of both.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from riskmodel.features.reading import EVERYTHING_LISTED, reading
from riskmodel.features.windows import Moment, months_before

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskmodel.features.feature import Feature


class Absence(StrEnum):
    """Why a value is missing."""

    NO_RECORD = "no_record"
    """The table that it is mainly about has no row of the household inside the window."""
    NOT_KNOWN = "not_known"
    """There are rows, and they do not say."""
    NOT_APPLICABLE = "not_applicable"
    """There are rows, and nothing of the kind is there: no wages to take a share of, no stay in hospital."""
    EITHER = "either"
    """One of the two; the row does not tell which."""


_NET_INCOME: Final = (
    *("self_pay_share", "business_share", "assistance_share", "bills_to_income_12m", "bills_to_income_3m"),
    *("school_costs_to_income", "disaster_losses_to_income_12m", "disaster_losses_to_income_36m"),
    *("unpaid_disaster_losses_to_income_12m", "accident_losses_to_income_12m", "business_losses_to_income_12m"),
    *("loans_to_income", "loans_due_to_income", "assistance_to_income_12m"),
)
WITHOUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(_NET_INCOME, "income_to_line"),
    "public_post_share": "wage_to_line",
    "post_ending_wage_share": "top_wage_to_line",
    "post_months_left": "workers_employed",
    "top_wage_share": "top_wage_to_line",
    "outside_workers_share": "workers_employed",
    "pension_payers_of_workers": "workers_employed",
    "loans_non_production_share": "loans_to_line",
    "stays_in_county_share": "stays_12m",
    "months_since_exit": "ex_poor",
    "months_since_elimination": "past_episodes",
    "causes_unanswered_share": "past_episodes",
}
"""Features that do not apply where another one of the row is known and not above 0."""
NOTHING_THERE: Final = frozenset({"months_since_stay", "months_since_elimination"})
"""Features that are missing beside rows only where none of these rows is of the kind."""
UNSAID: Final = frozenset(
    {
        *("income_to_line", "reference_income_to_line", "wage_to_line", "business_to_line", "property_to_line"),
        *("pension_to_line", "pension_payers", "pensioners", "uninsured_members", "uninsured_share", "head_insured"),
        *("chronic_members", "major_ill_members", "newly_ill_members", "severely_disabled_members", "able_members"),
        *("care_load", "labour_lost", "head_age", "head_education", "boarding_pupils", "student_loans"),
        *("house_grade", "water_unsafe", "water_supply", "lives_in_unsafe_house", "water_outage_days"),
        *("house_problem", "school_problem", "water_problem", "insurance_problem"),
    }
)
"""Features that are missing beside rows only where these do not say."""


def absence(feature: Feature, values: Mapping[str, float | None], newest: date | None, as_of: date) -> Absence:
    """Why the value of a feature is missing.

    `values`: the features of the household, null = missing. `newest`: its newest row in the table that the feature is
    mainly about, None = no row.
    """
    other = WITHOUT.get(feature.name)
    bound = None if other is None else values.get(other)
    if bound is not None and bound <= 0:
        return Absence.NOT_APPLICABLE
    if newest is None or newest < _since(feature, as_of):
        return Absence.NO_RECORD
    if feature.name in NOTHING_THERE:
        return Absence.NOT_APPLICABLE
    return Absence.NOT_KNOWN if feature.name in UNSAID else Absence.EITHER


@lru_cache(maxsize=1024)
def _since(feature: Feature, as_of: date) -> date:
    """First day of the window of its main table; long ago where it looks at all rows."""
    asked = reading(feature, as_of, EVERYTHING_LISTED).asked
    months = asked[0].months if asked else ()
    return months_before(Moment(as_of).open_month, max(oldest for _, oldest in months)) if months else as_of.min
