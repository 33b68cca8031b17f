"""Dwellings: inspections of the house or of its water."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import Aspect, HouseGrade, Source, WaterSource
from riskmodel.tables.column import code, date, flag, identifier, number, whole
from riskmodel.tables.table import Canonical, Kind, Subject, Table, known_on_or_after, rule

_HOUSE: Final = ("house_grade", "house_area", "occupied", "rebuilt_on")
_WATER: Final = ("water_source", "water_safe", "outage_days")
_IS_HOUSING: Final = pl.col("aspect") == Aspect.HOUSING.value


class Dwellings(Canonical):
    """One row per inspection; a row is about the house or about the water, never both."""

    household_id = identifier("H", "户编号")
    inspected_on = date("鉴定日期", "检查日期")
    aspect = code(Aspect, "检查类别")
    house_grade = code(
        HouseGrade,
        "房屋等级",
        "鉴定等级",
        nullable=True,
        null_means="a water row",
        note="housing rows: must be present",
    )
    house_area = number("住房面积", most=2000.0, nullable=True, note="m2")
    occupied = flag("是否居住", nullable=True)
    rebuilt_on = date("改造竣工日期", nullable=True)
    water_source = code(WaterSource, "供水方式", nullable=True)
    water_safe = flag("饮水是否安全", nullable=True, null_means="a housing row", note="water rows: must be present")
    outage_days = whole("缺水天数", most=366, nullable=True, note="days, last 12 months")

    D09 = known_on_or_after("inspected_on")
    N01 = rule(
        ("aspect", *_HOUSE, *_WATER),
        "housing columns only in housing rows, water columns only in water rows",
        "住房栏目仅住房检查填写,饮水栏目仅饮水检查填写",
        pl.when(_IS_HOUSING)
        .then(pl.all_horizontal(pl.col(_WATER).is_null()))
        .otherwise(pl.all_horizontal(pl.col(_HOUSE).is_null())),
    )
    grade_present = rule(
        ("house_grade", "aspect"),
        "a housing row needs house_grade",
        "住房检查须填写房屋等级",
        ~_IS_HOUSING | pl.col("house_grade").is_not_null(),
    )
    safety_present = rule(
        ("water_safe", "aspect"),
        "a water row needs water_safe, except in surveys of source stats",
        "饮水检查须填写饮水是否安全(统计部门调查除外)",
        # A household survey of the statistics office asks for the supply; whether the water
        # is safe is an official finding.
        _IS_HOUSING | pl.col("water_safe").is_not_null() | (pl.col("source") == Source.STATS.value),
    )


DWELLINGS: Final = Table(
    name="dwellings",
    title="住房饮水检查",
    purpose="housing grade and water",
    schema=Dwellings,
    kind=Kind.EVENT,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "inspected_on", "aspect"),
    event="inspected_on",
    sources=(Source.HOUSING, Source.WATER),
    history_days=180,
)
