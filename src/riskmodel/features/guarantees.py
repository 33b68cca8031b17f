"""The guarantees (三保障 and water) as the village last checked them."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import flag
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Background, Cause


@feature(
    "核查住房是否有问题",
    "house found unsafe at the check",
    unit="是否",
    group=Cause.HOU,
    risk=Direction.UP,
    actionable=True,
)
def house_problem(h: Facts) -> pl.Expr:
    """1 if the newest guarantee check of the last 730 days found the house unsafe, 0 if safe; missing if not said.

    Checks of the same day: of elimination before routine, annual and identification, after elimination before all.
    """
    return flag(~h.guarantee("house_ok"))


@feature(
    "核查义务教育是否有问题",
    "schooling found missing at the check",
    unit="是否",
    group=Cause.EDU,
    risk=Direction.UP,
    actionable=True,
)
def school_problem(h: Facts) -> pl.Expr:
    """1 if the newest guarantee check found a child of school age out of school, 0 if none; missing if not said."""
    return flag(~h.guarantee("school_ok"))


@feature(
    "核查饮水是否有问题",
    "water found unsafe at the check",
    unit="是否",
    group=Cause.WAT,
    risk=Direction.UP,
    actionable=True,
)
def water_problem(h: Facts) -> pl.Expr:
    """1 if the newest guarantee check found the drinking water unsafe, 0 if safe; missing if not said."""
    return flag(~h.guarantee("water_ok"))


@feature(
    "核查基本医保是否有问题",
    "insurance found missing at the check",
    unit="是否",
    group=Cause.ILL,
    risk=Direction.UP,
    actionable=True,
)
def insurance_problem(h: Facts) -> pl.Expr:
    """1 if the newest guarantee check found a member without basic health insurance, 0 if none; missing if not said."""
    return flag(~h.guarantee("insured_ok"))


@feature(
    "最近一次三保障核查距今天数",
    "age of the newest guarantee check",
    unit="天",
    group=Background.DATA,
    risk=Direction.FREE,
)
def check_age_days(h: Facts) -> pl.Expr:
    """Days from the newest guarantee check of the last 730 days to the as-of date."""
    return h.moment.days_since(h.guarantee("checked_on"))
