"""How old the newest information of each department about the household is."""

from __future__ import annotations

import polars as pl

from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Background


@feature(
    "最近一次医疗结算距今天数", "age of the newest medical bill", unit="天", group=Background.DATA, risk=Direction.FREE
)
def bill_age_days(h: Facts) -> pl.Expr:
    """Days from the newest bill of the last 24 complete months to the as-of date."""
    return h.moment.days_since(h.newest("bills", "service_end"))


@feature(
    "最近一次务工记录距今天数",
    "age of the newest employment row",
    unit="天",
    group=Background.DATA,
    risk=Direction.FREE,
)
def employment_age_days(h: Facts) -> pl.Expr:
    """Days from the end of the newest employment month of a present member, last 12 complete, to the as-of date."""
    return _since_month(h, "employment")


@feature(
    "最近一次收入到账记录距今天数",
    "age of the newest income row",
    unit="天",
    group=Background.DATA,
    risk=Direction.FREE,
)
def income_age_days(h: Facts) -> pl.Expr:
    """Days from the end of the newest month with an income row, last 15 complete ones, to the as-of date."""
    return _since_month(h, "incomes")


@feature(
    "最近一次贷款记录距今天数",
    "age of the newest loan statement",
    unit="天",
    group=Background.DATA,
    risk=Direction.FREE,
)
def loan_age_days(h: Facts) -> pl.Expr:
    """Days from the end of the month of the newest loan statement, last 6 complete ones, to the as-of date."""
    return _since_month(h, "loans")


@feature(
    "最近一次救助记录距今天数",
    "age of the newest assistance row",
    unit="天",
    group=Background.DATA,
    risk=Direction.FREE,
)
def assistance_age_days(h: Facts) -> pl.Expr:
    """Days from the end of the newest month with assistance, last 12 complete ones, to the as-of date."""
    return _since_month(h, "assistance")


@feature(
    "最近一次学籍记录距今天数",
    "age of the newest school term",
    unit="天",
    group=Background.DATA,
    risk=Direction.FREE,
)
def school_term_age_days(h: Facts) -> pl.Expr:
    """Days from the beginning of the newest school term of a present member, last 12 months, to the as-of date."""
    return h.moment.days_since(h.newest("pupils", "term"))


@feature(
    "最近一次饮水检测距今天数",
    "age of the newest water inspection",
    unit="天",
    group=Background.DATA,
    risk=Direction.FREE,
)
def water_inspection_age_days(h: Facts) -> pl.Expr:
    """Days from the newest inspection of the water to the as-of date."""
    return h.moment.days_since(h.water("inspected_on"))


def _since_month(h: Facts, prepared: str) -> pl.Expr:
    """Days since the end of the newest month of a prepared table."""
    return h.moment.days_since(h.newest(prepared, "month").dt.month_end())
