"""Who lives in the household: children, elders, hands that can work, schooling of the adults."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count, everyone, known_count
from riskmodel.features.facts import Facts, of_head
from riskmodel.features.feature import NEVER, Between, Direction, feature
from riskmodel.features.illness import SEVERE
from riskmodel.policy import Cause, Education, Labour

ABLE = [labour.value for labour in Labour if labour.able]
LEVELS = {level.value: rank for rank, level in enumerate(Education)}
LEVEL = pl.col("education").cast(pl.String).replace_strict(LEVELS, default=None, return_dtype=pl.Int64)


@feature("家庭人口数", "household size", unit="人", group=Cause.LAB, risk=Direction.FREE, evidence=NEVER)
def household_size(_: Facts) -> pl.Expr:
    """Number of members that the household's own state gives."""
    return pl.col("size")


@feature("未到劳动年龄成员数", "members below working age", unit="人", group=Cause.LAB, risk=Direction.UP)
def children(h: Facts) -> pl.Expr:
    """Present members younger than the working age of the policy."""
    return h.members("children", count(pl.col("age") < h.parameter("age.working_min")))


@feature("学龄前儿童数", "children below school age", unit="人", group=Cause.LAB, risk=Direction.UP)
def infants(h: Facts) -> pl.Expr:
    """Present members younger than the school age of the policy."""
    return h.members("infants", count(pl.col("age") < h.parameter("age.school_min")))


@feature("超过劳动年龄成员数", "members above working age", unit="人", group=Cause.LAB, risk=Direction.FREE)
def elders(h: Facts) -> pl.Expr:
    """Present members older than the working age of the policy."""
    return h.members("elders", count(pl.col("age") > h.parameter("age.working_max")))


@feature(
    "非劳动年龄成员占比",
    "share of members outside working age",
    unit="比例",
    group=Cause.LAB,
    risk=Direction.FREE,
    evidence=Between(above=0.5),
)
def dependants_share(h: Facts) -> pl.Expr:
    """Present members younger or older than the working age of the policy, over all present members."""
    return h.over(h.members("dependants", count(~_of_working_age(h))), h.members("all", everyone()))


@feature(
    "劳动年龄内有劳动能力人数",
    "members of working age able to work",
    unit="人",
    group=Cause.LAB,
    risk=Direction.DOWN,
    evidence=Between(below=2),
)
def able_members(h: Facts) -> pl.Expr:
    """Present members of working age with skilled, ordinary or weak labour.

    Missing where the labour of a member of working age is not known; 0 where nobody is of working age.
    """
    unknown = h.members("labour_unknown", count(_of_working_age(h) & pl.col("labour").is_null()))
    able = h.members("able", count(_of_working_age(h) & pl.col("labour").is_in(ABLE)))
    return pl.when(unknown == 0).then(able)


@feature(
    "抚养照料负担",
    "people to care for per member able to work",
    unit="倍",
    group=Cause.LAB,
    risk=Direction.UP,
    evidence=Between(above=0.5),
)
def care_load(h: Facts) -> pl.Expr:
    """People to care for over one more than the members able to work; the one keeps households without any of these.

    To care for: present members outside the working age, or with a chronic or major illness or a disability of grade 1
    or 2, each counted once. Missing where the labour of a member of working age is not known.
    """
    ill = pl.col("chronic_illness").fill_null(value=False) | pl.col("major_illness").fill_null(value=False)
    severe = (pl.col("disability_grade") <= SEVERE).fill_null(value=False)
    return h.over(h.members("to_care_for", count(~_of_working_age(h) | ill | severe)), able_members(h) + 1)


@feature(
    "各年龄丧失劳动力人数",
    "members of any age who lost their ability to work",
    unit="人",
    group=Cause.LAB,
    risk=Direction.UP,
)
def labour_lost(h: Facts) -> pl.Expr:
    """Present members of any age known to have lost their ability to work. Missing where labour is known for nobody."""
    return h.members("labour_lost", known_count(pl.col("labour") == Labour.LOST.value, "labour"))


@feature("户主年龄", "age of the head", unit="岁", group=Cause.LAB, risk=Direction.FREE, evidence=Between(above=60))
def head_age(h: Facts) -> pl.Expr:
    """Age of the head of household in full years; of several heads, the youngest."""
    return h.members("head_age", of_head(pl.col("age")))


@feature(
    "成员平均年龄",
    "mean age of the members",
    unit="岁",
    group=Cause.LAB,
    risk=Direction.FREE,
    evidence=Between(above=60),
)
def mean_age(h: Facts) -> pl.Expr:
    """Mean age of the present members, each in full years."""
    return h.over(h.members("ages", pl.col("age").sum().cast(pl.Int64)), h.members("all", everyone()))


@feature(
    "户主文化程度", "schooling of the head", unit="级", group=Cause.LAB, risk=Direction.DOWN, evidence=Between(below=2)
)
def head_education(h: Facts) -> pl.Expr:
    """Schooling of the head: 0 none, 1 primary, 2 junior, 3 senior, 4 college, 5 bachelor; of several, the lowest."""
    return h.members("head_level", of_head(_level(h)))


@feature(
    "成年人最高文化程度",
    "highest schooling of an adult",
    unit="级",
    group=Cause.LAB,
    risk=Direction.DOWN,
    evidence=Between(below=2),
)
def best_education(h: Facts) -> pl.Expr:
    """Highest known schooling of a present member above the school age; levels as for the head."""
    return h.members("best_level", _level(h).filter(_adult(h)).max())


@feature(
    "高中及以上成年人占比",
    "share of adults with senior schooling",
    unit="比例",
    group=Cause.LAB,
    risk=Direction.DOWN,
    evidence=Between(below=0.5),
)
def senior_share(h: Facts) -> pl.Expr:
    """Present members above the school age with senior schooling or more, over those whose schooling is known."""
    senior = _level(h).ge(LEVELS[Education.SENIOR.value])
    known = h.members("adults_level_known", count(_adult(h) & _level(h).is_not_null()))
    return h.over(h.members("senior", count(_adult(h) & senior)), known)


def _of_working_age(h: Facts) -> pl.Expr:
    inside = pl.col("age").is_between(h.parameter("age.working_min"), h.parameter("age.working_max"))
    return h.per_row("members", inside)


def _adult(h: Facts) -> pl.Expr:
    return h.per_row("members", pl.col("age") > h.parameter("age.school_max"))


def _level(h: Facts) -> pl.Expr:
    return h.per_row("members", LEVEL)
