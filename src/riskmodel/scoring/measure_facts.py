"""What the rules of help ask of a household: one row per household, null where the fact is not known.

Looked at through the windows of the features, so that nothing is seen here that a feature could not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.arithmetic import count
from riskmodel.features.assistance import ALLOWANCE, DIBAO, RECENT_MONTHS, TEKUN
from riskmodel.features.facts import Facts, rows_seen
from riskmodel.features.family import ABLE
from riskmodel.features.housing import GRADES
from riskmodel.features.lists import listed_months
from riskmodel.features.loans import LATE, RUNNING
from riskmodel.features.shocks import ACCIDENT, ECONOMIC, NATURAL
from riskmodel.features.support import DEVELOPMENT
from riskmodel.features.support import RUNNING as IN_FORCE
from riskmodel.features.windows import LOAN_MONTHS, SHOCK_MONTHS, Moment, Seen, months_before
from riskmodel.policy import HouseholdStatus, LoanStatus, Measure, MeasureOption, SchoolStage
from riskmodel.tables.outcomes import open_episodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.policy import Policy
    from riskmodel.tables import View

YEAR: Final = 12
YUAN: Final = 100
"""Fen of a yuan."""
CHANGE_DAYS: Final = 365
"""How far back a change of the responsible person is told."""
AT_SCHOOL: Final = pl.col("status").is_in(["enrolled", "home_teaching"])
VOCATIONAL: Final = pl.col("stage").is_in([stage.value for stage in SchoolStage if stage.vocational])
COLLEGE: Final = pl.col("stage").is_in([SchoolStage.VOCATIONAL_COLLEGE.value, SchoolStage.BACHELOR.value])
GONE: Final = pl.col("status").is_in([LoanStatus.COMPENSATED.value, LoanStatus.WRITTEN_OFF.value])


@dataclass(frozen=True)
class MeasureFacts:
    """The facts of some households of a view; `codes` are their ids as coded there."""

    view: View
    policy: Policy
    codes: pl.Series

    @cached_property
    def frame(self) -> pl.DataFrame:
        """One row per household, sorted by its code: amounts in yuan, counts, and yes or no; null = not known."""
        plan = self._households().sort("household_id")
        for part in (*self._persons(), *self._money(), *self._home(), *self._help()):
            plan = plan.join(part, on="household_id", how="left", maintain_order="left")
        return self.view.collect(plan)

    @cached_property
    def running(self) -> pl.DataFrame:
        """Measures running on the day: household, measure, option (null: not said), `since`, `until` (null: open)."""
        rows = self._rows("measures").filter(IN_FORCE)
        codes = pl.col("measure", "option").cast(pl.String)
        # a measure that runs twice, once without an end, has none
        until = pl.when(pl.col("ended_on").is_not_null().all()).then(pl.col("ended_on").max())
        grouped = rows.with_columns(codes).group_by("household_id", "measure", "option")
        return self.view.collect(grouped.agg(since=pl.col("started_on").min(), until=until))

    def number(self, kind: str) -> float | None:
        """Policy number in force in the county on the day, as known then; None where there is none."""
        found = self.policy.find(kind, self.view.county, on=self.view.as_of, known=self.view.as_of)
        return None if found is None else found.value

    @cached_property
    def _seen(self) -> Seen:
        return Seen(self.view, Moment(self.view.as_of))

    @cached_property
    def _lists(self) -> Facts:
        return Facts(self._seen.moment, lambda _kind: 0.0, listed=listed_months(self.view))

    def _rows(self, prepared: str) -> pl.LazyFrame:
        return self._mine(rows_seen(prepared, self._seen))

    def _mine(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows.filter(pl.col("household_id").is_in(self.codes.implode()))

    def _full(self, rows: pl.LazyFrame, covered: bool, *counts: str) -> pl.LazyFrame:
        """Counts of all households: a household without a row has 0 where full lists cover the window, else null."""
        if not covered:
            return rows
        everybody = self.codes.to_frame("household_id").lazy().join(rows, on="household_id", how="left")
        return everybody.with_columns(pl.col(counts).fill_null(0))

    def _households(self) -> pl.LazyFrame:
        states = self._mine(self.view.states("households")).filter(pl.col("status") == HouseholdStatus.ACTIVE.value)
        now = states.select("household_id", "category", "size", "no_labour", "responsible_id")
        watched = self.view.collect(open_episodes(self.view))["household_id"]
        history = (
            self._mine(self.view.table("households"))
            .filter(pl.col("valid_from") <= pl.lit(self.view.as_of))
            .sort("household_id", "valid_from")
            .select("household_id", "valid_from", "responsible_id")
        )
        before = pl.col("responsible_id").shift(1).over("household_id")
        changed = pl.col("responsible_id").ne(before) & (
            pl.col("valid_from") > pl.lit(self.view.as_of - timedelta(days=CHANGE_DAYS))
        )
        changes = history.group_by("household_id").agg(responsible_changes=count(changed))
        monitored = pl.col("household_id").is_in(watched.implode())
        kept = now.with_columns(pl.col("category").cast(pl.String), monitored=monitored)
        return kept.join(changes, on="household_id", how="left")

    def _persons(self) -> Sequence[pl.LazyFrame]:
        names = ("students", "vocational", "vocational_suspended", "college")
        suspended = pl.col("status") == "suspended"
        pupils = (
            self._rows("pupils")
            .group_by("household_id")
            .agg(
                students=count(AT_SCHOOL),
                vocational=count(AT_SCHOOL & VOCATIONAL),
                vocational_suspended=count(suspended & VOCATIONAL),
                college=count(AT_SCHOOL & COLLEGE),
            )
        )
        members = self._rows("members").group_by("household_id").agg(**self._of_labour(), **self._of_health())
        return members, self._full(pupils, self._term_listed(), *names)

    def _of_labour(self) -> dict[str, pl.Expr]:
        working, able = self._ages("age.working"), pl.col("labour").is_in(ABLE)
        oldest, youngest = self.number("age.loan_max"), self.number("age.loan_min")
        borrower = pl.col("age").is_between(pl.lit(youngest, pl.Float64), pl.lit(oldest, pl.Float64))
        return {
            "people": pl.len(),
            "able": count(working & able),
            "able_any_age": count(able),
            "labour_unknown": count(working & pl.col("labour").is_null()),
            "borrowers": pl.when(borrower.is_not_null().all()).then(count(borrower)),
            "of_school_age": count(self._ages("age.school", "school_age")),
        }

    def _of_health(self) -> dict[str, pl.Expr]:
        ill, receiving = pl.col("chronic_illness") | pl.col("major_illness"), pl.col("pension_status") == "receiving"
        elder = pl.col("age") > self._required("age.working_max")
        return {
            "ill": count(ill),
            "ill_unknown": count(ill.is_null()),
            "uninsured": count(~pl.col("basic_insured")),
            "insurance_unknown": count(pl.col("basic_insured").is_null()),
            "major_ill": count(pl.col("major_illness")),
            "disabled": count(pl.col("disability_type").is_not_null()),
            "elders_without_pension": count(elder & ~receiving),
            "pension_unknown": count(elder & receiving.is_null()),
        }

    def _ages(self, kind: str, column: str = "age") -> pl.Expr:
        """Whether a member is of an age between two policy numbers."""
        return pl.col(column).is_between(self._required(f"{kind}_min"), self._required(f"{kind}_max"))

    def _required(self, kind: str) -> float:
        """A policy number without which no month is run. Raises NothingInForce where there is none."""
        return self.policy.value(kind, self.view.county, on=self.view.as_of, known=self.view.as_of)

    def _term_listed(self) -> bool:
        """Whether a full list of the schools tells of the running term."""
        month = self._seen.moment.as_of.month
        ago = (month - 3) % 12 if 3 <= month < 9 else (month - 9) % 12
        first = months_before(self._seen.moment.as_of, ago)
        return any(listed >= first for listed in self._lists.listed.get("enrolments", frozenset()))

    def _money(self) -> Sequence[pl.LazyFrame]:
        bills = self._rows("bills").filter(pl.col("months_ago") <= YEAR)
        paid = bills.group_by("household_id").agg(self_pay=pl.col("self_pay").sum() / YUAN)
        loans = self._rows("loans").group_by("household_id").agg(**_LOANS)
        names = [name for name in _LOANS if name != "small_since"]
        surveys = self._rows("surveys").select(
            "household_id",
            net_per_capita=pl.col("net_per_capita") / YUAN,
            business=pl.col("business") / YUAN,
            surveyed_self_pay=pl.col("compliant_self_pay") / YUAN,
        )
        return (
            self._full(paid, self._lists.covered("medical_settlements", 1, YEAR), "self_pay"),
            self._full(loans, self._lists.covered("loan_statements", 1, LOAN_MONTHS), *names),
            surveys,
        )

    def _home(self) -> Sequence[pl.LazyFrame]:
        grade = pl.col("house_grade").cast(pl.String).replace_strict(GRADES, default=None, return_dtype=pl.Int64)
        house = self._rows("housing").select("household_id", "occupied", grade=grade, house_on="inspected_on")
        water = self._rows("water").select("household_id", "water_safe", water_on="inspected_on")
        checks = self._rows("checks").select("household_id", "house_ok", "water_ok", "insured_ok", "checked_on")
        shocks = (
            self._rows("shocks")
            .group_by("household_id")
            .agg(
                disasters=count(NATURAL),
                accidents=count(ACCIDENT),
                business_shocks=count(ECONOMIC),
                shock_on=pl.col("happened_on").max(),
            )
        )
        listed = self._lists.covered("shocks", 1, SHOCK_MONTHS)
        return house, water, checks, self._full(shocks, listed, "disasters", "accidents", "business_shocks")

    def _help(self) -> Sequence[pl.LazyFrame]:
        """Measures in force and assistance of the last months; without a row there is none on record."""
        social = pl.col("measure") == Measure.SOCIAL_SECURITY.value
        assets = (pl.col("measure") == Measure.INDUSTRY.value) & _may_be(MeasureOption.ASSET_INCOME)
        secured = social & (_may_be(MeasureOption.DIBAO) | _may_be(MeasureOption.TEKUN))
        measures = (
            self.running.lazy()
            .group_by("household_id")
            .agg(
                measures_running=pl.len(),
                development=count(DEVELOPMENT),
                assets=count(assets),
                social_only=social.all(),
                secured=secured.any(),
            )
        )
        industry = self._rows("measures").filter(pl.col("measure") == Measure.INDUSTRY.value)
        had = industry.select("household_id", had_industry=pl.lit(value=True)).unique()
        return self._or(measures, "measures_running", "development", "assets"), self._aid(), self._or(had)

    def _aid(self) -> pl.LazyFrame:
        newest = self._lists.newest_listed("social_assistance")
        inside = pl.col("months_ago") <= RECENT_MONTHS if newest is None else pl.col("months_ago") == newest
        aid = self._rows("assistance").filter(inside).group_by("household_id")
        schemes = {"on_dibao": DIBAO.any(), "on_tekun": TEKUN.any(), "on_allowance": ALLOWANCE.any()}
        return self._or(aid.agg(**schemes))

    def _or(self, rows: pl.LazyFrame, *counts: str) -> pl.LazyFrame:
        """All households; one without a row has 0 in the counts, and no flag is set."""
        everybody = self.codes.to_frame("household_id").lazy().join(rows, on="household_id", how="left")
        return everybody.with_columns(pl.col(counts).fill_null(0), pl.selectors.boolean().fill_null(value=False))


def _may_be(option: MeasureOption) -> pl.Expr:
    """A measure in force of this option, or of none that is told."""
    return pl.col("option").is_null() | (pl.col("option") == option.value)


_SMALL, _OPEN = pl.col("product") == "small_loan", RUNNING & ~GONE
_UNNAMED: Final = pl.col("product").is_null()
_LOANS: Final = {
    "small_loans": count(_SMALL & _OPEN),
    "small_sum": pl.when(RUNNING & _SMALL).then("principal").otherwise(0).sum() / YUAN,
    "unnamed_sum": pl.when(RUNNING & _UNNAMED).then("principal").otherwise(0).sum() / YUAN,
    "unnamed_loans": count(_OPEN & _UNNAMED),
    "small_late": count(_SMALL & RUNNING & LATE),
    "small_attention": count(_SMALL & _OPEN & (pl.col("status") == LoanStatus.ATTENTION.value)),
    "small_misused": count(_SMALL & _OPEN & (pl.col("purpose") == "non_production")),
    "small_since": pl.col("started_on").filter(_SMALL & _OPEN).min(),
}
"""What is counted of the newest statement of each loan."""
