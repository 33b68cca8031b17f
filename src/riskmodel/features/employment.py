"""Who works, where the wages come from, and how steadily."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import known_count, over
from riskmodel.features.feature import Direction, feature
from riskmodel.features.windows import Facts
from riskmodel.policy import Background, Cause


@feature("在业人数", "members at work", unit="人", group=Cause.JOB, risk=Direction.DOWN, actionable=True)
def workers_employed(h: Facts) -> pl.Expr:
    """Present members at work in their newest month of the last 6. Missing without any employment row."""
    return _employed(h)


@feature("在业人数占家庭人口比", "members at work over household size", unit="比例", group=Cause.JOB,
         risk=Direction.DOWN, actionable=True)  # fmt: skip
def workers_share(h: Facts) -> pl.Expr:
    """Present members at work in their newest month of the last 6, over present members."""
    return over(_employed(h), h.members("all"))


@feature("有就业意愿未就业人数", "members who want work and have none", unit="人", group=Cause.JOB,
         risk=Direction.UP, actionable=True)  # fmt: skip
def workers_seeking(h: Facts) -> pl.Expr:
    """Present members out of work who want to work, in their newest month of the last 6."""
    seeking = ~pl.col("employed") & pl.col("wants_work")
    return h.workers("seeking", seeking.fill_null(value=False).sum().cast(pl.Int64))


@feature("户主是否在业", "head at work", unit="是否", group=Cause.JOB, risk=Direction.FREE, actionable=True)
def head_employed(h: Facts) -> pl.Expr:
    """1 if the head of household is at work in the newest month of the last 6, 0 if not."""
    return h.workers("head", pl.col("employed").filter(pl.col("relation") == "head").max().cast(pl.Int64))


@feature("最高工资与监测线之比", "highest wage over the line", unit="倍", group=Cause.JOB, risk=Direction.DOWN,
         ratio=True)  # fmt: skip
def top_wage_to_line(h: Facts) -> pl.Expr:
    """Highest monthly wage of a member in the newest month of the last 6, times 12 over household size and line."""
    return over(_top_wage(h) * 12, pl.col("size") * h.line())


@feature("最高工资占全部工资比", "share of the highest wage", unit="比例", group=Cause.JOB, risk=Direction.FREE)
def top_wage_share(h: Facts) -> pl.Expr:
    """Highest monthly wage over the sum of the members' wages, newest months of the last 6."""
    return over(_top_wage(h), h.workers("wages", pl.col("wage").sum()))


@feature("近12个月有就业记录月数占比", "share of months at work", unit="比例", group=Cause.JOB,
         risk=Direction.DOWN, actionable=True)  # fmt: skip
def work_months_share_12m(h: Facts) -> pl.Expr:
    """Person-months at work over person-months with an employment row, last 12 complete months."""
    worked = pl.col("employed").fill_null(value=False).sum().cast(pl.Int64)
    return over(h.work_months("worked", worked), h.work_months("rows", pl.len().cast(pl.Int64)))


@feature("缴纳养老保险人数", "members paying into a pension", unit="人", group=Cause.JOB, risk=Direction.DOWN)
def pension_payers(h: Facts) -> pl.Expr:
    """Present members who pay into a pension scheme; for wage earners a sign of a formal job."""
    return known_count(h, "pension_payers", "pension_status", pl.col("pension_status") == "paying")


@feature("在业者中缴纳养老保险占比", "pension payers over members at work", unit="比例", group=Cause.JOB,
         risk=Direction.FREE)  # fmt: skip
def pension_payers_of_workers(h: Facts) -> pl.Expr:
    """Members who pay into a pension scheme over members at work."""
    return over(h.members("pension_payers", pl.col("pension_status") == "paying"), _employed(h))


@feature("领取养老金人数", "members who receive a pension", unit="人", group=Background.INCOME, risk=Direction.DOWN)
def pensioners(h: Facts) -> pl.Expr:
    """Present members who receive a pension."""
    return known_count(h, "pensioners", "pension_status", pl.col("pension_status") == "receiving")


def _employed(h: Facts) -> pl.Expr:
    return h.workers("employed", pl.col("employed").sum().cast(pl.Int64))


def _top_wage(h: Facts) -> pl.Expr:
    return h.workers("top_wage", pl.col("wage").max())
