"""Checks of house and water: at the identification, and again after the risk was eliminated."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import Aspect, Cause, CheckStage, HouseGrade
from riskmodel.tables.quality.declaration import Severity, Use, check
from riskmodel.tables.quality.reading import Reading, named

DANGEROUS: Final = (HouseGrade.C.value, HouseGrade.D.value)


@check(
    "1_02_008",
    "消除后又出现住房安全问题",
    "housing problem after elimination",
    severity=Severity.WARNING,
    use=Use.RISK,
    tables=("dwellings", "guarantee_checks", "monitoring_episodes"),
    rule="已消除监测的户,消除月份之后最近一次鉴定为C/D级且有人居住,或核查有住房安全问题",
    detail=(
        "{eliminated_month:month}消除后,{day}发现住房安全问题",
        "eliminated {eliminated_month:month}; unsafe house found on {day}",
    ),
)
def unsafe_house_after_elimination(r: Reading) -> pl.LazyFrame:
    """Grade C or D while occupied, or `house_ok` false, dated after the month of elimination.

    Of households whose newest episode is eliminated. The newest day with an inspection or an answer counts, so a house
    that was repaired is no finding. An inspection of a house in which nobody lives says nothing.
    """
    dangerous, occupied = pl.col("house_grade").is_in(DANGEROUS), pl.col("occupied")
    # a dangerous house of which it is not known whether somebody lives in it says nothing either
    problem = pl.when(dangerous & occupied).then(True).when(~dangerous & occupied.ne_missing(False)).then(False)
    return _after_elimination(r, Aspect.HOUSING, problem, "house_ok")


@check(
    "1_02_009",
    "消除后又出现饮水安全问题",
    "water problem after elimination",
    severity=Severity.WARNING,
    use=Use.RISK,
    tables=("dwellings", "guarantee_checks", "monitoring_episodes"),
    rule="已消除监测的户,消除月份之后最近一次检查或核查饮水不安全",
    detail=(
        "{eliminated_month:month}消除后,{day}发现饮水安全问题",
        "eliminated {eliminated_month:month}; unsafe water found on {day}",
    ),
)
def unsafe_water_after_elimination(r: Reading) -> pl.LazyFrame:
    """`water_safe` or `water_ok` false, dated after the month of elimination.

    Of households whose newest episode is eliminated. The newest day with an inspection or an answer counts.
    """
    return _after_elimination(r, Aspect.WATER, ~pl.col("water_safe"), "water_ok")


@check(
    "4_11_006",
    "识别时有饮水问题但风险原因无饮水",
    "water problem at the identification but not among the causes",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("guarantee_checks", "monitoring_episodes"),
    rule="识别环节核查饮水有问题,但风险原因中没有因安全饮水",
    detail=(
        "{checked_on}识别核查饮水有问题,{identified_month:month}识别的风险原因中没有饮水",
        "water problem at the identification check of {checked_on}; not among the causes of {identified_month:month}",
    ),
)
def water_problem_without_cause(r: Reading) -> pl.LazyFrame:
    """Check of stage identification with `water_ok` false; no cause `WAT` in the episode that it belongs to."""
    asked = r.view.table("guarantee_checks").filter(pl.col("stage") == CheckStage.IDENTIFICATION.value)
    bad = r.of_episodes(asked.filter(~pl.col("water_ok")).select("household_id", "checked_on"), "checked_on")
    water = r.episodes.lazy().select("household_id", "episode_no", water=named(Cause.WAT))
    return (
        bad.join(water, on=["household_id", "episode_no"])
        .group_by("household_id", "checked_on")
        .agg(pl.col("water").any(), pl.col("identified_month").max())
        .filter(~pl.col("water"))
    )


def _after_elimination(r: Reading, aspect: Aspect, problem: pl.Expr, answer: str) -> pl.LazyFrame:
    """Households whose newest day with an inspection or an answer shows a problem and lies after the elimination.

    `problem` is an expression on inspections; missing means that the inspection says nothing. `answer`: column of the
    guarantee checks that is true where all is well.
    """
    inspected = r.view.table("dwellings").filter(pl.col("aspect") == aspect.value)
    seen = inspected.select("household_id", day="inspected_on", problem=problem)
    asked = r.view.table("guarantee_checks").select("household_id", day="checked_on", problem=~pl.col(answer))
    known = pl.concat([seen, asked]).filter(pl.col("day") <= pl.lit(r.as_of)).drop_nulls("problem")
    later = known.join(r.over(), on="household_id").filter(pl.col("day") > pl.col("ends"))
    newest = later.filter(pl.col("day") == pl.col("day").max().over("household_id"))
    return newest.group_by("household_id", "eliminated_month", "day").agg(pl.col("problem").any()).filter("problem")
