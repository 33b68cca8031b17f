"""Assistance: monthly entitlement lists, and the measures given to a household (一户一策)."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import Measure, MeasureOption, Scheme, Source
from riskmodel.tables.column import code, date, flag, identifier, month, text, whole, yuan
from riskmodel.tables.table import Canonical, Kind, Subject, Table, known_on_or_after, rule


class SocialAssistance(Canonical):
    """One row per household, month and scheme; never added to incomes."""

    household_id = identifier("H", "户编号")
    month = month("月份")
    scheme = code(Scheme, "救助类型", sensitive=True)
    persons = whole("保障人数", "救助人数", least=1, most=30)
    amount = yuan("金额", "救助金额", sensitive=True, note="household total of the month; 0 for status-only schemes")

    D09 = known_on_or_after("month")


class Measures(Canonical):
    """One key per measure; running at D = delivered, started by D, not ended before D."""

    measure_id = identifier("M", "措施编号")
    household_id = identifier("H", "户编号")
    person_id = identifier("P", "证件号码", "身份证号", nullable=True, null_means="whole household")
    measure = code(Measure, "措施类型", "帮扶措施")
    option = code(MeasureOption, "措施内容", nullable=True)
    started_on = date("开始日期", note="may be planned ahead")
    ended_on = date("结束日期", nullable=True, null_means="open", note="last day")
    amount = yuan("金额", nullable=True)
    delivered = flag("是否落实")
    project_id = text("项目编号", nullable=True)

    D02 = rule(
        ("ended_on", "started_on"),
        "ended_on must not be earlier than started_on",
        "结束日期不得早于开始日期",
        pl.col("started_on") <= pl.col("ended_on"),
    )


SOCIAL_ASSISTANCE: Final = Table(
    name="social_assistance",
    title="社会救助",
    purpose="entitlement lists",
    schema=SocialAssistance,
    kind=Kind.PERIOD,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "month", "scheme"),
    event="month",
    sources=(Source.CIVIL, Source.DISABLED),
    history_days=30,
    note="dropped from a re-sent list: `retracted`; never added to incomes",
)

MEASURES: Final = Table(
    name="measures",
    title="帮扶措施",
    purpose="help given, 一户一策",
    schema=Measures,
    kind=Kind.EPISODE,
    subject=Subject.HOUSEHOLD,
    key=("measure_id",),
    event="started_on",
    sources=(
        Source.AGRI,
        *(source for source in Source if source not in (Source.AGRI, Source.APP)),
    ),
    history_days=60,
    early_ok=True,
    note="wrong key: `retracted`; development measures are looked up from `measure`, not stored",
)
