"""School: who goes, who should and does not."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Cause

AT_SCHOOL = pl.col("status").is_in(["enrolled", "home_teaching"])
OUT_OF_SCHOOL = pl.col("status").is_in(["suspected_dropout", "dropout", "not_enrolled"])
BEYOND_COMPULSORY = pl.col("stage").is_in(["senior", "vocational", "vocational_college", "bachelor"])


@feature("在读学生数", "pupils and students", unit="人", group=Cause.EDU, risk=Direction.FREE)
def students(h: Facts) -> pl.Expr:
    """Present members enrolled or taught at home in their newest term of the last 12 months, nurseries included.

    Missing where no member has a term in that window.
    """
    return h.pupils("students", count(AT_SCHOOL))


@feature(
    "义务教育阶段失学辍学人数",
    "members of school age out of school",
    unit="人",
    group=Cause.EDU,
    risk=Direction.UP,
    actionable=True,
)
def out_of_school(h: Facts) -> pl.Expr:
    """Present members of school age who dropped out, are suspected of it or were never enrolled, newest term.

    School age counts on the last 31 August before the running school year. Missing where no member has a term in the
    last 12 months.
    """
    of_school_age = pl.col("school_age").is_between(h.parameter("age.school_min"), h.parameter("age.school_max"))
    return h.pupils("out", count(of_school_age & OUT_OF_SCHOOL))


@feature("非义务教育在读人数", "students beyond compulsory school", unit="人", group=Cause.EDU, risk=Direction.FREE)
def students_beyond_compulsory(h: Facts) -> pl.Expr:
    """Present members enrolled or taught at home in senior or vocational school or university, newest term.

    Missing where no member has a term in the last 12 months.
    """
    return h.pupils("beyond", count(AT_SCHOOL & BEYOND_COMPULSORY))
