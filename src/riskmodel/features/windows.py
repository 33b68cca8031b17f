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
        return _month_number(pl.lit(self.open_month)) - _month_number(first)

    def age(self, on: date | None = None) -> pl.Expr:
        """Full years from the month of birth to the month of the as-of date (or of another day)."""
        return (_month_number(pl.lit(on or self.as_of)) - _month_number(pl.col("birth_month"))) // 12

    def months_until(self, day: pl.Expr) -> pl.Expr:
        """Months from the as-of month to that of a date; 0 in the same month."""
        return _month_number(day) - self.as_of.year * 12 - self.as_of.month

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
    rows = _months(view.table("employment"), moment, WORK_MONTHS)
    before = rows.select("person_id", months_ago=pl.col("months_ago") - 1, employed_before="employed")
    return _of_present(rows.join(before, on=["person_id", "months_ago"], how="left"), view, moment)


def _workers(view: View, moment: Moment) -> pl.LazyFrame:
    rows = _months(view.table("employment"), moment, NEWEST_WORK_MONTHS)
    return _of_present(_newest(rows, "person_id", "month"), view, moment)


def _pupils(view: View, moment: Moment) -> pl.LazyFrame:
    since = months_before(moment.as_of, TERM_MONTHS)
    begun = pl.col("term").is_between(pl.lit(since), pl.lit(moment.as_of))
    return _of_present(_newest(view.table("enrolments").filter(begun), "person_id", "term"), view, moment)


def _terms(view: View, moment: Moment) -> pl.LazyFrame:
    since = months_before(moment.as_of, YEAR_TERM_MONTHS)
    begun = pl.col("term").is_between(pl.lit(since), pl.lit(moment.as_of))
    return _of_present(view.table("enrolments").filter(begun), view, moment)


def _bills(view: View, moment: Moment) -> pl.LazyFrame:
    return _months(view.table("medical_settlements"), moment, BILL_MONTHS, "service_end")


def _loans(view: View, moment: Moment) -> pl.LazyFrame:
    rows = _newest(_months(view.table("loan_statements"), moment, LOAN_MONTHS), "loan_id", "month")
    return rows.with_columns(
        running=pl.col("status") != "settled", days_left=-moment.days_since(pl.col("due_on")).cast(pl.Int64)
    )


def _shocks(view: View, moment: Moment) -> pl.LazyFrame:
    since = months_before(moment.open_month, SHOCK_MONTHS)
    inside = pl.col("happened_on").is_between(pl.lit(since), pl.lit(moment.as_of))
    ages = {
        "months_ago": moment.complete_months_since(pl.col("happened_on")),
        "days_ago": moment.days_since(pl.col("happened_on")),
    }
    return view.table("shocks").filter(inside).with_columns(**ages)


def _assistance(view: View, moment: Moment) -> pl.LazyFrame:
    return _months(view.table("social_assistance"), moment, ASSISTANCE_MONTHS)


def _measures(view: View, moment: Moment) -> pl.LazyFrame:
    begun = view.table("measures").filter(pl.col("started_on") <= pl.lit(moment.as_of))
    days_left = -moment.days_since(pl.col("ended_on")).cast(pl.Int64)
    return begun.with_columns(days_left=days_left, over=(days_left < 0).fill_null(value=False))


def _checks(view: View, moment: Moment) -> pl.LazyFrame:
    days = moment.days_since(pl.col("checked_on"))
    done = view.table("guarantee_checks").filter(days.is_between(0, CHECK_DAYS - 1))
    return _newest(done, "household_id", "checked_on", "stage")


def _visits(view: View, moment: Moment) -> pl.LazyFrame:
    days = moment.days_since(pl.col("visited_on"))
    return view.table("visits").with_columns(days_ago=days).filter(pl.col("days_ago").is_between(0, VISIT_DAYS - 1))


def _inspections(aspect: str) -> Callable[[View, Moment], pl.LazyFrame]:
    def rows(view: View, moment: Moment) -> pl.LazyFrame:
        done = (pl.col("aspect") == aspect) & (pl.col("inspected_on") <= pl.lit(moment.as_of))
        return _newest(view.table("dwellings").filter(done), "household_id", "inspected_on")

    return rows


def _episodes(view: View, moment: Moment) -> pl.LazyFrame:
    return episodes(view).filter(pl.col("identified_month") <= pl.lit(moment.as_of))


def _members_and_before(view: View, moment: Moment) -> pl.LazyFrame:
    """Present members, and whether they had a major illness before the last complete month began."""
    day = months_before(moment.open_month, 1) - timedelta(days=1)
    before = view.states("members", day).select("person_id", major_illness_before="major_illness")
    return _members(view, moment).join(before, on="person_id", how="left")


PREPARED: Final[Mapping[str, Prepared]] = {
    "members": Prepared(("members",), "members present at the as-of date", _members_and_before),
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


def _of_present(rows: pl.LazyFrame, view: View, moment: Moment) -> pl.LazyFrame:
    """Rows of the persons who are present members, under the household that they belong to at the as-of date."""
    facts = ("person_id", "household_id", "relation", "age", "school_age", "pension_status")
    return rows.drop("household_id").join(_members(view, moment).select(facts), on="person_id", how="inner")


def _month_number(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32)
