"""What features may ask of a household.

A feature asks for numbers by window ("net income of the last 3 complete months"). Each request is noted as an
aggregate over one prepared table and answered with the column that will hold it; `plans` makes all of them in one
pass per table. A feature never sees a clock, a file or a row that was not known by the as-of date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.arithmetic import constant, count, divisor, largest_of, total_of
from riskmodel.features.lists import Listed
from riskmodel.features.origins import newest, with_departed
from riskmodel.features.steps import Steps
from riskmodel.features.windows import (
    ASSISTANCE_MONTHS,
    BILL_MONTHS,
    INCOME_MONTHS,
    LOAN_MONTHS,
    PREPARED,
    SHOCK_MONTHS,
    Moment,
    Seen,
    months_before,
)
from riskmodel.tables import View
from riskmodel.tables.lineage import ancestors, with_inherited

if TYPE_CHECKING:
    from riskmodel.policy import IncomeComponent

Within = Callable[[pl.Expr], pl.Expr]
"""An aggregate over the rows of a window, from the expression that says which rows lie inside."""

LINE = "line"
"""Column of the base table that holds the line of the household."""
INHERITED: Final[Mapping[str, str]] = {"episodes": "identified_month"}
"""Prepared tables of which a household also has the rows of those it came from, and the column that dates them."""


@dataclass
class Facts:
    """Every answer is an expression on one row per household; null = nothing known.

    Counts and sums are integers and therefore exact: they do not depend on the order of rows or on threads. `size`,
    `category` and `exit_year` of the household's state are columns that a feature may use as they are.
    """

    moment: Moment
    parameter: Callable[[str], float]
    """Policy value of a kind in force for this county at the as-of date, as known then."""
    optional: Callable[[str, date], float | None] = lambda _kind, _on: None
    """Policy value in force on a day, as known at the as-of date, of a kind that an office need not set."""
    listed: Listed = field(default_factory=dict)
    """Months that full lists cover, by table."""
    doubts: dict[str, str] = field(default_factory=dict, repr=False)
    """Columns of the base table that say who is in doubt, by table, see `in_doubt`."""
    wanted: dict[str, dict[str, pl.Expr]] = field(default_factory=dict)
    """Aggregates to make, by prepared table and column."""
    windows: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    """Complete months ago, newest and oldest, that an aggregate looks at, by column; without one: all that is read."""
    rows: dict[str, Steps] = field(default_factory=dict, repr=False)
    """What is worked out of each row before the aggregates, by prepared table."""
    steps: Steps = field(default_factory=lambda: Steps("step"))
    """What is worked out of the aggregates before the features."""
    village_steps: Steps = field(default_factory=lambda: Steps("village_step"))
    """The same of the sums over the neighbours."""
    village_sums: dict[str, pl.Expr] = field(default_factory=dict)
    """Sums over the neighbours to make, by column."""
    _nothing: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    def over(self, amount: pl.Expr, by: pl.Expr) -> pl.Expr:
        """Ratio of two numbers as a float; missing where one is not known or the divisor is not above zero."""
        return amount / self.once(divisor(self.once(by)))

    def once(self, value: pl.Expr) -> pl.Expr:
        """A value of the household that is worked out once, whatever is made of it."""
        if value.meta.is_column():
            return value
        of_village = any(n in self.village_sums or n in self.village_steps for n in value.meta.root_names())
        return (self.village_steps if of_village else self.steps).column(value)

    def per_row(self, prepared: str, value: pl.Expr) -> pl.Expr:
        """A value of each row of a prepared table that is worked out once, whatever aggregates are made of it."""
        return self.rows.setdefault(prepared, Steps("row")).column(value)

    def survey(self, column: str) -> pl.Expr:
        """Column of the newest income survey of the last 36 months, of any stage; money in fen a year.

        Surveys that end on the same day: the later policy year, then elimination before identification before annual.
        """
        return self._the_row("surveys", column)

    def line(self) -> pl.Expr:
        """The line: monitoring line in force on the last day of the newest survey's window, fen per person and year."""
        self.survey("period_end")
        return pl.col(LINE)

    def warning(self, kind: str) -> pl.Expr:
        """Threshold of a department's warning in fen, from its kind of policy value in yuan; null where none is set."""
        yuan = self.optional(f"tripwire.{kind}", self.moment.as_of)
        return constant(None if yuan is None else yuan * 100)

    def rural_income(self) -> pl.Expr:
        """Rural disposable income per head of the year before that of the last complete month, fen; null = unset."""
        year = months_before(self.moment.open_month, 1).year - 1
        yuan = self.optional("rural_disposable_income", date(year, 12, 31))
        return constant(None if yuan is None else yuan * 100)

    def covered(self, table: str, newest: int, oldest: int) -> bool:
        """Whether full lists cover all of the complete months `newest`..`oldest` ago: then no row means 0."""
        months = {months_before(self.moment.open_month, ago) for ago in range(newest, oldest + 1)}
        return months <= self.listed.get(table, frozenset())

    def in_doubt(self, table: str) -> pl.Expr:
        """Whether the household may be on a full list all the same; then everything is as without full lists."""
        return pl.col(self.doubts.setdefault(table, f"{table}.in_doubt"))

    def newest_listed(self, table: str, oldest: int = 3) -> int | None:
        """How many complete months ago the newest full list is, at most `oldest`; None where there is none."""
        return next((ago for ago in range(1, oldest + 1) if self.covered(table, ago, ago)), None)

    def received(self, name: str, components: Iterable[IncomeComponent], newest: int, oldest: int) -> pl.Expr:
        """Net amount received in the complete months `newest`..`oldest` ago, fen; costs are negative. Null: no row."""
        inside = _months_ago(newest, oldest, INCOME_MONTHS) & pl.col("component").is_in([c.value for c in components])
        total = total_of(pl.col("net"), self.per_row("incomes", inside))
        return self._ask("incomes", f"{name}_{newest}_{oldest}", total, (newest, oldest))

    def months_with_income(self, newest: int, oldest: int) -> pl.Expr:
        """How many of the complete months `newest`..`oldest` ago have an income row. Null: no row in 15 months."""
        inside = self.per_row("incomes", _months_ago(newest, oldest, INCOME_MONTHS))
        months = pl.col("month").filter(inside).n_unique().cast(pl.Int64)
        return self._ask("incomes", f"months_{newest}_{oldest}", months, (newest, oldest))

    def month_of_income(self, ago: int) -> pl.Expr:
        """Net amount received in the complete month `ago`, whole yuan rounded down. Null: no row in that month."""
        inside = self.per_row("incomes", _months_ago(ago, ago, INCOME_MONTHS))
        return self._ask("incomes", f"net_{ago}", total_of(pl.col("net"), inside), (ago, ago)) // 100

    def bills(self, name: str, aggregate: Within, newest: int, oldest: int) -> pl.Expr:
        """Aggregate over the household's bills of the complete months `newest`..`oldest` ago.

        A household without a bill in them has 0 where full lists cover them all, else null; so with the next ones.
        """
        return self._within("bills", "medical_settlements", name, aggregate, newest, oldest, BILL_MONTHS)

    def newest_bill(self, name: str, holds: pl.Expr) -> pl.Expr:
        """How many complete months ago the newest of the bills of 24 months is for which something holds."""
        return self._ask("bills", f"newest_{name}", largest_of(-pl.col("months_ago"), holds).neg())

    def disasters(self, name: str, aggregate: Within, oldest: int) -> pl.Expr:
        """Aggregate over the shocks of the last `oldest` complete months and of the days since, of natural ones only.

        They are what the usual department registers, so its full lists speak of them.
        """
        return self._within("shocks", "shocks", name, aggregate, 0, oldest, SHOCK_MONTHS)

    def shocks(self, name: str, aggregate: Within, oldest: int) -> pl.Expr:
        """The same of shocks that several departments report, of which nobody has a full list: null without a row."""
        return self._of_window("shocks", name, aggregate, 0, oldest, SHOCK_MONTHS)

    def assistance(self, name: str, aggregate: Within, newest: int, oldest: int) -> pl.Expr:
        """Aggregate over the assistance of the complete months `newest`..`oldest` ago."""
        return self._within("assistance", "social_assistance", name, aggregate, newest, oldest, ASSISTANCE_MONTHS)

    def aid_on_record(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over the assistance of the last 12 complete months; null where none is on record."""
        return self._ask("assistance", f"{name}_on_record", aggregate)

    def loans(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over the newest statement of each loan; 0 without a loan where full lists cover all 6 months.

        Columns of the table, `running` (not settled) and `days_left` until the loan is due.
        """
        return self._within("loans", "loan_statements", name, lambda _inside: aggregate, 1, LOAN_MONTHS, LOAN_MONTHS)

    def newest(self, prepared: str, column: str) -> pl.Expr:
        """Newest date of a column in a prepared table."""
        return self._ask(prepared, f"newest_{column}", pl.col(column).max())

    def measures(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over the measures that began by the as-of date; `days_left` until the end, `over` = ended."""
        return self._ask("measures", name, aggregate)

    def guarantee(self, column: str) -> pl.Expr:
        """Column of the newest guarantee check of the last 24 months."""
        return self._the_row("checks", column)

    def visits(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over the visits of the last 730 days; `days_ago`."""
        return self._ask("visits", name, aggregate)

    def terms(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over the terms of present members that began in the last 12 months; columns as for workers."""
        return self._ask("terms", name, aggregate)

    def members(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over the present members; columns of the table, `age` and `school_age` in years.

        `major_illness_before` is the state when the last complete month began. `age` is that of the as-of month,
        `school_age` that of the last 31 August before the running school year.
        """
        return self._ask("members", name, aggregate)

    def workers(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over each present member's newest employment month of the last 6 complete ones.

        Columns of the table and, of the member: `relation`, `age`, `school_age`, `pension_status`.
        """
        return self._ask("workers", name, aggregate)

    def work_months(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over the employment rows of present members, last 12 complete months; columns as for workers."""
        return self._ask("employment", name, aggregate)

    def pupils(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over each present member's newest school term of the last 12 months; columns as for workers."""
        return self._ask("pupils", name, aggregate)

    def housing(self, column: str) -> pl.Expr:
        """Column of the newest inspection of the house, however old."""
        return self._the_row("housing", column)

    def water(self, column: str) -> pl.Expr:
        """Column of the newest inspection of the water, however old."""
        return self._the_row("water", column)

    def episodes(self, name: str, aggregate: pl.Expr) -> pl.Expr:
        """Aggregate over the monitoring episodes identified by the as-of date.

        Those of the households it came from (split, moved) before it went its own way are among them.
        """
        return self._ask("episodes", name, aggregate)

    def neighbours(self, name: str, amount: pl.Expr) -> pl.Expr:
        """Sum of a whole number over the other active households of the village; one without the fact counts 0."""
        whole = amount.cast(pl.Int64).fill_null(0)
        return _note(self.village_sums, f"village.{name}", whole)

    def plans(self, view: View) -> dict[str, pl.LazyFrame]:
        """The plan of each prepared table asked of which the view has a row, see `plan`."""
        seen = Seen(view, self.moment)
        return {name: self.plan(name, seen) for name in self.wanted if not view.lacks(PREPARED[name].tables[0])}

    def plan(self, prepared: str, seen: Seen) -> pl.LazyFrame:
        """`household_id`, all that is asked of a prepared table, and its newest row; own rows and inherited ones."""
        rows = rows_seen(prepared, seen)
        if prepared in self.rows:
            rows = self.rows[prepared].added(rows)
        made = rows.group_by("household_id").agg(*self.wanted[prepared].values(), newest(prepared))
        return made if prepared != "members" else with_departed(made, seen.departed)

    def nothing(self, prepared: str) -> pl.DataFrame:
        """The answers about a household that has no row in a prepared table: one row of nulls, without an id."""
        if prepared not in self._nothing:
            plan = self.plan(prepared, Seen(View.of({}, self.moment.as_of), self.moment))
            self._nothing[prepared] = plan.drop("household_id").collect().clear(1)
        return self._nothing[prepared]

    def _within(
        self, prepared: str, table: str, name: str, aggregate: Within, newest: int, oldest: int, most: int
    ) -> pl.Expr:
        asked = self._of_window(prepared, name, aggregate, newest, oldest, most)
        if not self.covered(table, max(newest, 1), oldest):
            return asked
        rows = self._of_window(prepared, "rows", count, newest, oldest, most)
        nothing = (rows.fill_null(0) == 0) & ~self.in_doubt(table)
        return self.once(pl.when(nothing).then(0).otherwise(asked))

    def _of_window(self, prepared: str, name: str, aggregate: Within, newest: int, oldest: int, most: int) -> pl.Expr:
        inside = self.per_row(prepared, _months_ago(newest, oldest, most))
        return self._ask(prepared, f"{name}_{newest}_{oldest}", aggregate(inside), (newest, oldest))

    def _the_row(self, prepared: str, column: str) -> pl.Expr:
        """A column of a prepared table with at most one row per household."""
        return self._ask(prepared, column, pl.col(column).first())

    def _ask(self, prepared: str, name: str, aggregate: pl.Expr, months: tuple[int, int] | None = None) -> pl.Expr:
        column = f"{prepared}.{name}"
        if months:
            self.windows[column] = months
        return _note(self.wanted.setdefault(prepared, {}), column, aggregate)


def rows_seen(prepared: str, seen: Seen) -> pl.LazyFrame:
    """The rows of a prepared table that features look at: a household's own and those that it inherits."""
    rows = PREPARED[prepared].rows(seen)
    if prepared in INHERITED:
        rows = with_inherited(rows, ancestors(seen.view), INHERITED[prepared])
    return rows


def of_head(column: pl.Expr) -> pl.Expr:
    """Aggregate: the value of the head of household; the smallest where the rows name several heads."""
    return column.filter(pl.col("relation") == "head").min()


def _months_ago(newest: int, oldest: int, most: int) -> pl.Expr:
    if oldest > most:
        raise ValueError(
            f"a fact of {oldest} months ago is asked for, but only {most} months are read: lengthen the window"
        )
    ago = pl.col("months_ago")
    return ago == newest if newest == oldest else ago.is_between(newest, oldest)


def _note(noted: dict[str, pl.Expr], column: str, expression: pl.Expr) -> pl.Expr:
    """Note an expression under its column. Raises ValueError where the column already means something else."""
    named = expression.alias(column)
    if not noted.setdefault(column, named).meta.eq(named):
        raise ValueError(f"two features ask for {column} and mean different things: give one of them another name")
    return pl.col(column)
