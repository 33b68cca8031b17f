"""Who works, where the wages come from, and how steadily."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count, everyone, known_count, only
from riskmodel.features.facts import Facts, of_head
from riskmodel.features.feature import Between, Direction, feature
from riskmodel.policy import Background, Cause, Place

FAR = [Place.OUTSIDE.value, Place.ABROAD.value]
DAYS_AHEAD = 180
PAYING = pl.col("pension_status") == "paying"


@feature(
    "务工就业人数",
    "members at work",
    unit="人",
    group=Cause.JOB,
    risk=Direction.DOWN,
    actionable=True,
    evidence=Between(below=1),
)
def workers_employed(h: Facts) -> pl.Expr:
    """Present members at work in their newest month of the last 6. Missing without any employment row."""
    return _employed(h)


@feature(
    "务工就业人数占家庭人口比",
    "share of members at work",
    unit="比例",
    group=Cause.JOB,
    risk=Direction.DOWN,
    actionable=True,
    evidence=Between(below=0.5),
)
def workers_share(h: Facts) -> pl.Expr:
    """Present members at work in their newest month of the last 6, over all present members."""
    return h.over(_employed(h), h.members("all", everyone()))


@feature(
    "有就业意愿未就业人数",
    "members who want work and have none",
    unit="人",
    group=Cause.JOB,
    risk=Direction.UP,
    actionable=True,
)
def workers_seeking(h: Facts) -> pl.Expr:
    """Present members out of work and known to want work, in their newest month of the last 6.

    Missing without any employment row.
    """
    return h.workers("seeking", count(~pl.col("employed") & pl.col("wants_work")))


@feature(
    "户主是否务工就业",
    "head at work",
    unit="是否",
    group=Cause.JOB,
    risk=Direction.FREE,
    actionable=True,
    evidence=Between(below=1),
)
def head_employed(h: Facts) -> pl.Expr:
    """1 if the head of household is at work in the newest month of the last 6, 0 if not; of several heads, all must."""
    return h.workers("head", of_head(pl.col("employed").cast(pl.Int64)))


@feature("从事建筑业人数", "members at work in construction", unit="人", group=Cause.JOB, risk=Direction.FREE)
def workers_in_construction(h: Facts) -> pl.Expr:
    """Present members at work in construction in their newest month of the last 6. Missing without employment rows."""
    return h.workers("construction", count(pl.col("employed") & (pl.col("sector") == "construction")))


@feature(
    "户主工资（人均折年）与监测线之比",
    "wage of the head per head (as for a year) over the line",
    unit="倍",
    group=Cause.JOB,
    risk=Direction.DOWN,
    ratio=True,
    evidence=Between(below=1),
)
def head_wage_to_line(h: Facts) -> pl.Expr:
    """Monthly wage of the head in the newest month of the last 6, times 12 per household member, over the line."""
    return h.over(h.workers("head_wage", of_head(pl.col("wage"))) * 12, pl.col("size") * h.line())


@feature(
    "最高工资（人均折年）与监测线之比",
    "highest wage per head (as for a year) over the line",
    unit="倍",
    group=Cause.JOB,
    risk=Direction.DOWN,
    ratio=True,
    evidence=Between(below=1),
)
def top_wage_to_line(h: Facts) -> pl.Expr:
    """Highest monthly wage of a present member in the newest months of the last 6, times 12 per head, over the line."""
    return h.over(_top_wage(h) * 12, pl.col("size") * h.line())


@feature("最高工资占全家工资比", "share of the highest wage", unit="比例", group=Cause.JOB, risk=Direction.FREE)
def top_wage_share(h: Facts) -> pl.Expr:
    """Highest monthly wage over the sum of the present members' wages, newest months of the last 6."""
    return h.over(_top_wage(h), h.workers("wages", pl.col("wage").sum()))


@feature(
    "近12个月务工月数占比",
    "share of months at work in 12 months",
    unit="比例",
    group=Cause.JOB,
    risk=Direction.DOWN,
    actionable=True,
    evidence=Between(below=1),
)
def work_months_share_12m(h: Facts) -> pl.Expr:
    """Months at work over months with an employment row, all present members, last 12 complete months."""
    return h.over(h.work_months("worked", count(pl.col("employed"))), h.work_months("rows", everyone()))


