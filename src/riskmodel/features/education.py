"""School: who goes, who should and does not."""

from __future__ import annotations

import polars as pl

from riskmodel.features.feature import Direction, feature
from riskmodel.features.windows import Facts
from riskmodel.policy import Cause

AT_SCHOOL = ["enrolled", "home_teaching", "suspended", "suspected_dropout"]
LEFT_SCHOOL = ["suspected_dropout", "dropout", "not_enrolled"]


@feature("在校学生数", "pupils and students", unit="人", group=Cause.EDU, risk=Direction.FREE)
def students(h: Facts) -> pl.Expr:
    """Present members enrolled in their newest term of the last 12 months."""
    return h.pupils("students", pl.col("status").is_in(AT_SCHOOL).sum().cast(pl.Int64))


@feature("失学辍学人数", "school-age members out of school", unit="人", group=Cause.EDU, risk=Direction.UP,
         actionable=True)  # fmt: skip
def out_of_school(h: Facts) -> pl.Expr:
    """School-age members not enrolled, dropped out or suspected of it, newest term of the last 12 months."""
    school_age = pl.col("age").is_between(h.parameter("age.school_min"), h.parameter("age.school_max"))
    return h.pupils("out", (school_age & pl.col("status").is_in(LEFT_SCHOOL)).sum().cast(pl.Int64))


@feature("非义务教育在读人数", "students beyond compulsory school", unit="人", group=Cause.EDU, risk=Direction.FREE)
def students_beyond_compulsory(h: Facts) -> pl.Expr:
    """Members enrolled above the age of compulsory school, newest term of the last 12 months."""
    older = pl.col("age") > h.parameter("age.school_max")
    return h.pupils("beyond", (older & pl.col("status").is_in(AT_SCHOOL)).sum().cast(pl.Int64))
