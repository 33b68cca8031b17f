"""What the rules of help ask of the tables: looked at through the windows of the features.

So nothing is seen here that a feature could not see. The questions are those of a county and day and are made once;
they are plans for the rows of one household (`features/plain_plan.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.features.arithmetic import count
from riskmodel.features.assistance import ALLOWANCE, DIBAO, RECENT_MONTHS, TEKUN
from riskmodel.features.facts import Facts, rows_seen
from riskmodel.features.family import ABLE
from riskmodel.features.housing import GRADES
from riskmodel.features.lists import Listed
from riskmodel.features.loans import LATE, RUNNING
from riskmodel.features.plain_plan import Given, PlainPlan, Sketch, as_plain
from riskmodel.features.shocks import ACCIDENT, ECONOMIC, NATURAL
from riskmodel.features.support import RUNNING as IN_FORCE
from riskmodel.features.windows import LOAN_MONTHS, SHOCK_MONTHS, Moment, Seen, months_before
from riskmodel.policy import HouseholdStatus, LoanStatus, Measure, Policy, SchoolStage
from riskmodel.tables.outcomes import open_episodes

if TYPE_CHECKING:
    from collections.abc import Sequence

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
class Part:
    """Facts that come from one table."""

    plan: PlainPlan
    """At most one row."""
    absent: Any = None
    """What each fact is where there is no row."""
    never: frozenset[str] = frozenset()
    """Facts that are not known then all the same."""

    def told(self, given: Given) -> Iterator[tuple[str, Any]]:
        """The facts by name."""
        rows = self.plan.rows(given)
        if not rows.height:
            yield from self._untold.items()
        else:
            for name in self._untold:
                yield name, rows[name][0]

    @cached_property
    def _untold(self) -> Mapping[str, Any]:
        """The facts as they are without a row."""
        names = self.plan.like.collect_schema()
        return {name: None if name in self.never else self.absent for name in names}


@dataclass(frozen=True)
class Questions:
    """What is asked about every household of a county and day, made once; the first part is its state."""

    parts: Sequence[Part] = field(repr=False)
    measures: PlainPlan = field(repr=False)
    """The measures that run on the day."""


@lru_cache(maxsize=32)
def questions(policy: Policy, county: str, as_of: date, listed: frozenset[tuple[str, frozenset[date]]]) -> Questions:
    asking = _Asking(policy, Seen(Sketch.for_views(county, as_of), Moment(as_of)), dict(listed))
    parts = (*asking.state(), *asking.persons(), *asking.money(), *asking.home(), *asking.help())
    return Questions(parts, as_plain(asking.rows("measures").filter(IN_FORCE)))


@dataclass(frozen=True)
class _Asking:
    """Makes the questions."""

    policy: Policy
    seen: Seen
    listed: Listed

    def rows(self, prepared: str) -> pl.LazyFrame:
        return rows_seen(prepared, self.seen)

    def state(self) -> Iterator[Part]:
        view, as_of = self.seen.view, self.seen.moment.as_of
        now = view.states("households").filter(pl.col("status") == HouseholdStatus.ACTIVE.value)
        yield _first(now, "category", "size", "no_labour", "responsible_id")
        yield _part(open_episodes(view), {"monitored": pl.len() > 0}, absent=False)
        history = view.table("households").filter(pl.col("valid_from") <= pl.lit(as_of))
        before = pl.col("responsible_id").shift(1).over("household_id")
        lately = pl.col("valid_from") > pl.lit(as_of - timedelta(days=CHANGE_DAYS))
        changed = pl.col("responsible_id").ne(before) & lately
        marked = history.sort("household_id", "valid_from").with_columns(changed=changed)
        yield _part(marked, {"responsible_changes": count(pl.col("changed"))})

    def persons(self) -> Iterator[Part]:
        yield _part(self.rows("members"), self._of_labour() | self._of_health())
        suspended = pl.col("status") == "suspended"
        asked = {
            "students": count(AT_SCHOOL),
            "vocational": count(AT_SCHOOL & VOCATIONAL),
            "vocational_suspended": count(suspended & VOCATIONAL),
            "college": count(AT_SCHOOL & COLLEGE),
        }
        yield _part(self.rows("pupils"), asked, absent=0 if self._term_listed() else None)

    def _of_labour(self) -> dict[str, pl.Expr]:
        working, able = self._ages("age.working"), pl.col("labour").is_in(ABLE)
        oldest, youngest = self._number("age.loan_max"), self._number("age.loan_min")
        borrower = pl.col("age").is_between(pl.lit(youngest, pl.Float64), pl.lit(oldest, pl.Float64))
        unknown = count(borrower.is_null())
        return {
            "people": pl.len(),
            "able": count(working & able),
            "able_any_age": count(able),
            "labour_unknown": count(working & pl.col("labour").is_null()),
            "borrowers": pl.when(unknown == 0).then(count(borrower)),
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
        view = self.seen.view
        return self.policy.value(kind, view.county, on=view.as_of, known=view.as_of)

    def _number(self, kind: str) -> float | None:
        return number_in_force(self.policy, self.seen.view, kind)

    def _lists(self) -> Facts:
        return Facts(self.seen.moment, lambda _kind: 0.0, listed=self.listed)

    def _absent(self, table: str, months: int) -> int | None:
        """What a count is without a row: 0 where full lists cover the window."""
        return 0 if self._lists().covered(table, 1, months) else None

    def _term_listed(self) -> bool:
        """Whether a full list of the schools tells of the running term."""
        month = self.seen.moment.as_of.month
        ago = (month - 3) % 12 if 3 <= month < 9 else (month - 9) % 12
        first = months_before(self.seen.moment.as_of, ago)
        return any(listed >= first for listed in self.listed.get("enrolments", frozenset()))

    def money(self) -> Iterator[Part]:
        bills = self.rows("bills").filter(pl.col("months_ago") <= YEAR)
        paid = {"self_pay": pl.col("self_pay").sum() / YUAN}
        yield _part(bills, paid, self._absent("medical_settlements", YEAR))
        loans = self._absent("loan_statements", LOAN_MONTHS)
        yield _part(self.rows("loans"), _LOANS, loans, never=frozenset({"small_since"}))
        amounts = {"net_per_capita": "net_per_capita", "business": "business"}
        amounts |= {"surveyed_self_pay": "compliant_self_pay"}
        yield _part(self.rows("surveys"), {name: pl.col(c).first() / YUAN for name, c in amounts.items()})

    def home(self) -> Iterator[Part]:
        grade = pl.col("house_grade").cast(pl.String).replace_strict(GRADES, default=None, return_dtype=pl.Int64)
        yield _first(self.rows("housing").with_columns(grade=grade), "occupied", "grade", house_on="inspected_on")
        yield _first(self.rows("water"), "water_safe", water_on="inspected_on")
        yield _first(self.rows("checks"), "house_ok", "water_ok", "insured_ok", "checked_on")
        asked = {"disasters": NATURAL, "accidents": ACCIDENT, "business_shocks": ECONOMIC}
        counts = {name: count(holds) for name, holds in asked.items()} | {"shock_on": pl.col("happened_on").max()}
        listed = self._absent("shocks", SHOCK_MONTHS)
        # a list of the emergency department speaks of natural disasters only
        never = frozenset({"accidents", "business_shocks", "shock_on"})
        yield _part(self.rows("shocks"), counts, listed, never=never)

    def help(self) -> Iterator[Part]:
        """Assistance of the last months and measures ever had; without a row there is none on record."""
        newest = self._lists().newest_listed("social_assistance")
        inside = pl.col("months_ago") <= RECENT_MONTHS if newest is None else pl.col("months_ago") <= newest
        schemes = {"on_dibao": DIBAO.any(), "on_tekun": TEKUN.any(), "on_allowance": ALLOWANCE.any()}
        yield _part(self.rows("assistance").filter(inside), schemes, absent=False)
        industry = pl.col("measure") == Measure.INDUSTRY.value
        yield _part(self.rows("measures"), {"had_industry": industry.any()}, absent=False)


def number_in_force(policy: Policy, view: View, kind: str) -> float | None:
    """Policy number in force in the county on the day, as known then; None where there is none."""
    found = policy.find(kind, view.county, on=view.as_of, known=view.as_of)
    return None if found is None else found.value


def _part(
    rows: pl.LazyFrame, asked: Mapping[str, pl.Expr], absent: Any = None, never: frozenset[str] = frozenset()
) -> Part:
    made = rows.group_by("household_id").agg(*(value.alias(name) for name, value in asked.items()))
    return Part(as_plain(made.drop("household_id")), absent, never)


def _first(rows: pl.LazyFrame, *columns: str, **named: str) -> Part:
    """Columns of the one row that there is."""
    names = dict(zip(columns, columns, strict=True)) | named
    return _part(rows, {name: pl.col(column).first() for name, column in names.items()})


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
