"""What happened before: exit from poverty, earlier monitoring, and how old our information is."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import everyone
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Background, Category


@feature("是否脱贫户", "left poverty", unit="是否", group=Background.HISTORY, risk=Direction.FREE)
def ex_poor(_: Facts) -> pl.Expr:
    """1 for a household that left poverty, with or without policy in force; 0 for an ordinary rural household."""
    return (pl.col("category") != Category.ORDINARY.value).cast(pl.Int64)


@feature("脱贫后月数", "months since exit from poverty", unit="月", group=Background.HISTORY, risk=Direction.FREE)
def months_since_exit(h: Facts) -> pl.Expr:
    """Complete months from the end of the year of exit, 0 within that year; missing for ordinary households."""
    january = pl.date(pl.col("exit_year") + 1, 1, 1)
    return h.moment.complete_months_since(january).clip(lower_bound=0)


@feature("被纳入监测次数", "monitoring episodes so far", unit="次", group=Background.HISTORY, risk=Direction.UP)
def past_episodes(h: Facts) -> pl.Expr:
    """Monitoring episodes known by the as-of date, an open one included; 0 where none is known.

    Those of the households it came from (split, moved within the county) before that day are counted too.
    """
    return h.episodes("all", everyone()).fill_null(0)


@feature(
    "最近一次收入核查距今天数", "age of the newest income survey", unit="天", group=Background.DATA, risk=Direction.FREE
)
def survey_age_days(h: Facts) -> pl.Expr:
    """Days from the last day of the newest survey's 12 months to the as-of date."""
    return h.moment.days_since(h.survey("period_end"))


@feature("近6个月有收入记录月数", "months with income rows", unit="月", group=Background.DATA, risk=Direction.FREE)
def income_months_6m(h: Facts) -> pl.Expr:
    """How many of the last 6 complete months have an income row; 0 where none is known."""
    return h.months_with_income(1, 6).fill_null(0)