@feature(
    "公益岗最近到期月数",
    "months until a public post ends",
    unit="月",
    group=Cause.JOB,
    risk=Direction.DOWN,
    evidence=Between(below=7),
)
def post_months_left(h: Facts) -> pl.Expr:
    """Months from the as-of month to that in which the first of the running public-benefit posts ends; 0 = this month.

    Posts of present members, newest month of the last 6, that end on the as-of date or later. Missing without one.
    """
    until = h.workers("post_until", pl.col("public_post_until").filter(_post_running(h)).min())
    return h.moment.months_until(until)


@feature(
    "6个月内到期公益岗工资占比",
    "share of wages from posts that end within 6 months",
    unit="比例",
    group=Cause.JOB,
    risk=Direction.UP,
)
def post_ending_wage_share(h: Facts) -> pl.Expr:
    """Wages from public-benefit posts that end within 180 days after the as-of date, over all wages.

    Newest month of the last 6 of each present member.
    """
    soon = _post_running(h) & (h.moment.days_since(pl.col("public_post_until")) >= -DAYS_AHEAD)
    return h.over(h.workers("ending_wages", only(soon, pl.col("wage")).sum()), h.workers("wages", pl.col("wage").sum()))


@feature("近12个月中断就业次数", "breaks of work in 12 months", unit="次", group=Cause.JOB, risk=Direction.UP)
def work_breaks_12m(h: Facts) -> pl.Expr:
    """How often a present member was at work in a month and not in the next one, last 12 complete months.

    Missing without two months in a row.
    """
    before = pl.col("employed_before")
    return h.work_months("breaks", known_count(~pl.col("employed") & before, "employed_before"))


@feature(
    "省外境外务工人数占比", "share of workers outside the province", unit="比例", group=Cause.JOB, risk=Direction.FREE
)
def outside_workers_share(h: Facts) -> pl.Expr:
    """Present members at work in another province or abroad, over those at work at a known place; newest month of 6."""
    place = pl.col("place")
    outside = h.workers("outside", count(pl.col("employed") & place.is_in(FAR)))
    return h.over(outside, h.workers("placed", count(pl.col("employed") & place.is_not_null())))


@feature(
    "缴纳养老保险人数",
    "members paying into a pension",
    unit="人",
    group=Cause.JOB,
    risk=Direction.DOWN,
    evidence=Between(below=1),
)
def pension_payers(h: Facts) -> pl.Expr:
    """Present members known to pay into a pension scheme. Missing where the state is known for nobody."""
    return h.members("pension_payers", known_count(PAYING, "pension_status"))


@feature(
    "就业人员缴纳养老保险占比",
    "share of members at work who pay into a pension",
    unit="比例",
    group=Cause.JOB,
    risk=Direction.FREE,
    evidence=Between(below=0.5),
)
def pension_payers_of_workers(h: Facts) -> pl.Expr:
    """Present members at work who pay into a pension scheme, over those at work for whom it is known.

    At work in their newest month of the last 6. For wage earners a sign of a formal job.
    """
    at_work, known = pl.col("employed"), pl.col("pension_status").is_not_null()
    return h.over(h.workers("paying", count(at_work & PAYING)), h.workers("paying_known", count(at_work & known)))


@feature("领取养老金人数", "members who receive a pension", unit="人", group=Background.INCOME, risk=Direction.FREE)
def pensioners(h: Facts) -> pl.Expr:
    """Present members known to receive a pension. Missing where the state is known for nobody."""
    return h.members("pensioners", known_count(pl.col("pension_status") == "receiving", "pension_status"))


def _employed(h: Facts) -> pl.Expr:
    return h.workers("employed", count(pl.col("employed")))


def _post_running(h: Facts) -> pl.Expr:
    return pl.col("public_post") & (h.moment.days_since(pl.col("public_post_until")) <= 0)


def _top_wage(h: Facts) -> pl.Expr:
    return h.workers("top_wage", pl.col("wage").max())
