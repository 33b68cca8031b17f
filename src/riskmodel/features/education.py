"""School: who goes, who should and does not."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count, known_count, only, total_of
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Cause

AT_SCHOOL = pl.col("status").is_in(["enrolled", "home_teaching"])
OUT_OF_SCHOOL = pl.col("status").is_in(["suspected_dropout", "dropout", "not_enrolled"])
SELF_PAY = pl.col("self_pay")
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


@feature(
    "近两学期教育自付占纯收入比",
    "school self-pay of two terms over net income",
    unit="比例",
    group=Cause.EDU,
    risk=Direction.UP,
)
def school_costs_to_income(h: Facts) -> pl.Expr:
    """Self-pay of schooling after aid, terms of present members that began in the last 12 months, over net income.

    Missing where it is known for no term.
    """
    return h.over(costs(h), h.survey("net_total"))


@feature(
    "近两学期非义务教育自付与预警线之比",
    "self-pay of two terms beyond compulsory school over the warning threshold",
    unit="倍",
    group=Cause.EDU,
    risk=Direction.UP,
    ratio=True,
)
def school_costs_to_warning(h: Facts) -> pl.Expr:
    """Self-pay after aid of the present members' schooling beyond compulsory school over the threshold `TW_EDU_FEE`.

    Terms that began in the last 12 months. Missing where it is known for no term, or the threshold is not set.
    """
    return h.over(costs_beyond_compulsory(h), h.warning("TW_EDU_FEE"))


@feature("寄宿学生数", "boarding pupils", unit="人", group=Cause.EDU, risk=Direction.FREE)
def boarding_pupils(h: Facts) -> pl.Expr:
    """Present members at school who board, newest term of the last 12 months. Missing where it is known for nobody."""
    return h.pupils("boarding", known_count(AT_SCHOOL & pl.col("boarding"), "boarding"))


@feature("近两学期助学贷款次数", "student loans in two terms", unit="次", group=Cause.EDU, risk=Direction.FREE)
def student_loans(h: Facts) -> pl.Expr:
    """Terms of present members, begun in the last 12 months, with a student loan; missing where none says."""
    return h.terms("loans", known_count(pl.col("student_loan") > 0, "student_loan"))


def costs(h: Facts) -> pl.Expr:
    """Self-pay of schooling after aid, terms that began in the last 12 months, fen."""
    return h.terms("self_pay", total_of(SELF_PAY, SELF_PAY.is_not_null()))


def costs_beyond_compulsory(h: Facts) -> pl.Expr:
    """That of the schooling beyond compulsory school, fen."""
    beyond = only(BEYOND_COMPULSORY, SELF_PAY)
    return h.terms("beyond_paid", total_of(beyond, beyond.is_not_null()))
