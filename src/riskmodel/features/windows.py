"""The only code that looks back: what lies inside a window that ends at the as-of date.

Each prepared table holds the known rows inside the longest window that features ask for. Which rows those are never
depends on the order in which rows are stored: where one row of several counts, the rule that chooses it leaves no tie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.policy import IncomeComponent
from riskmodel.tables.outcomes import episodes

if TYPE_CHECKING:
    from riskmodel.tables.lake import View

SURVEY_MONTHS: Final = 36
"""A survey that ended earlier says nothing about today; it counts as missing."""
TERM_MONTHS: Final = 12
"""A school term that began earlier counts as missing."""
INCOME_MONTHS: Final = 12
WORK_MONTHS: Final = 12
NEWEST_WORK_MONTHS: Final = 6
"""Whether somebody works is read from a month at most this old."""


def months_before(day: date, months: int) -> date:
    """First day of the month that lies `months` before the month of `day`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def first_open_month(as_of: date) -> date:
    """M0: the first month that is not complete at the end of `as_of`. Complete = its last day is not after `as_of`."""
    following = months_before(as_of, -1)
    return following if (following - as_of).days == 1 else as_of.replace(day=1)


@dataclass(frozen=True)
class Moment:
    """The as-of date and what follows from it."""

    as_of: date

    @property
    def open_month(self) -> date:
        """First month that is not complete."""
        return first_open_month(self.as_of)

    @property
    def school_august(self) -> date:
        """August before the school year that is running: on its last day the ages of schooling are counted."""
        return date(self.as_of.year - (self.as_of.month < 9), 8, 1)

    def complete_months_since(self, first: pl.Expr) -> pl.Expr:
        """Complete months from a month (itself included) to the as-of date; 1 = the last complete month."""
        return _month_number(pl.lit(self.open_month)) - _month_number(first)

    def age(self, on: date | None = None) -> pl.Expr:
        """Full years from the month of birth to the month of the as-of date (or of another day)."""
        return (_month_number(pl.lit(on or self.as_of)) - _month_number(pl.col("birth_month"))) // 12

    def days_since(self, day: pl.Expr) -> pl.Expr:
        """Days from a date to the as-of date."""
        return (pl.lit(self.as_of) - day).dt.total_days()


@dataclass(frozen=True)
class Prepared:
    """A table as features look at it, one shared pass for all of them."""

    tables: tuple[str, ...]
    window: str
    """Which rows it holds, for people."""
    rows: Callable[[View, Moment], pl.LazyFrame]


def _members(view: View, moment: Moment) -> pl.LazyFrame:
    present = view.states("members").filter(pl.col("leave_reason").is_null())
    return present.with_columns(age=moment.age(), school_age=moment.age(moment.school_august))


def _surveys(view: View, moment: Moment) -> pl.LazyFrame:
    since = months_before(moment.as_of, SURVEY_MONTHS)
    ended = pl.col("period_end").is_between(pl.lit(since), pl.lit(moment.as_of))
    return _newest(view.table("income_surveys").filter(ended), "household_id", "period_end", "year", "stage")


def _incomes(view: View, moment: Moment) -> pl.LazyFrame:
    costs = [component.value for component in IncomeComponent if component.block == "cost"]
    net = pl.when(pl.col("component").is_in(costs)).then(-pl.col("amount")).otherwise(pl.col("amount"))
    return _months(view.table("incomes"), moment, INCOME_MONTHS).with_columns(net=net)


def _employment(view: View, moment: Moment) -> pl.LazyFrame:
    return _of_present(_months(view.table("employment"), moment, WORK_MONTHS), view, moment)


def _workers(view: View, moment: Moment) -> pl.LazyFrame:
    rows = _months(view.table("employment"), moment, NEWEST_WORK_MONTHS)
    return _of_present(_newest(rows, "person_id", "month"), view, moment)


def _pupils(view: View, moment: Moment) -> pl.LazyFrame:
    since = months_before(moment.as_of, TERM_MONTHS)
    begun = pl.col("term").is_between(pl.lit(since), pl.lit(moment.as_of))
    return _of_present(_newest(view.table("enrolments").filter(begun), "person_id", "term"), view, moment)


def _inspections(aspect: str) -> Callable[[View, Moment], pl.LazyFrame]:
    def rows(view: View, moment: Moment) -> pl.LazyFrame:
        done = (pl.col("aspect") == aspect) & (pl.col("inspected_on") <= pl.lit(moment.as_of))
        return _newest(view.table("dwellings").filter(done), "household_id", "inspected_on")

    return rows


def _episodes(view: View, moment: Moment) -> pl.LazyFrame:
    return episodes(view).filter(pl.col("identified_month") <= pl.lit(moment.as_of))


PREPARED: Final[Mapping[str, Prepared]] = {
    "members": Prepared(("members",), "members present at the as-of date", _members),
    "surveys": Prepared(
        ("income_surveys",),
        f"newest survey that ended in the as-of month or the {SURVEY_MONTHS} months before",
        _surveys,
    ),
    "incomes": Prepared(("incomes",), f"last {INCOME_MONTHS} complete months", _incomes),
    "employment": Prepared(
        ("employment", "members"), f"rows of present members, last {WORK_MONTHS} complete months", _employment
    ),
    "workers": Prepared(
        ("employment", "members"),
        f"newest month of each present member in the last {NEWEST_WORK_MONTHS} complete months",
        _workers,
    ),
    "pupils": Prepared(
        ("enrolments", "members"),
        f"newest term of each present member that began in the as-of month or the {TERM_MONTHS} months before",
        _pupils,
    ),
    "housing": Prepared(("dwellings",), "newest inspection of the house", _inspections("housing")),
    "water": Prepared(("dwellings",), "newest inspection of the water", _inspections("water")),
    "episodes": Prepared(("monitoring_episodes",), "all episodes identified by the as-of date", _episodes),
}
"""What features may ask about, by name."""


def _months(rows: pl.LazyFrame, moment: Moment, months: int) -> pl.LazyFrame:
    """Rows of the last complete months, with their `months_ago` (1 = the last complete month)."""
    m0 = moment.open_month
    inside = (pl.col("month") >= pl.lit(months_before(m0, months))) & (pl.col("month") < pl.lit(m0))
    return rows.filter(inside).with_columns(months_ago=moment.complete_months_since(pl.col("month")))


def _newest(rows: pl.LazyFrame, subject: str, *order: str) -> pl.LazyFrame:
    """The last row of each subject by these columns, which with the subject hold a key of the rows: so there is one."""
    for column in order:
        # a code ranks by its place in the vocabulary, not by its letters
        rows = rows.filter(pl.col(column) == pl.col(column).max().over(subject))
    return rows


def _of_present(rows: pl.LazyFrame, view: View, moment: Moment) -> pl.LazyFrame:
    """Rows of the persons who are present members, under the household that they belong to at the as-of date."""
    facts = ("person_id", "household_id", "relation", "age", "school_age", "pension_status")
    return rows.drop("household_id").join(_members(view, moment).select(facts), on="person_id", how="inner")


def _month_number(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32)
