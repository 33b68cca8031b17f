"""The neighbours: figures of the village without the household itself, from the same view.

Sums are whole numbers, so they are exact and do not depend on how the work is cut. All are missing where no other
household of the village has the fact.
"""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count
from riskmodel.features.employment import PAYING, workers_employed
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.features.history import past_episodes
from riskmodel.features.housing import GRADES, house_grade
from riskmodel.features.illness import INSURANCE_KNOWN, UNINSURED
from riskmodel.features.loans import loans_overdue
from riskmodel.features.medical import bills_to_line_12m
from riskmodel.features.shocks import accidents_12m, disasters_12m
from riskmodel.policy import Background, HouseGrade

UNSAFE_FROM = GRADES[HouseGrade.C.value]


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
    thousandths = h.over(h.survey("net_per_capita") * 1000, h.line()).floor().clip(-10_000, 100_000)
    return h.over(h.neighbours("income", thousandths), _surveyed(h) * 1000)


@feature(
    "同村其他户低于监测线占比",
    "share of village households below the line",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_below_line_share(h: Facts) -> pl.Expr:
    """Other households of the village with per-capita net income below the line, over those with a survey."""
    return h.over(h.neighbours("below", h.survey("net_per_capita") < h.line()), _surveyed(h))


@feature(
    "同村其他户低于1.5倍监测线占比",
    "share of village households below 1.5 times the line",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_near_line_share(h: Facts) -> pl.Expr:
    """Other households of the village with per-capita net income below 1.5 times the line, over those with a survey."""
    return h.over(h.neighbours("near", h.survey("net_per_capita") < h.line() * 1.5), _surveyed(h))


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
    return h.over(h.neighbours("employed", employed), h.neighbours("with_work_rows", employed.is_not_null()))


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
    return h.over(h.neighbours("uninsured", uninsured), h.neighbours("insurance_known", known))


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
    return h.over(h.neighbours("pension_payers", payers), h.neighbours("pension_known", known))


@feature(
    "同村其他户近12个月受灾户占比",
    "share of village households with a shock in 12 months",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_shock_share_12m(h: Facts) -> pl.Expr:
    """Other households of the village hit by a disaster or accident in 12 complete months and since, over all."""
    hit = disasters_12m(h).fill_null(0) + accidents_12m(h).fill_null(0) > 0
    return h.over(h.neighbours("hit", hit), _others(h))


@feature(
    "同村其他户近12个月新纳入监测占比",
    "share of village households that entered monitoring in 12 months",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_entered_share_12m(h: Facts) -> pl.Expr:
    """Other households of the village identified in the last 12 complete months or since, over all of them."""
    ago = h.moment.complete_months_since(pl.col("identified_month"))
    return h.over(h.neighbours("entered", h.episodes("entered", (ago <= 12).any())), _others(h))


@feature(
    "同村其他户曾被监测占比",
    "share of village households ever monitored",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_monitored_share(h: Facts) -> pl.Expr:
    """Other households of the village with a monitoring episode so far, open or past, over all of them."""
    return h.over(h.neighbours("monitored", past_episodes(h) > 0), _others(h))


@feature(
    "同村其他贷款户逾期占比",
    "share of village borrowers overdue",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_overdue_share(h: Facts) -> pl.Expr:
    """Other households of the village with an overdue loan, over those of which loans are known."""
    overdue = loans_overdue(h)
    return h.over(h.neighbours("overdue", overdue > 0), h.neighbours("loans_known", overdue.is_not_null()))


@feature(
    "同村其他户人均自付与监测线之比",
    "medical self-pay of the village over the line",
    unit="倍",
    group=Background.PLACE,
    risk=Direction.FREE,
    ratio=True,
)
def village_bills_to_line(h: Facts) -> pl.Expr:
    """Mean over the other households of the village with known bills of self-pay of 12 months per head over the line.

    Each ratio is rounded down to thousandths and limited to 100.
    """
    thousandths = (bills_to_line_12m(h) * 1000).floor().clip(upper_bound=100_000)
    return h.over(h.neighbours("bills", thousandths), h.neighbours("billed", thousandths.is_not_null()) * 1000)


@feature(
    "同村其他户危房占比",
    "share of village houses that are unsafe",
    unit="比例",
    group=Background.PLACE,
    risk=Direction.FREE,
)
def village_unsafe_house_share(h: Facts) -> pl.Expr:
    """Other households of the village with a house of grade C or D at the newest inspection, over those inspected."""
    grade = house_grade(h)
    return h.over(h.neighbours("unsafe_house", grade >= UNSAFE_FROM), h.neighbours("inspected", grade.is_not_null()))


def _others(h: Facts) -> pl.Expr:
    return h.neighbours("households", pl.col("size").is_not_null())


def _surveyed(h: Facts) -> pl.Expr:
    return h.neighbours("surveyed", h.survey("net_per_capita").is_not_null())
