"""How far the household's income is from the line, where it comes from, and how it moves."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import over
from riskmodel.features.feature import Direction, feature
from riskmodel.features.windows import Facts
from riskmodel.policy import Background, Cause, IncomeComponent

BLOCKS = ("wage", "op", "cost", "prop", "tr")


@feature("人均纯收入与监测线之比", "per-capita net income over the line", unit="倍", group=Background.INCOME,
         risk=Direction.DOWN, ratio=True)  # fmt: skip
def income_to_line(h: Facts) -> pl.Expr:
    """Per-capita net income of the newest survey over the monitoring line in force at the end of its window."""
    return over(h.survey("net_per_capita"), h.line())


@feature("参考收入与监测线之比", "reference income over the line", unit="倍", group=Background.INCOME,
         risk=Direction.DOWN, ratio=True)  # fmt: skip
def reference_income_to_line(h: Facts) -> pl.Expr:
    """Per-capita reference income (net income plus claims less compliant self-pay) of the newest survey over the line."""
    return over(h.survey("reference_per_capita"), h.line())


@feature("近3个月到账收入与监测线之比", "income received in the last 3 months over the line", unit="倍",
         group=Background.INCOME, risk=Direction.DOWN, ratio=True)  # fmt: skip
def received_to_line_3m(h: Facts) -> pl.Expr:
    """Net income per month with any income row, last 3 complete months, times 12 per head, over the line."""
    return _received(h, 1, 3)


@feature("前4至6个月到账收入与监测线之比", "income received 4 to 6 months ago over the line", unit="倍",
         group=Background.INCOME, risk=Direction.DOWN, ratio=True)  # fmt: skip
def received_to_line_4_6m(h: Facts) -> pl.Expr:
    """The same figure for the complete months 4 to 6 ago."""
    return _received(h, 4, 6)


@feature("到账收入较前期变化", "change of income received", unit="倍", group=Background.INCOME,
         risk=Direction.FREE, ratio=True)  # fmt: skip
def received_change_3m(h: Facts) -> pl.Expr:
    """Income received per month of the last 3 complete months over that of the 3 before."""
    return over(_per_month(h, 1, 3), _per_month(h, 4, 6))


@feature("单一收入来源占比", "share of the largest income block", unit="比例", group=Background.INCOME,
         risk=Direction.FREE)  # fmt: skip
def single_source_share(h: Facts) -> pl.Expr:
    """Largest of wage, net business, property and transfer income over their sum, newest survey."""
    net_business = h.survey("business") - h.survey("business_cost")
    blocks = [h.survey("wage"), net_business, h.survey("property"), h.survey("transfer")]
    positive = [pl.max_horizontal(b, pl.lit(0)) for b in blocks]
    return over(pl.max_horizontal(*positive), pl.sum_horizontal(*positive, ignore_nulls=False))


@feature("人均工资性收入与监测线之比", "wage income per head over the line", unit="倍", group=Cause.JOB,
         risk=Direction.DOWN, ratio=True, actionable=True)  # fmt: skip
def wage_to_line(h: Facts) -> pl.Expr:
    """Wage income per head of the newest survey over the line."""
    return _per_head_to_line(h, h.survey("wage"))


@feature("公益岗收入占工资比", "share of public-post wages", unit="比例", group=Cause.JOB, risk=Direction.FREE)
def public_post_share(h: Facts) -> pl.Expr:
    """Wages from public-benefit posts over all wages, newest survey."""
    return over(h.survey("wage_public_post"), h.survey("wage"))


@feature("务工收入较前期变化", "change of wages received", unit="倍", group=Cause.JOB, risk=Direction.FREE, ratio=True)
def wage_change_3m(h: Facts) -> pl.Expr:
    """Wages received in the last 3 complete months over those of the 3 before."""
    return over(h.received("wage_1_3", ["wage"], 1, 3), h.received("wage_4_6", ["wage"], 4, 6))


@feature("人均经营净收入与监测线之比", "business income per head over the line", unit="倍", group=Cause.IND,
         risk=Direction.DOWN, ratio=True, actionable=True)  # fmt: skip
def business_to_line(h: Facts) -> pl.Expr:
    """Business income less business cost per head of the newest survey over the line."""
    return _per_head_to_line(h, h.survey("business") - h.survey("business_cost"))


@feature("经营收入占比", "share of business income", unit="比例", group=Cause.IND, risk=Direction.FREE)
def business_share(h: Facts) -> pl.Expr:
    """Net business income over net income, newest survey."""
    return over(h.survey("business") - h.survey("business_cost"), h.survey("net_total"))


@feature("人均财产性收入与监测线之比", "property income per head over the line", unit="倍", group=Background.INCOME,
         risk=Direction.DOWN, ratio=True)  # fmt: skip
def property_to_line(h: Facts) -> pl.Expr:
    """Property income per head of the newest survey over the line."""
    return _per_head_to_line(h, h.survey("property"))


@feature("人均养老金与监测线之比", "pensions per head over the line", unit="倍", group=Background.INCOME,
         risk=Direction.DOWN, ratio=True)  # fmt: skip
def pension_to_line(h: Facts) -> pl.Expr:
    """Pension income per head of the newest survey over the line."""
    return _per_head_to_line(h, h.survey("transfer_pension"))


@feature("亲友赡养收入与监测线之比", "family support per head over the line", unit="倍", group=Background.INCOME,
         risk=Direction.FREE, ratio=True)  # fmt: skip
def support_to_line_6m(h: Facts) -> pl.Expr:
    """Maintenance and support received in the last 6 complete months, a month times 12 per head, over the line."""
    month = over(h.received_of(IncomeComponent.TR_SUPPORT, 1, 6), h.months_with_income(1, 6))
    return over(month * 12, pl.col("size") * h.line())


@feature("低保特困收入占比", "share of assistance in income", unit="比例", group=Background.AID, risk=Direction.FREE)
def assistance_share(h: Facts) -> pl.Expr:
    """Dibao and tekun income over net income, newest survey."""
    return over(h.survey("transfer_assistance"), h.survey("net_total"))


@feature("救灾救济收入与监测线之比", "relief per head over the line", unit="倍", group=Background.AID,
         risk=Direction.FREE, ratio=True)  # fmt: skip
def relief_to_line_6m(h: Facts) -> pl.Expr:
    """Relief received in the last 6 complete months, a month times 12 per head, over the line."""
    month = over(h.received_of(IncomeComponent.TR_RELIEF, 1, 6), h.months_with_income(1, 6))
    return over(month * 12, pl.col("size") * h.line())


def _per_head_to_line(h: Facts, amount: pl.Expr) -> pl.Expr:
    return over(amount, h.survey("persons") * h.line())


def _per_month(h: Facts, newest: int, oldest: int) -> pl.Expr:
    amount = h.received(f"net_{newest}_{oldest}", BLOCKS, newest, oldest)
    return over(amount, h.months_with_income(newest, oldest))


def _received(h: Facts, newest: int, oldest: int) -> pl.Expr:
    return over(_per_month(h, newest, oldest) * 12, pl.col("size") * h.line())
