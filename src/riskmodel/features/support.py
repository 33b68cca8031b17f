"""Help that the household was given: what runs, what ends soon, what was not delivered."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Background, Measure

DAYS_AHEAD = 180
MEASURE = pl.col("measure")
DEVELOPMENT = MEASURE.is_in([measure.value for measure in Measure if measure.development])
RUNNING = pl.col("delivered") & ~pl.col("over")


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
