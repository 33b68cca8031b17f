"""Visits: how often somebody looked. They follow suspicion, so they speak for the data, not for a cause."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Background

YEAR = pl.col("days_ago") < 365


@feature("最近一次走访距今天数", "days since the newest visit", unit="天", group=Background.DATA, risk=Direction.FREE)
def days_since_visit(h: Facts) -> pl.Expr:
    """Days from the newest visit of the last 730 days to the as-of date."""
    return h.visits("newest", pl.col("days_ago").min())


@feature(
    "近一年走访发现风险次数",
    "visits of the last year that found a risk",
    unit="次",
    group=Background.DATA,
    risk=Direction.FREE,
)
def risk_visits_1y(h: Facts) -> pl.Expr:
    """Visits of the last 365 days that found a risk. Missing without any visit in the last 730."""
    return h.visits("risk", count(YEAR & (pl.col("finding") == "risk")))


@feature(
    "近一年走访未见到人占比",
    "share of visits of the last year without meeting anyone",
    unit="比例",
    group=Background.DATA,
    risk=Direction.FREE,
)
def not_home_share_1y(h: Facts) -> pl.Expr:
    """Visits of the last 365 days on which nobody was met, over all of them."""
    return h.over(h.visits("not_home", count(YEAR & (pl.col("finding") == "not_home"))), h.visits("year", count(YEAR)))
