"""What happened before: exit from poverty, earlier monitoring, and how old our information is."""

from __future__ import annotations

import polars as pl

from riskmodel.features.feature import Direction, feature
from riskmodel.features.windows import Facts
from riskmodel.policy import Background


@feature("是否脱贫户", "left poverty", unit="是否", group=Background.HISTORY, risk=Direction.FREE)
def ex_poor(_: Facts) -> pl.Expr:
    """1 for a household that left poverty, 0 for an ordinary rural household."""
    return (pl.col("category") != "ordinary").cast(pl.Int64)


@feature("脱贫后月数", "months since exit from poverty", unit="月", group=Background.HISTORY, risk=Direction.FREE)
def months_since_exit(h: Facts) -> pl.Expr:
    """Complete months from the end of the year of exit; missing for ordinary households."""
    return h.months_since_exit()


@feature("曾被监测次数", "past monitoring episodes", unit="次", group=Background.HISTORY, risk=Direction.UP)
def past_episodes(h: Facts) -> pl.Expr:
    """Monitoring episodes known by the as-of date; 0 where none was ever known."""
    return h.episodes("all", pl.len().cast(pl.Int64)).fill_null(0)


@feature("最近一次收入核查距今天数", "age of the newest income survey", unit="天", group=Background.DATA, risk=Direction.FREE)
def survey_age_days(h: Facts) -> pl.Expr:
    """Days from the end of the newest survey's window to the as-of date."""
    return h.moment.days_since(h.survey("period_end"))


@feature("近6个月有收入记录月数", "months with income rows", unit="月", group=Background.DATA, risk=Direction.FREE)
def income_months_6m(h: Facts) -> pl.Expr:
    """Complete months of the last 6 with at least one income row; missing without any in 24 months."""
    return h.months_with_income(1, 6)
