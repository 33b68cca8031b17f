"""House and water as the inspectors found them."""

from __future__ import annotations

import polars as pl

from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Cause, HouseGrade

GRADES = {grade.value: rank for rank, grade in enumerate(HouseGrade, start=1)}
SOURCES = {"central": 0, "well": 1, "spring": 2, "cistern": 2, "other": 3}


@feature("住房安全等级", "house grade", unit="级", group=Cause.HOU, risk=Direction.UP, actionable=True)
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
