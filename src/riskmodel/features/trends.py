"""How income moves: against the same season a year before, from month to month, and by what it consists of."""

from __future__ import annotations

import polars as pl

from riskmodel.features.facts import Facts
from riskmodel.features.feature import Between, Direction, feature
from riskmodel.features.income import WAGES
from riskmodel.policy import Background, Cause, IncomeBlock, IncomeComponent

BUSINESS = [c for c in IncomeComponent if c.block in (IncomeBlock.OP, IncomeBlock.COST)]
TRANSFERS = [c for c in IncomeComponent if c.block is IncomeBlock.TR]
LEAST_MONTHS = 6
"""With fewer months of income, how far they differ says nothing."""
MOST_YUAN = 100_000_000
"""A month is cut here, so that the sum of squares stays a whole number of 64 bits."""


@feature(
    "近3个月到账收入与上年同期之比",
    "income received, last 3 months over the same a year before",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.FREE,
    ratio=True,
    evidence=Between(below=1),
)
def received_change_1y(h: Facts) -> pl.Expr:
    """Net income received per month, last 3 complete months, over that of the same months of the year before.

    Only months with an income row count. Missing where what was received before is not above 0.
    """
    return _change(h, "net", list(IncomeComponent))


@feature(
    "近3个月到账工资与上年同期之比",
    "wages received, last 3 months over the same a year before",
    unit="倍",
    group=Cause.JOB,
    risk=Direction.FREE,
    ratio=True,
    evidence=Between(below=1),
)
def wage_change_1y(h: Facts) -> pl.Expr:
    """Wages received per month, last 3 complete months, over those of the same months of the year before.

    Only months with an income row of any kind count. Missing where one of the two periods has no wage row.
    """
    return _change(h, "wage", WAGES)


@feature(
    "近3个月经营净收入与上年同期之比",
    "business income received, last 3 months over the same a year before",
    unit="倍",
    group=Cause.IND,
    risk=Direction.FREE,
    ratio=True,
    evidence=Between(below=1),
)
def business_change_1y(h: Facts) -> pl.Expr:
    """Business income less cost per month, last 3 complete months, over that of the same months of the year before.

    Only months with an income row of any kind count. Missing where one of the two periods has no business row, or
    the earlier one no gain.
    """
    return _change(h, "business", BUSINESS)


@feature(
    "近3个月到账转移性收入与上年同期之比",
    "transfers received, last 3 months over the same a year before",
    unit="倍",
    group=Background.INCOME,
    risk=Direction.FREE,
    ratio=True,
    evidence=Between(below=1),
)
def transfer_change_1y(h: Facts) -> pl.Expr:
    """Transfers received per month, last 3 complete months, over those of the same months of the year before.

    Only months with an income row of any kind count. Missing where one of the two periods has no transfer row.
    """
    return _change(h, "transfer", TRANSFERS)


@feature(
    "近12个月到账收入波动",
    "variation of income received in 12 months",
    unit="比例",
    group=Background.INCOME,
    risk=Direction.UP,
)
def received_variation_12m(h: Facts) -> pl.Expr:
    """Standard deviation over mean of the net income received per month, last 12 complete months, in whole yuan.

    Months with an income row count, at least 6 of them; a month is cut at 100 million yuan. Missing where the mean is
    not above 0. Of two incomes with the same mean the steadier is never the greater risk.
    """
    months = [h.once(h.month_of_income(ago).clip(-MOST_YUAN, MOST_YUAN)) for ago in range(1, 13)]
    known = h.once(pl.sum_horizontal(*(month.is_not_null().cast(pl.Int64) for month in months)))
    total = h.once(pl.sum_horizontal(*months, ignore_nulls=True))
    squares = h.once(pl.sum_horizontal(*(month * month for month in months), ignore_nulls=True))
    spread = (known * squares - total * total).cast(pl.Float64).sqrt()
    return pl.when(known >= LEAST_MONTHS).then(h.over(spread, total))


@feature(
    "近12个月到账工资占收入比",
    "share of wages in what was received in 12 months",
    unit="比例",
    group=Cause.JOB,
    risk=Direction.FREE,
)
def wage_received_share_12m(h: Facts) -> pl.Expr:
    """Wages received over net income received, last 12 complete months; missing without a wage row."""
    return h.over(h.received("wage", WAGES, 1, 12), h.received("net", IncomeComponent, 1, 12))


@feature(
    "近12个月无收入记录月数",
    "months without income rows in 12 months",
    unit="月",
    group=Background.DATA,
    risk=Direction.FREE,
)
def months_without_income_12m(h: Facts) -> pl.Expr:
    """How many of the last 12 complete months have no income row. Missing without any row in the last 15."""
    return 12 - h.months_with_income(1, 12)


def _change(h: Facts, name: str, components: list[IncomeComponent]) -> pl.Expr:
    per_month = (h.over(h.received(name, components, *m), h.months_with_income(*m)) for m in ((1, 3), (13, 15)))
    return h.over(next(per_month), next(per_month))
