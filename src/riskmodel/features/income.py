"""How far the household's income is from the line, where it comes from, and how it moves."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import constant
from riskmodel.features.facts import Facts
from riskmodel.features.feature import NEVER, Between, Direction, feature
from riskmodel.policy import Background, Cause, IncomeBlock, IncomeComponent

WAGES = [component for component in IncomeComponent if component.block is IncomeBlock.WAGE]


@feature(
    "人均纯收入与监测线之比",
    "per-capita net income over the line",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.DOWN,
    ratio=True,
)
def income_to_line(h: Facts) -> pl.Expr:
    """Per-capita net income of the newest survey over the line."""
    return h.over(h.survey("net_per_capita"), h.line())


@feature(
    "收入参考范围与监测线之比",
    "reference income over the line",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.DOWN,
    ratio=True,
)
def reference_income_to_line(h: Facts) -> pl.Expr:
    """Per-capita reference income of the newest survey over the line: net income + claims - compliant self-pay."""
    return h.over(h.survey("reference_per_capita"), h.line())


@feature(
    "近3个月人均到账收入（折年）与监测线之比",
    "income per head received in 3 months (as for a year) over the line",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.DOWN,
    ratio=True,
)
def received_to_line_3m(h: Facts) -> pl.Expr:
    """Net income received per month, last 3 complete months, times 12 per head of the household, over the line.

    Only months with an income row count. Missing without one, and without a survey, which gives the line.
    """
    return _year_to_line(h, _per_month(h, 1, 3))


@feature(
    "前4至6个月人均到账收入（折年）与监测线之比",
    "income per head received 4 to 6 months ago (as for a year) over the line",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.DOWN,
    ratio=True,
)
def received_to_line_4_6m(h: Facts) -> pl.Expr:
    """Net income received per month, complete months 4 to 6 ago, times 12 per head of the household, over the line.

    Only months with an income row count. Missing without one, and without a survey, which gives the line.
    """
    return _year_to_line(h, _per_month(h, 4, 6))


@feature(
    "近3个月到账收入与前3个月之比",
    "income received, last 3 months over the 3 before",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.FREE,
    ratio=True,
    evidence=Between(below=1),
)
def received_change_3m(h: Facts) -> pl.Expr:
    """Net income received per month, last 3 complete months, over that of the 3 before.

    Only months with an income row count. Missing where what was received before is not above 0.
    """
    return h.over(_per_month(h, 1, 3), _per_month(h, 4, 6))


@feature(
    "最大一项收入占比", "share of the largest kind of income", unit="比例", group=Background.INCOME, risk=Direction.FREE
)
def single_source_share(h: Facts) -> pl.Expr:
    """Largest of wages, net business, property and transfers over their sum, newest survey; a loss counts as 0."""
    kinds = [h.survey("wage"), _net_business(h), h.survey("property"), h.survey("transfer")]
    gains = [kind.clip(lower_bound=0) for kind in kinds]
    return h.over(pl.max_horizontal(*gains), pl.sum_horizontal(*gains, ignore_nulls=False))


@feature(
    "人均工资性收入与监测线之比",
    "wage income per head over the line",
    unit="倍",
    group=Cause.JOB,
    risk=Direction.DOWN,
    ratio=True,
    actionable=True,
    evidence=Between(below=1),
)
def wage_to_line(h: Facts) -> pl.Expr:
    """Wage income per head of the newest survey over the line."""
    return _per_head_to_line(h, h.survey("wage"))


@feature("公益岗收入占工资性收入比", "share of public-post wages", unit="比例", group=Cause.JOB, risk=Direction.FREE)
def public_post_share(h: Facts) -> pl.Expr:
    """Wages from public-benefit posts over all wages, newest survey; missing without wages."""
    return h.over(h.survey("wage_public_post"), h.survey("wage"))


@feature(
    "近3个月到账工资与前3个月之比",
    "wages received, last 3 months over the 3 before",
    unit="倍",
    group=Cause.JOB,
    risk=Direction.FREE,
    ratio=True,
    evidence=Between(below=1),
)
def wage_change_3m(h: Facts) -> pl.Expr:
    """Wages received per month, last 3 complete months, over those of the 3 before.

    Only months with an income row of any kind count. Missing where one of the two periods has no wage row.
    """
    now, before = (h.over(h.received("wage", WAGES, *m), h.months_with_income(*m)) for m in ((1, 3), (4, 6)))
    return h.over(now, before)


@feature(
    "人均经营净收入与监测线之比",
    "business income per head over the line",
    unit="倍",
    group=Cause.IND,
    risk=Direction.DOWN,
    ratio=True,
    actionable=True,
    evidence=NEVER,
)
def business_to_line(h: Facts) -> pl.Expr:
    """Business income less business cost per head of the newest survey over the line; below 0 at a loss."""
    return _per_head_to_line(h, _net_business(h))


@feature(
    "经营净收入占纯收入比",
    "share of business income",
    unit="比例",
    group=Cause.IND,
    risk=Direction.FREE,
    evidence=NEVER,
)
def business_share(h: Facts) -> pl.Expr:
    """Business income less business cost over net income, newest survey; missing where net income is not above 0."""
    return h.over(_net_business(h), h.survey("net_total"))


@feature(
    "人均财产性收入与监测线之比",
    "property income per head over the line",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.DOWN,
    ratio=True,
)
def property_to_line(h: Facts) -> pl.Expr:
    """Property income per head of the newest survey over the line."""
    return _per_head_to_line(h, h.survey("property"))


@feature(
    "人均养老金与监测线之比",
    "pensions per head over the line",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.DOWN,
    ratio=True,
)
def pension_to_line(h: Facts) -> pl.Expr:
    """Pension income per head of the newest survey over the line."""
    return _per_head_to_line(h, h.survey("transfer_pension"))


@feature(
    "近6个月人均赡养收入（折年）与监测线之比",
    "family support per head of 6 months (as for a year) over the line",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.FREE,
    ratio=True,
)
def support_to_line_6m(h: Facts) -> pl.Expr:
    """Support by relatives received per month, last 6 complete months, times 12 per head, over the line.

    Only months with an income row of any kind count. Missing where no support row lies in them.
    """
    return _received_to_line_6m(h, IncomeComponent.TR_SUPPORT)


@feature(
    "低保特困收入占纯收入比", "share of assistance in income", unit="比例", group=Background.AID, risk=Direction.FREE
)
def assistance_share(h: Facts) -> pl.Expr:
    """Dibao and tekun income over net income, newest survey; missing where net income is not above 0."""
    return h.over(h.survey("transfer_assistance"), h.survey("net_total"))


@feature(
    "近6个月人均救济收入（折年）与监测线之比",
    "relief per head of 6 months (as for a year) over the line",
    unit="倍",
    group=Background.AID,
    risk=Direction.FREE,
    ratio=True,
)
def relief_to_line_6m(h: Facts) -> pl.Expr:
    """Disaster and social relief received per month, last 6 complete months, times 12 per head, over the line.

    Only months with an income row of any kind count, and it is missing where no relief row lies in them; but where
    full lists of the finance department, which pays it, cover the 6 months, all count and no row is 0.
    """
    if h.covered("incomes", 1, 6):
        received = h.received(IncomeComponent.TR_RELIEF.value, [IncomeComponent.TR_RELIEF], 1, 6)
        whole = _year_to_line(h, h.over(received.fill_null(0), constant(6)))
        return pl.when(h.in_doubt("incomes")).then(_received_to_line_6m(h, IncomeComponent.TR_RELIEF)).otherwise(whole)
    return _received_to_line_6m(h, IncomeComponent.TR_RELIEF)


def _net_business(h: Facts) -> pl.Expr:
    return h.survey("business") - h.survey("business_cost")


def _per_head_to_line(h: Facts, amount: pl.Expr) -> pl.Expr:
    return h.over(amount, h.survey("persons") * h.line())


def _per_month(h: Facts, newest: int, oldest: int) -> pl.Expr:
    return h.over(h.received("net", IncomeComponent, newest, oldest), h.months_with_income(newest, oldest))


def _received_to_line_6m(h: Facts, component: IncomeComponent) -> pl.Expr:
    return _year_to_line(h, h.over(h.received(component.value, [component], 1, 6), h.months_with_income(1, 6)))


def _year_to_line(h: Facts, per_month: pl.Expr) -> pl.Expr:
    """An amount per month, taken for a year and per head, over the line."""
    return h.over(per_month * 12, pl.col("size") * h.line())
