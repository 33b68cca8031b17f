"""The only code that looks back: facts of a household inside windows that end at the as-of date.

A feature asks `Facts` for numbers by window ("net income of the last 3 complete months"). Each request is noted as an
aggregation on one prepared table and answered with a column name; `collect` then makes all of them in one pass per
table. A feature never sees a clock, a file or a row that was not known by the as-of date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.policy import IncomeComponent
from riskmodel.tables.outcomes import episodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskmodel.tables.lake import View

SURVEY_MONTHS = 36
"""A survey older than this says nothing about today; it counts as missing."""
TERM_MONTHS = 12
"""A school term older than this counts as missing."""


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

    def month_age(self, column: str) -> pl.Expr:
        """How many months ago a month was: 1 = the last complete month."""
        m0 = self.open_month
        return pl.lit(m0.year * 12 + m0.month, pl.Int32) - _month_number(pl.col(column))

    def years_since(self, column: str) -> pl.Expr:
        """Full years from a month to the month of the as-of date (ages)."""
        return (pl.lit(self.as_of.year * 12 + self.as_of.month, pl.Int32) - _month_number(pl.col(column))) // 12

    def days_since(self, day: pl.Expr) -> pl.Expr:
        """Days from a date to the as-of date."""
        return (pl.lit(self.as_of) - day).dt.total_days()


@dataclass
class Facts:
    """What features may ask of a household. Every answer is an expression on one row per household.

    Counts and sums are integers and therefore exact: they do not depend on the order of rows or on threads.
    """

    moment: Moment
    parameter: Callable[[str], float]
    """Policy value of a kind in force for this county at the as-of date, as known then."""
    wanted: dict[str, dict[str, pl.Expr]] = field(default_factory=dict)
    village_sums: dict[str, pl.Expr] = field(default_factory=dict)

    def ask(self, prepared: str, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Note an aggregation over a prepared table and return the column that will hold it."""
        column = f"{prepared}.{name}"
        self.wanted.setdefault(prepared, {})[column] = aggregate.alias(column)
        return pl.col(column)

    # --- the household itself -------------------------------------------------------------------------------------
    def line(self) -> pl.Expr:
        """Monitoring line in force on the last day of the newest survey's window, fen per person and year."""
        self.survey("period_end")
        return pl.col("line")

    def months_since_exit(self) -> pl.Expr:
        """Months from the end of the year of exit from poverty; null for ordinary households."""
        m0 = self.moment.open_month
        return pl.lit(m0.year * 12 + m0.month - 1, pl.Int32) - (pl.col("exit_year") + 1) * 12

    # --- members --------------------------------------------------------------------------------------------------
    def members(self, name: str, who: pl.Expr | None = None) -> pl.Expr:
        """Number of present members for whom `who` holds (null counts as not); all members without `who`."""
        return self.ask("members", name, pl.len().cast(pl.Int64) if who is None else _count(who))

    def members_known(self, name: str, column: str) -> pl.Expr:
        """Number of present members for whom a column is known."""
        return self.ask("members", name, pl.col(column).is_not_null().sum().cast(pl.Int64))

    def of_members(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Any other aggregation over the present members; columns of the table plus `age` in years."""
        return self.ask("members", name, aggregate)

    def of_head(self, column: str) -> pl.Expr:
        """A column of the head of household."""
        return self.ask("members", f"head_{column}", _first(pl.col(column), pl.col("relation") == "head"))

    # --- income ---------------------------------------------------------------------------------------------------
    def survey(self, column: str) -> pl.Expr:
        """Column of the newest income survey of the last 36 months, any stage; money in fen a year."""
        return self.ask("surveys", column, pl.col(column).last())

    def received(self, name: str, blocks: Iterable[str], newest: int, oldest: int) -> pl.Expr:
        """Net amount received in the complete months `newest`..`oldest` ago, fen; costs count negative. Null: no row."""
        inside = pl.col("block").is_in(list(blocks)) & pl.col("month_age").is_between(newest, oldest)
        return self.ask("incomes", name, _sum_or_null(pl.col("net"), inside))

    def received_of(self, component: IncomeComponent, newest: int, oldest: int) -> pl.Expr:
        """Amount of one component in the complete months `newest`..`oldest` ago, fen. Null: no row."""
        inside = (pl.col("component") == component.value) & pl.col("month_age").is_between(newest, oldest)
        return self.ask("incomes", f"{component.value}_{newest}_{oldest}", _sum_or_null(pl.col("net"), inside))

    def months_with_income(self, newest: int, oldest: int) -> pl.Expr:
        """Number of complete months `newest`..`oldest` ago with at least one income row. Null: no row at all."""
        inside = pl.col("month_age").is_between(newest, oldest)
        months = pl.col("month").filter(inside).n_unique().cast(pl.Int64)
        return self.ask("incomes", f"months_{newest}_{oldest}", months)

    # --- work -----------------------------------------------------------------------------------------------------
    def workers(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregation over each present member's newest employment month of the last 6; columns of the table, `age`."""
        return self.ask("workers", name, aggregate)

    def work_months(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregation over the employment rows of the last 12 complete months."""
        return self.ask("employment", name, aggregate)

    # --- school, housing, history ---------------------------------------------------------------------------------
    def pupils(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregation over each present member's newest school term of the last 12 months; table columns, `age`."""
        return self.ask("pupils", name, aggregate)

    def housing(self, column: str) -> pl.Expr:
        """Column of the newest housing inspection."""
        return self.ask("housing", column, pl.col(column).last())

    def water(self, column: str) -> pl.Expr:
        """Column of the newest water inspection."""
        return self.ask("water", column, pl.col(column).last())

    def episodes(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregation over the household's monitoring episodes known by the as-of date."""
        return self.ask("episodes", name, aggregate)

    # --- the neighbours -------------------------------------------------------------------------------------------
    def neighbours(self, name: str, amount: pl.Expr) -> pl.Expr:
        """Sum of an integer over the other active households of the village; households without the fact count 0."""
        column = f"village.{name}"
        self.village_sums[column] = amount.cast(pl.Int64).fill_null(0).alias(column)
        return pl.col(column)

    def collect(self, view: View) -> dict[str, pl.LazyFrame]:
        """One frame per prepared table with `household_id` and every aggregation asked of it."""
        return {
            prepared: PREPARED[prepared](view, self.moment).group_by("household_id").agg(*asked.values())
            for prepared, asked in self.wanted.items()
        }


def _members(view: View, moment: Moment) -> pl.LazyFrame:
    present = view.states("members").filter(pl.col("leave_reason").is_null())
    return present.with_columns(age=moment.years_since("birth_month"))


def _surveys(view: View, moment: Moment) -> pl.LazyFrame:
    since = months_before(moment.as_of, SURVEY_MONTHS)
    inside = pl.col("period_end").is_between(pl.lit(since), pl.lit(moment.as_of))
    return view.table("income_surveys").filter(inside)


def _incomes(view: View, moment: Moment) -> pl.LazyFrame:
    cost = pl.col("component").is_in([c.value for c in IncomeComponent if c.block == "cost"])
    blocks = {c.value: c.block for c in IncomeComponent}
    return _months(view.table("incomes"), moment, 24).with_columns(
        block=pl.col("component").cast(pl.String).replace_strict(blocks, default=None),
        net=pl.when(cost).then(-pl.col("amount")).otherwise(pl.col("amount")),
    )


def _employment(view: View, moment: Moment) -> pl.LazyFrame:
    return _months(view.table("employment"), moment, 12)


def _workers(view: View, moment: Moment) -> pl.LazyFrame:
    rows = _months(view.table("employment"), moment, 6)
    newest = rows.filter(pl.col("month") == pl.col("month").max().over("person_id"))
    return _present(newest, view, moment)


def _pupils(view: View, moment: Moment) -> pl.LazyFrame:
    since = months_before(moment.as_of, TERM_MONTHS)
    rows = view.table("enrolments").filter(pl.col("term").is_between(pl.lit(since), pl.lit(moment.as_of)))
    newest = rows.filter(pl.col("term") == pl.col("term").max().over("person_id"))
    return _present(newest, view, moment)


def _inspections(aspect: str) -> Callable[[View, Moment], pl.LazyFrame]:
    def prepare(view: View, moment: Moment) -> pl.LazyFrame:
        return view.table("dwellings").filter(
            pl.col("aspect") == aspect, pl.col("inspected_on") <= pl.lit(moment.as_of)
        )

    return prepare


def _episodes(view: View, moment: Moment) -> pl.LazyFrame:
    return episodes(view).filter(pl.col("identified_month") <= pl.lit(moment.as_of))


PREPARED: Mapping[str, Callable[[View, Moment], pl.LazyFrame]] = {
    "members": _members,
    "surveys": _surveys,
    "incomes": _incomes,
    "employment": _employment,
    "workers": _workers,
    "pupils": _pupils,
    "housing": _inspections("housing"),
    "water": _inspections("water"),
    "episodes": _episodes,
}
"""The tables as features look at them: known rows inside the longest window, one entry per shared pass."""


def _months(rows: pl.LazyFrame, moment: Moment, months: int) -> pl.LazyFrame:
    """Rows of the last complete months, with their age in months (1 = the last complete month)."""
    m0 = moment.open_month
    inside = (pl.col("month") >= pl.lit(months_before(m0, months))) & (pl.col("month") < pl.lit(m0))
    return rows.filter(inside).with_columns(month_age=moment.month_age("month"))


def _present(rows: pl.LazyFrame, view: View, moment: Moment) -> pl.LazyFrame:
    """Rows of persons who are present members at the as-of date, under the household they belong to now."""
    now = _members(view, moment).select("person_id", "age", "relation", present_household="household_id")
    joined = rows.join(now, on="person_id", how="inner")
    return joined.with_columns(household_id=pl.col("present_household")).drop("present_household")


def _month_number(column: pl.Expr) -> pl.Expr:
    return column.dt.year().cast(pl.Int32) * 12 + column.dt.month().cast(pl.Int32)


def _count(who: pl.Expr) -> pl.Expr:
    return who.fill_null(value=False).sum().cast(pl.Int64)


def _first(value: pl.Expr, who: pl.Expr) -> pl.Expr:
    """Smallest value among those for whom `who` holds: one value whatever the order of the rows."""
    return value.filter(who).min()


def _sum_or_null(amount: pl.Expr, inside: pl.Expr) -> pl.Expr:
    """Sum of the amounts inside a window; null, not zero, where no row lies inside."""
    masked = pl.when(inside).then(amount)
    return pl.when(masked.is_not_null().any()).then(masked.sum())
