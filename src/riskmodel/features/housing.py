"""House and water as the inspectors found them."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import flag
from riskmodel.features.facts import Facts
from riskmodel.features.feature import NEVER, Between, Direction, feature
from riskmodel.policy import Background, Cause, HouseGrade

GRADES = {grade.value: rank for rank, grade in enumerate(HouseGrade, start=1)}
UNSAFE = [HouseGrade.C.value, HouseGrade.D.value]
SOURCES = {"central": 0, "well": 1, "spring": 2, "cistern": 2, "other": 3}


@feature(
    "住房安全等级",
    "house grade",
    unit="级",
    group=Cause.HOU,
    risk=Direction.UP,
    actionable=True,
    evidence=Between(above=2),
)
def house_grade(h: Facts) -> pl.Expr:
    """Grade at the newest inspection of the house: 1 for A to 4 for D; C and D are unsafe."""
    return h.housing("house_grade").cast(pl.String).replace_strict(GRADES, default=None, return_dtype=pl.Int64)


@feature("饮水是否不安全", "unsafe water", unit="是否", group=Cause.WAT, risk=Direction.UP, actionable=True)
def water_unsafe(h: Facts) -> pl.Expr:
    """1 if the newest inspection found the water unsafe, 0 if safe; missing where it does not say."""
    return (~h.water("water_safe")).cast(pl.Int64)


@feature("供水方式", "kind of water supply", unit="级", group=Cause.WAT, risk=Direction.FREE)
def water_supply(h: Facts) -> pl.Expr:
    """Supply at the newest inspection of the water: 0 central, 1 well, 2 spring or cistern, 3 other."""
    return h.water("water_source").cast(pl.String).replace_strict(SOURCES, default=None, return_dtype=pl.Int64)


@feature("是否居住危房", "living in an unsafe house", unit="是否", group=Cause.HOU, risk=Direction.UP, actionable=True)
def lives_in_unsafe_house(h: Facts) -> pl.Expr:
    """1 if the newest inspection of the house found grade C or D and did not find it empty, else 0.

    A house of which it is not said whether it is occupied counts as lived in.
    """
    return flag(h.housing("house_grade").is_in(UNSAFE) & h.housing("occupied").ne_missing(pl.lit(value=False)))


@feature(
    "房屋改造竣工距今月数",
    "months since the house was rebuilt",
    unit="月",
    group=Cause.HOU,
    risk=Direction.FREE,
    evidence=NEVER,
)
def months_since_rebuilt(h: Facts) -> pl.Expr:
    """Complete months since the month in which the house was rebuilt, newest inspection; 0 = the running month."""
    months = h.moment.complete_months_since(h.housing("rebuilt_on"))
    return pl.when(months >= 0).then(months)


@feature(
    "检测前12个月缺水天数",
    "days without water in the 12 months before the inspection",
    unit="天",
    group=Cause.WAT,
    risk=Direction.UP,
    actionable=True,
)
def water_outage_days(h: Facts) -> pl.Expr:
    """Days without water in the 12 months before the newest inspection of the water."""
    return h.water("outage_days").cast(pl.Int64)


@feature(
    "最近一次住房鉴定距今天数",
    "age of the newest house inspection",
    unit="天",
    group=Background.DATA,
    risk=Direction.FREE,
)
def house_inspection_age_days(h: Facts) -> pl.Expr:
    """Days from the newest inspection of the house to the as-of date."""
    return h.moment.days_since(h.housing("inspected_on"))
