"""Rigid spending of a year (刚性支出) that reaches the threshold from which the medical insurance warns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.windows import months_before
from riskmodel.policy import Category
from riskmodel.tables.outcomes import decided, followed, of_its_own, rigid_spending, without
from riskmodel.training.labels.label import Label

if TYPE_CHECKING:
    from riskmodel.training.labels.label import Question


def _outcome(q: Question) -> pl.LazyFrame:
    whole = followed(q.view, q.later, q.after_last)
    since = months_before(q.first, q.horizon)
    then = of_its_own(rigid_spending(q.later), whole, "day")
    # bills are late: what was spent before M0 is judged by what was known then and by what is known now
    already = [_reached(q, rows, whole, since, q.first) for rows in (rigid_spending(q.view), then)]
    cohort = without(whole, *already)
    return decided(cohort, _reached(q, then, cohort, q.first, q.after_last))


def _reached(q: Question, spent: pl.LazyFrame, cohort: pl.LazyFrame, first: date, after_last: date) -> pl.LazyFrame:
    """Households of the cohort that spent the threshold or more in the months [first, after_last)."""
    inside = spent.filter(pl.col("day").is_between(first, after_last, closed="left"))
    sums = inside.group_by("household_id").agg(pl.col("amount").sum())
    registered, other = (
        q.policy.value(
            f"tripwire.TW_MED_YTD.{kind}", q.view.county, on=after_last - timedelta(days=1), known=q.later.as_of
        )
        for kind in ("registered", "other")
    )
    threshold = pl.when(pl.col("category") != Category.ORDINARY.value).then(registered * 100).otherwise(other * 100)
    return sums.join(cohort, on="household_id", how="inner").filter(pl.col("amount") >= threshold)


SPENDING_SHOCK_12M: Final = Label(
    name="spending_shock_12m",
    title="刚性支出骤增",
    english="rigid spending that reaches the warning threshold",
    horizon=12,
    cohort="active households whose rigid spending in [M0 - 12, M0) stayed below the threshold in force on the day "
    "before M0, both as known at the as-of date and as known now; one that ended (merged, moved out, dissolved, split "
    "with nobody staying) by the end of month M0 + 11 without an event before is left out. Rigid spending = self_pay "
    "of the household's medical settlements by service_end, of every type of visit, plus, for each disaster or "
    "accident by happened_on, loss less claim_paid, at least 0 (a claim not on record counts as none, a loss not "
    "known as 0; falls of prices and failed projects do not count). Threshold = the policy's "
    "tripwire.TW_MED_YTD.registered for households of the poverty register (category at the as-of date not "
    "`ordinary`), tripwire.TW_MED_YTD.other for the others; a policy without them stops with an error",
    event="rigid spending in [M0, M0 + 12) of at least the threshold in force on the last day of month M0 + 11; where "
    "the household ended, of the days before its end",
    settles_after="end of month M0 + 11 plus the policy's label.reporting_delay_months plus 4 months (bills from out "
    "of the area take up to half a year); the county's settlements and shocks must both have been delivered then or "
    "later",
    tables=("medical_settlements", "shocks"),
    outcome=_outcome,
    further_delay=4,
)
