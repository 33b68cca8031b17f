"""Help that the household was given: what runs, what ends soon, what was not delivered, what it leaves unanswered."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count, flag
from riskmodel.features.facts import Facts
from riskmodel.features.family import able_members
from riskmodel.features.feature import Direction, feature
from riskmodel.features.history import CAUSE_BIT, causes_written
from riskmodel.policy import Background, Measure
from riskmodel.policy.measure_rules import FITTING

DAYS_AHEAD = 180
MEASURE = pl.col("measure")
DEVELOPMENT = MEASURE.is_in([measure.value for measure in Measure if measure.development])
SECURITY = MEASURE.eq(Measure.SOCIAL_SECURITY.value)
RUNNING = pl.col("delivered") & ~pl.col("over")
ANSWERED = {m.value: sum(CAUSE_BIT[cause.value] for cause, fit in FITTING.items() if m in fit) for m in Measure}
"""The causes that a measure answers, as a set."""


@feature("在享开发式帮扶措施数", "development measures running", unit="项", group=Background.AID, risk=Direction.FREE)
def development_measures(h: Facts) -> pl.Expr:
    """Delivered development measures (production, work, finance, public post) that run at the as-of date.

    Missing where no measure is known that began by then; so with the next ones.
    """
    return h.measures("development", count(RUNNING & DEVELOPMENT))


@feature("在享其他帮扶措施数", "other measures running", unit="项", group=Background.AID, risk=Direction.FREE)
def other_measures(h: Facts) -> pl.Expr:
    """Delivered measures that run at the as-of date and are not development measures."""
    return h.measures("other", count(RUNNING & ~DEVELOPMENT))


@feature("在享金融帮扶措施数", "finance measures running", unit="项", group=Background.AID, risk=Direction.FREE)
def finance_measures(h: Facts) -> pl.Expr:
    """Delivered finance measures (loans, renewals, extensions, insurance) that run at the as-of date."""
    return h.measures("finance", count(RUNNING & (MEASURE.eq(Measure.FINANCE.value))))


@feature("6个月内到期帮扶措施数", "measures that end in 6 months", unit="项", group=Background.AID, risk=Direction.FREE)
def measures_ending(h: Facts) -> pl.Expr:
    """Measures that run at the as-of date and end on it or within the 180 days after."""
    return h.measures("ending", count(RUNNING & (pl.col("days_left") <= DAYS_AHEAD)))


@feature("未落实帮扶措施数", "measures not delivered", unit="项", group=Background.AID, risk=Direction.FREE)
def measures_undelivered(h: Facts) -> pl.Expr:
    """Measures that should have begun by the as-of date, have not ended and are not delivered."""
    return h.measures("undelivered", count(~pl.col("delivered") & ~pl.col("over")))


@feature(
    "最近一项帮扶措施距今月数", "months since the newest measure", unit="月", group=Background.AID, risk=Direction.FREE
)
def months_since_measure(h: Facts) -> pl.Expr:
    """Complete months since the month in which the newest measure began, itself included; 0 = the running month."""
    return h.moment.complete_months_since(h.newest("measures", "started_on"))


@feature(
    "最近一次致贫返贫风险中无对应在享帮扶的占比",
    "share of causes without a fitting measure",
    unit="比例",
    group=Background.AID,
    risk=Direction.FREE,
)
def causes_unanswered_share(h: Facts) -> pl.Expr:
    """Causes of the newest monitoring episode that no running measure answers, over all causes written down in it.

    Which measures answer a cause is policy; what is not delivered or over does not run. The episode may be open or
    past. Missing without an episode with a cause, and where no measure is known that began by the as-of date.
    """
    newest = pl.col("identified_month") == pl.col("identified_month").max()
    causes = h.once(h.episodes("newest_causes", causes_written(h).filter(newest).max()))
    answered = MEASURE.replace_strict(ANSWERED, default=0, return_dtype=pl.Int64)
    running = h.measures("answered", pl.when(RUNNING).then(answered).otherwise(0).bitwise_or())
    return h.over(_how_many(causes & ~running), _how_many(causes))


@feature(
    "有劳动能力户是否仅享受综合保障",
    "only social security though able to work",
    unit="是否",
    group=Background.AID,
    risk=Direction.FREE,
)
def social_security_only(h: Facts) -> pl.Expr:
    """1 for a household with a member able to work of which all running measures are social security, else 0.

    0 also where none runs. Missing where no measure is known that began by the as-of date, or the labour of a member of
    working age is not known.
    """
    security = h.measures("security", count(RUNNING & SECURITY))
    others = h.measures("not_security", count(RUNNING & ~SECURITY))
    return flag(able_members(h) > 0) * flag((security > 0) & (others == 0))


@feature(
    "有劳动能力户是否无开发式帮扶",
    "no development measure though able to work",
    unit="是否",
    group=Background.AID,
    risk=Direction.FREE,
)
def development_lacking(h: Facts) -> pl.Expr:
    """1 for a household with a member able to work and no running development measure, else 0.

    Missing where no measure is known that began by the as-of date, or the labour of a member of working age is not
    known.
    """
    return flag(able_members(h) > 0) * flag(development_measures(h) == 0)


def _how_many(causes: pl.Expr) -> pl.Expr:
    """How many causes a set holds."""
    return causes.bitwise_count_ones().cast(pl.Int64)
