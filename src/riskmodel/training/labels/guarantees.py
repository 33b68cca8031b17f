"""A guarantee (safe house, schooling, basic health insurance) or safe water that a check finds lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.windows import CHECK_DAYS, PREPARED, Moment, Seen
from riskmodel.tables.outcomes import decided, followed, of_its_own, without
from riskmodel.training.labels.label import Label

if TYPE_CHECKING:
    from riskmodel.training.labels.label import Question

GUARANTEES: Final = ("house_ok", "school_ok", "insured_ok", "water_ok")
_MET, _UNMET = pl.all_horizontal(GUARANTEES), pl.any_horizontal(~pl.col(name) for name in GUARANTEES)
_CHECK = ("household_id", "checked_on", "stage")


def _outcome(q: Question) -> pl.LazyFrame:
    """Checks known by the as-of date tell of the present; only the others are outcomes."""
    newest = PREPARED["checks"].rows(Seen(q.view, Moment(q.view.as_of)))
    unseen = q.later.table("guarantee_checks").join(q.view.table("guarantee_checks"), on=_CHECK, how="anti")
    on = newest.select("household_id", newest_on="checked_on")
    missed = unseen.filter(pl.col("checked_on") < pl.lit(q.first)).join(on, on="household_id", how="inner")
    fallen = missed.filter(_UNMET & (pl.col("checked_on") >= pl.col("newest_on")))
    coming = unseen.filter(pl.col("checked_on").is_between(q.first, q.after_last, closed="left"))
    answered = coming.group_by("household_id").agg(pl.col(GUARANTEES).any(ignore_nulls=True)).filter(_MET)
    whole = followed(q.view, q.later, q.after_last)
    cohort = without(whole.join(newest.filter(_MET), on="household_id", how="semi"), fallen)
    return decided(cohort, of_its_own(coming.filter(_UNMET), cohort, "checked_on"), told=answered)


GUARANTEE_FAILURE_12M: Final = Label(
    name="guarantee_failure_12m",
    title="三保障和饮水安全出现问题",
    english="a guarantee or safe water lost",
    horizon=12,
    cohort=f"active households whose newest known check of the last {CHECK_DAYS} days found all four met (house, "
    "schooling, insurance, water; what a check does not say is not met); left out is one with a check on its way "
    "(before M0, no earlier than the newest known one, found one unmet and became known later), one for which the "
    "checks of the horizon found none unmet and did not say of each of the four that it is met (nobody checked), and "
    "one that ended (merged, moved out, dissolved, split with nobody staying) by the end of month M0 + 11 without an "
    "event before",
    event="a check, not known by the as-of date, with checked_on in [M0, M0 + 12) that found at least one of the four "
    "unmet; where the household ended, before its end",
    settles_after="end of month M0 + 11 plus the policy's label.reporting_delay_months; the county's checks must have "
    "been delivered then or later",
    tables=("guarantee_checks",),
    outcome=_outcome,
)
