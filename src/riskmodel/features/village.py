"""The neighbours: figures of the village without the household itself, from the same view.

Sums are whole numbers, so they are exact and do not depend on how the work is cut. All are missing where no other
household of the village has the fact.
"""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count, over
from riskmodel.features.employment import PAYING, workers_employed
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.features.illness import INSURANCE_KNOWN, UNINSURED
from riskmodel.policy import Background


@feature(
    "同村其他户人均纯收入与监测线之比",
    "income of the village over the line",
    unit="倍",
    group=Background.PLACE,
    risk=Direction.FREE,
    ratio=True,
)
def village_income_to_line(h: Facts) -> pl.Expr:
    """Mean over the other households of the village of per-capita net income (newest survey) over the line of each.

    Each ratio is rounded down to thousandths and limited to -10 to 100.
    """
    thousandths = over(h.survey("net_per_capita") * 1000, h.line()).floor().clip(-10_000, 100_000)
    return over(h.neighbours("income", thousandths), _surveyed(h) * 1000)


@feature(
    "同村其他户低于监测线占比",
    "share of village households below the line",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_below_line_share(h: Facts) -> pl.Expr:
    """Other households of the village with per-capita net income below the line, over those with a survey."""
    return over(h.neighbours("below", h.survey("net_per_capita") < h.line()), _surveyed(h))


@feature(
    "同村其他户低于1.5倍监测线占比",
    "share of village households below 1.5 times the line",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_near_line_share(h: Facts) -> pl.Expr:
    """Other households of the village with per-capita net income below 1.5 times the line, over those with a survey."""
    return over(h.neighbours("near", h.survey("net_per_capita") < h.line() * 1.5), _surveyed(h))


@feature(
    "同村其他户户均务工就业人数",
    "members at work per village household",
    unit="人",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_employed_mean(h: Facts) -> pl.Expr:
    """Members at work per other household of the village that has employment rows; at work as for the household."""
    employed = workers_employed(h)
    return over(h.neighbours("employed", employed), h.neighbours("with_work_rows", employed.is_not_null()))


@feature(
    "同村其他户未参加基本医保人口占比",
    "share of uninsured people in the village",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_uninsured_share(h: Facts) -> pl.Expr:
    """Present members of the other households of the village without basic insurance, over those of known insurance."""
    uninsured = h.members("uninsured", count(UNINSURED))
    known = h.members("insurance_known", count(INSURANCE_KNOWN))
    return over(h.neighbours("uninsured", uninsured), h.neighbours("insurance_known", known))


@feature(
    "同村其他户缴纳养老保险人口占比",
    "share of pension payers in the village",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_pension_payers_share(h: Facts) -> pl.Expr:
    """Present members of the other households of the village who pay into a pension, over those of known state."""
    payers = h.members("paying", count(PAYING))
    known = h.members("pension_known", count(pl.col("pension_status").is_not_null()))
    return over(h.neighbours("pension_payers", payers), h.neighbours("pension_known", known))


def _surveyed(h: Facts) -> pl.Expr:
    return h.neighbours("surveyed", h.survey("net_per_capita").is_not_null())
