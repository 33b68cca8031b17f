"""The only code that looks back: what lies inside a window that ends at the as-of date.

Each prepared table holds the known rows inside the longest window that features ask for. Which rows those are never
depends on the order in which rows are stored: where one row of several counts, the rule that chooses it leaves no tie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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
YEAR_TERM_MONTHS: Final = 11
"""Terms that began in the as-of month or these months before: the last two."""
INCOME_MONTHS: Final = 15
"""A year and the three months before it, so that a season is compared with the same one."""
WORK_MONTHS: Final = 12
NEWEST_WORK_MONTHS: Final = 6
"""Whether somebody works is read from a month at most this old."""
BILL_MONTHS: Final = 24
LOAN_MONTHS: Final = 6
"""A loan without a statement since then counts as not known."""
SHOCK_MONTHS: Final = 36
ASSISTANCE_MONTHS: Final = 12
CHECK_DAYS: Final = 730
VISIT_DAYS: Final = 730


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
    def months_of_year(self) -> int:
        """How many complete months the year has so far; after a December that was the last complete month, all 12."""
        return months_before(self.open_month, 1).month

    @property
    def school_august(self) -> date:
        """August before the school year that is running: on its last day the ages of schooling are counted."""
        return date(self.as_of.year - (self.as_of.month < 9), 8, 1)

    def complete_months_since(self, first: pl.Expr) -> pl.Expr:
        """Complete months from a month (itself included) to the as-of date; 1 = the last complete month."""
        return self.open_number - _month_number(first)

    @property
    def open_number(self) -> int:
        """The same counted from the year 0: 12 times the year and the month."""
        return _number(self.open_month)

    def age(self, on: date | None = None) -> pl.Expr:
        """Full years from the month of birth to the month of the as-of date (or of another day)."""
        return (_number(on or self.as_of) - _month_number(pl.col("birth_month"))) // 12

    def months_until(self, day: pl.Expr) -> pl.Expr:
        """Months from the as-of month to that of a date; 0 in the same month."""
        return _month_number(day) - _number(self.as_of)

    def days_since(self, day: pl.Expr) -> pl.Expr:
        """Days from a date to the as-of date."""
        return (pl.lit(self.as_of) - day).dt.total_days()


@dataclass(frozen=True)
class Seen:
    """A view, looked at from a moment."""

    view: View
    moment: Moment

    @property
    def present(self) -> pl.LazyFrame:
        """Present members with their ages, and whether they had a major illness when the last complete month began."""
        return self.view.once(("present", self.moment), self._present)

    @property
    def departed(self) -> pl.LazyFrame:
        """Newest state of the members who left: they are in no feature, but their leaving changed the household."""
        return self.view.states("members").filter(pl.col("leave_reason").is_not_null())

    def _present(self) -> pl.LazyFrame:
        day = months_before(self.moment.open_month, 1) - timedelta(days=1)
        before = self.view.states("members", day).select("person_id", major_illness_before="major_illness")
        present = self.view.states("members").filter(pl.col("leave_reason").is_null())
        ages = {"age": self.moment.age(), "school_age": self.moment.age(self.moment.school_august)}
        return present.join(before, on="person_id", how="left").with_columns(**ages)


@dataclass(frozen=True)
class Prepared:
    """A table as features look at it, one shared pass for all of them."""

    tables: tuple[str, ...]
    window: str
    """Which rows it holds, for people."""
    rows: Callable[[Seen], pl.LazyFrame]


def _members(seen: Seen) -> pl.LazyFrame:
    return seen.present


def _surveys(seen: Seen) -> pl.LazyFrame:
    since = months_before(seen.moment.as_of, SURVEY_MONTHS)
    ended = pl.col("period_end").is_between(pl.lit(since), pl.lit(seen.moment.as_of))
    return _newest(seen.view.table("income_surveys").filter(ended), "household_id", "period_end", "year", "stage")


def _incomes(seen: Seen) -> pl.LazyFrame:
    costs = [component.value for component in IncomeComponent if component.block == "cost"]
    net = pl.when(pl.col("component").is_in(costs)).then(-pl.col("amount")).otherwise(pl.col("amount"))
    return _months(seen.view.table("incomes"), seen.moment, INCOME_MONTHS).with_columns(net=net)


def _employment(seen: Seen) -> pl.LazyFrame:
    rows = _months(seen.view.table("employment"), seen.moment, WORK_MONTHS)
    before = rows.select("person_id", months_ago=pl.col("months_ago") - 1, employed_before="employed")
    return _of_present(rows.join(before, on=["person_id", "months_ago"], how="left"), seen)


def _workers(seen: Seen) -> pl.LazyFrame:
    rows = _months(seen.view.table("employment"), seen.moment, NEWEST_WORK_MONTHS)
    return _of_present(_newest(rows, "person_id", "month"), seen)


def _pupils(seen: Seen) -> pl.LazyFrame:
    since = months_before(seen.moment.as_of, TERM_MONTHS)
    begun = pl.col("term").is_between(pl.lit(since), pl.lit(seen.moment.as_of))
    return _of_present(_newest(seen.view.table("enrolments").filter(begun), "person_id", "term"), seen)


def _terms(seen: Seen) -> pl.LazyFrame:
    since = months_before(seen.moment.as_of, YEAR_TERM_MONTHS)
    begun = pl.col("term").is_between(pl.lit(since), pl.lit(seen.moment.as_of))
    return _of_present(seen.view.table("enrolments").filter(begun), seen)


def _bills(seen: Seen) -> pl.LazyFrame:
    return _months(seen.view.table("medical_settlements"), seen.moment, BILL_MONTHS, "service_end")


def _loans(seen: Seen) -> pl.LazyFrame:
    rows = _newest(_months(seen.view.table("loan_statements"), seen.moment, LOAN_MONTHS), "loan_id", "month")
    return rows.with_columns(
        running=pl.col("status") != "settled", days_left=-seen.moment.days_since(pl.col("due_on")).cast(pl.Int64)
    )


def _shocks(seen: Seen) -> pl.LazyFrame:
    since = months_before(seen.moment.open_month, SHOCK_MONTHS)
    inside = pl.col("happened_on").is_between(pl.lit(since), pl.lit(seen.moment.as_of))
    ages = {
        "months_ago": seen.moment.complete_months_since(pl.col("happened_on")),
        "days_ago": seen.moment.days_since(pl.col("happened_on")),
    }
    return seen.view.table("shocks").filter(inside).with_columns(**ages)


def _assistance(seen: Seen) -> pl.LazyFrame:
    return _months(seen.view.table("social_assistance"), seen.moment, ASSISTANCE_MONTHS)


def _measures(seen: Seen) -> pl.LazyFrame:
    begun = seen.view.table("measures").filter(pl.col("started_on") <= pl.lit(seen.moment.as_of))
    days_left = -seen.moment.days_since(pl.col("ended_on")).cast(pl.Int64)
    return begun.with_columns(days_left=days_left, over=(days_left < 0).fill_null(value=False))


def _checks(seen: Seen) -> pl.LazyFrame:
    days = seen.moment.days_since(pl.col("checked_on"))
    done = seen.view.table("guarantee_checks").filter(days.is_between(0, CHECK_DAYS - 1))
    return _newest(done, "household_id", "checked_on", "stage")


def _visits(seen: Seen) -> pl.LazyFrame:
    days = seen.moment.days_since(pl.col("visited_on"))
    return (
        seen.view.table("visits").with_columns(days_ago=days).filter(pl.col("days_ago").is_between(0, VISIT_DAYS - 1))
    )


def _inspections(aspect: str) -> Callable[[Seen], pl.LazyFrame]:
    def rows(seen: Seen) -> pl.LazyFrame:
        done = (pl.col("aspect") == aspect) & (pl.col("inspected_on") <= pl.lit(seen.moment.as_of))
        return _newest(seen.view.table("dwellings").filter(done), "household_id", "inspected_on")

    return rows


def _episodes(seen: Seen) -> pl.LazyFrame:
    return episodes(seen.view).filter(pl.col("identified_month") <= pl.lit(seen.moment.as_of))


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
    "terms": Prepared(
        ("enrolments", "members"),
        f"terms of present members that began in the as-of month or the {YEAR_TERM_MONTHS} months before",
        _terms,
    ),
    "bills": Prepared(("medical_settlements",), f"last {BILL_MONTHS} complete months", _bills),
    "loans": Prepared(
        ("loan_statements",), f"newest statement of each loan in the last {LOAN_MONTHS} complete months", _loans
    ),
    "shocks": Prepared(("shocks",), f"last {SHOCK_MONTHS} complete months and the days since", _shocks),
    "assistance": Prepared(("social_assistance",), f"last {ASSISTANCE_MONTHS} complete months", _assistance),
    "measures": Prepared(("measures",), "all measures that began by the as-of date", _measures),
    "checks": Prepared(("guarantee_checks",), f"newest check of the last {CHECK_DAYS} days", _checks),
    "visits": Prepared(("visits",), f"last {VISIT_DAYS} days", _visits),
    "episodes": Prepared(("monitoring_episodes",), "all episodes identified by the as-of date", _episodes),
}
"""What features may ask about, by name."""


def _months(rows: pl.LazyFrame, moment: Moment, months: int, event: str = "month") -> pl.LazyFrame:
    """Rows of the last complete months, with their `months_ago` (1 = the last complete month)."""
    m0, day = moment.open_month, pl.col(event)
    inside = (day >= pl.lit(months_before(m0, months))) & (day < pl.lit(m0))
    return rows.filter(inside).with_columns(months_ago=moment.complete_months_since(day))


def _newest(rows: pl.LazyFrame, subject: str, *order: str) -> pl.LazyFrame:
    """The last row of each subject by these columns, which with the subject hold a key of the rows: so there is one."""
    for column in order:
        # a code ranks by its place in the vocabulary, not by its letters
        rows = rows.filter(pl.col(column) == pl.col(column).max().over(subject))
    return rows


def _of_present(rows: pl.LazyFrame, seen: Seen) -> pl.LazyFrame:
    """Rows of the persons who are present members, under the household that they belong to at the as-of date."""
    facts = ("person_id", "household_id", "relation", "age", "school_age", "pension_status")
    return rows.drop("household_id").join(seen.present.select(facts), on="person_id", how="inner")


def _number(month: date) -> int:
    return month.year * 12 + month.month


def _month_number(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32)
