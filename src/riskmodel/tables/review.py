"""What people saw on the spot: checks of the guarantees, and visits."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import Cause, CheckStage, Finding, Source, VisitReason
from riskmodel.tables.causes import filled_in_order
from riskmodel.tables.column import code, date, flag, identifier, staff_code
from riskmodel.tables.table import Canonical, Kind, Subject, Table, known_on_or_after, rule


class GuaranteeChecks(Canonical):
    """One row per check of housing, schooling, water and insurance.

    The national form asks 是否出现问题; here true = all is well, so every answer is inverted on import.
    """

    household_id = identifier("H", "户编号")
    checked_on = date("核查日期")
    stage = code(CheckStage, "环节")
    house_ok = flag("住房是否出现安全问题", nullable=True, says="住房安全")
    school_ok = flag(
        "义务教育适龄儿童失学辍学",
        "是否失学辍学",
        nullable=True,
        says="适龄儿童均在学",
        note="true if there is no such child",
    )
    water_ok = flag("是否出现饮水安全问题", "饮水安全问题", nullable=True, says="饮水安全")
    insured_ok = flag("有成员未参加基本医保", nullable=True, says="成员均参加基本医保")

    D09 = known_on_or_after("checked_on")


class Visits(Canonical):
    """One row per visit; "checked, no risk" is a row too."""

    household_id = identifier("H", "户编号")
    visited_on = date("走访日期")
    visitor_id = staff_code("走访人编号")
    reason = code(VisitReason, "走访原因")
    finding = code(Finding, "走访结果")
    cause_1 = code(Cause, "风险原因1", "风险原因", nullable=True, sensitive=True, note="only with finding `risk`")
    cause_2 = code(Cause, "风险原因2", nullable=True, sensitive=True, note="only with finding `risk`")

    D08 = filled_in_order(("cause_1", "cause_2"))
    D09 = known_on_or_after("visited_on")
    cause_with_risk = rule(
        ("cause_1", "cause_2", "finding"),
        "causes are given only with finding `risk`",
        "仅走访结果为有风险时填写风险原因",
        (pl.col("finding") == Finding.RISK.value) | pl.all_horizontal(pl.col("cause_1", "cause_2").is_null()),
    )


GUARANTEE_CHECKS: Final = Table(
    name="guarantee_checks",
    title="三保障和饮水核查",
    purpose="three guarantees and drinking water, yes or no",
    schema=GuaranteeChecks,
    kind=Kind.EVENT,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "checked_on", "stage"),
    event="checked_on",
    sources=(Source.VILLAGE, Source.AGRI),
    history_days=30,
    note="the national form asks 是否出现问题: 是 imports as false",
)

VISITS: Final = Table(
    name="visits",
    title="走访记录",
    purpose="coverage, feedback for labels",
    schema=Visits,
    kind=Kind.EVENT,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "visited_on", "visitor_id"),
    event="visited_on",
    sources=(Source.APP, Source.VILLAGE),
    history_days=7,
    note='"checked, no risk" is a row too',
)
