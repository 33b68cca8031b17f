"""Enrolments: school costs and dropout."""

from __future__ import annotations

from typing import Final

from riskmodel.policy import AidType, EnrolmentStatus, SchoolStage, Source
from riskmodel.tables.column import code, date, flag, identifier, term, yuan
from riskmodel.tables.table import Canonical, Kind, Subject, Table


class Enrolments(Canonical):
    """One row per person and term."""

    person_id = identifier("P", "证件号码", "身份证号")
    household_id = identifier("H", "户编号")
    term = term("学期", note="YYYY-03-01 春季, YYYY-09-01 秋季; school year Y = Y-09 and (Y+1)-03")
    stage = code(SchoolStage, "学段", "在校生状况")
    status = code(EnrolmentStatus, "就学状态")
    status_since = date("状态日期", nullable=True)
    boarding = flag("是否寄宿", nullable=True)
    self_pay = yuan("自付费用", "资助后自付", nullable=True, sensitive=True, note="per term, after aid")
    aid_type = code(AidType, "资助类型", nullable=True, note="the largest")
    aid_amount = yuan("资助金额", nullable=True, sensitive=True, note="per term, all aid")
    student_loan = yuan("助学贷款金额", nullable=True, sensitive=True, note="granted in the term")


ENROLMENTS: Final = Table(
    name="enrolments",
    title="在校就学",
    purpose="school costs, dropout",
    schema=Enrolments,
    kind=Kind.PERIOD,
    subject=Subject.PERSON,
    key=("person_id", "term"),
    event="term",
    sources=(Source.EDU,),
    history_days=90,
    early_ok=True,
    note="a change of status within the term is a version",
)
