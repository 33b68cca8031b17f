"""Medical settlements: what a bill left to the patient after insurance and aid."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import DiseaseGroup, Source, VisitType
from riskmodel.tables.column import code, date, flag, identifier, yuan
from riskmodel.tables.table import ONE_YUAN, Canonical, Kind, Subject, Table, known_on_or_after, rule

_PAID: Final = ("basic_paid", "major_paid", "supplement_paid", "aid_paid", "other_paid", "self_pay")


class MedicalSettlements(Canonical):
    """One row per settled bill."""

    settlement_id = identifier("S", "结算编号", "结算单号")
    person_id = identifier("P", "证件号码", "身份证号")
    household_id = identifier("H", "户编号")
    visit_type = code(VisitType, "就诊类型", "医疗类别", sensitive=True)
    admitted_on = date("入院日期", nullable=True, sensitive=True, note="inpatient only")
    service_end = date("出院日期", "就诊日期", sensitive=True)
    disease_group = code(DiseaseGroup, "病种分组", "病种", nullable=True, sensitive=True)
    in_county = flag("是否县域内", nullable=True)
    total_cost = yuan("总费用", "医疗总费用", sensitive=True)
    basic_paid = yuan("基本医保支付", sensitive=True)
    major_paid = yuan("大病保险支付", sensitive=True, default=0, note="missing column = 0 where S01 then holds")
    supplement_paid = yuan(
        "大病补充保险支付",
        "补充保险支付",
        sensitive=True,
        default=0,
        note="missing column = 0 where S01 then holds",
    )
    aid_paid = yuan("医疗救助支付", sensitive=True, default=0, note="missing column = 0 where S01 then holds")
    other_paid = yuan("其他支付", sensitive=True, default=0, note="疾病应急救助, 慈善救助; missing column = 0")
    self_pay = yuan("个人自付", "个人负担", sensitive=True)
    compliant_self_pay = yuan("合规自付", "政策范围内自付", nullable=True, sensitive=True, note="<= self_pay")

    S01 = rule(
        ("total_cost", *_PAID),
        "total_cost must be basic_paid + major_paid + supplement_paid + aid_paid + other_paid + self_pay",
        "总费用应等于各项支付与个人自付之和",
        (pl.col("total_cost") - pl.sum_horizontal(_PAID)).abs() <= ONE_YUAN,
    )
    S02 = rule(
        ("compliant_self_pay", "self_pay"),
        "compliant_self_pay must not exceed self_pay",
        "合规自付不得大于个人自付",
        pl.col("compliant_self_pay") <= pl.col("self_pay") + ONE_YUAN,
    )
    # The contract's D01 also says service_end <= known_at; that is D09 of this table, and one breach is reported once.
    D01 = rule(
        ("admitted_on", "service_end", "visit_type"),
        "admitted_on must not be later than service_end, and is given only for inpatient",
        "入院日期不得晚于出院日期,且仅住院填写",
        pl.col("admitted_on").is_null()
        | ((pl.col("admitted_on") <= pl.col("service_end")) & (pl.col("visit_type") == VisitType.INPATIENT.value)),
    )
    D09 = known_on_or_after("service_end")


MEDICAL_SETTLEMENTS: Final = Table(
    name="medical_settlements",
    title="医疗结算",
    purpose="self-pay after the insurance waterfall",
    schema=MedicalSettlements,
    kind=Kind.EVENT,
    subject=Subject.PERSON,
    key=("settlement_id",),
    event="service_end",
    sources=(Source.MED_INS,),
    history_days=180,
    note="later aid or re-settlement: a version; 退费冲销: `retracted`",
)
