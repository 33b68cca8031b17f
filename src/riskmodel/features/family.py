"""Who lives in the household: children, elders, hands that can work, schooling of the adults."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import known_count, over
from riskmodel.features.feature import Direction, feature
from riskmodel.features.windows import Facts
from riskmodel.policy import Cause, Education, Labour

ABLE = [Labour.SKILLED.value, Labour.ORDINARY.value, Labour.WEAK.value]
SENIOR = [Education.SENIOR.value, Education.COLLEGE.value, Education.BACHELOR.value]
LEVELS = {level.value: rank for rank, level in enumerate(Education)}


@feature("家庭人口数", "household size", unit="人", group=Cause.LAB, risk=Direction.FREE)
def household_size(_: Facts) -> pl.Expr:
    """Members according to the household's state."""
    return pl.col("size")


@feature("未成年子女数", "children below working age", unit="人", group=Cause.LAB, risk=Direction.UP)
def children(h: Facts) -> pl.Expr:
    """Present members below the working age of the policy."""
    return h.members("children", pl.col("age") < h.parameter("age.working_min"))


@feature("6岁以下幼儿数", "children under 6", unit="人", group=Cause.LAB, risk=Direction.UP)
def infants(h: Facts) -> pl.Expr:
    """Present members younger than the school age of the policy."""
    return h.members("infants", pl.col("age") < h.parameter("age.school_min"))


@feature("老年成员数", "elders", unit="人", group=Cause.LAB, risk=Direction.FREE)
def elders(h: Facts) -> pl.Expr:
    """Present members above the working age of the policy."""
    return h.members("elders", pl.col("age") > h.parameter("age.working_max"))


@feature("抚养比", "dependency ratio", unit="比例", group=Cause.LAB, risk=Direction.UP)
def dependency_ratio(h: Facts) -> pl.Expr:
    """Present members outside the working age over present members."""
    outside = ~pl.col("age").is_between(h.parameter("age.working_min"), h.parameter("age.working_max"))
    return over(h.members("dependants", outside), h.members("all"))


@feature("有劳动能力人数", "members able to work", unit="人", group=Cause.LAB, risk=Direction.DOWN)
def able_members(h: Facts) -> pl.Expr:
    """Present members of working age whose labour is skilled, ordinary or weak. Missing where labour is known for nobody."""
    working = pl.col("age").is_between(h.parameter("age.working_min"), h.parameter("age.working_max"))
    able = pl.col("labour").is_in(ABLE)
    return pl.when(h.members("able_known", able | (pl.col("labour") == "none")) > 0).then(
        h.members("able", working & able)
    )


@feature("丧失劳动力人数", "members who lost their ability to work", unit="人", group=Cause.LAB, risk=Direction.UP)
def labour_lost(h: Facts) -> pl.Expr:
    """Present members who lost their ability to work. Missing where labour is known for nobody."""
    return known_count(h, "labour_lost", "labour", pl.col("labour") == "lost")


@feature("户主年龄", "age of the head", unit="岁", group=Cause.LAB, risk=Direction.FREE)
def head_age(h: Facts) -> pl.Expr:
    """Age of the head of household in full years."""
    return h.of_head("age")


@feature("成员平均年龄", "mean age", unit="岁", group=Cause.LAB, risk=Direction.FREE)
def mean_age(h: Facts) -> pl.Expr:
    """Mean age of the present members in years."""
    return over(h.of_members("age_sum", pl.col("age").sum().cast(pl.Int64)), h.members("all"))


@feature("户主文化程度", "schooling of the head", unit="级", group=Cause.LAB, risk=Direction.DOWN)
def head_education(h: Facts) -> pl.Expr:
    """Schooling of the head: 0 none, 1 primary, 2 junior, 3 senior, 4 college, 5 bachelor and above."""
    level = pl.col("education").cast(pl.String).replace_strict(LEVELS, default=None, return_dtype=pl.Int64)
    return h.of_members("head_level", level.filter(pl.col("relation") == "head").max())


@feature("成年人最高文化程度", "highest schooling of an adult", unit="级", group=Cause.LAB, risk=Direction.DOWN)
def best_education(h: Facts) -> pl.Expr:
    """Highest schooling of a present member above the school age; levels as for the head."""
    level = pl.col("education").cast(pl.String).replace_strict(LEVELS, default=None, return_dtype=pl.Int64)
    return h.of_members("best_level", level.filter(pl.col("age") > h.parameter("age.school_max")).max())


@feature("高中以上成年人占比", "adults with senior schooling", unit="比例", group=Cause.LAB, risk=Direction.DOWN)
def senior_share(h: Facts) -> pl.Expr:
    """Adults with senior schooling or more over adults, present members above the school age."""
    adult = pl.col("age") > h.parameter("age.school_max")
    return over(h.members("senior", adult & pl.col("education").is_in(SENIOR)), h.members("adults", adult))
