"""Households and their members: who is scored, where, and of which kind."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import (
    Category,
    DisabilityType,
    Education,
    HouseholdStatus,
    Labour,
    LeaveReason,
    PensionStatus,
    Relation,
    Sex,
    Source,
)
from riskmodel.tables.column import area12, code, date, flag, identifier, month, staff_code, text, whole
from riskmodel.tables.table import Canonical, Kind, Subject, Table, known_on_or_after, rule

_OLDEST_YEARS: Final = 120


class Households(Canonical):
    """One row per change of a household."""

    household_id = identifier("H", "户编号")
    valid_from = date("变更日期")
    village_code = area12("行政区划代码", "村代码")
    category = code(
        Category,
        "户类型",
        note="低保户, 特困 and 其他 import as ordinary",
    )
    exit_year = whole("脱贫年度", least=2014, most=2020, nullable=True, null_means="not ex-poor")
    size = whole("家庭人口数", most=30, note="0 only when not active")
    relocated = flag("是否易地搬迁", nullable=True)
    no_labour = flag("是否整户无劳动能力", nullable=True)
    status = code(HouseholdStatus, "户状态")
    predecessor_id = identifier(
        "H", "原户编号", nullable=True, note="household it was split from, or its id in another county"
    )
    responsible_id = staff_code("帮扶责任人编号", nullable=True)

    K06 = rule(
        ("exit_year", "category"),
        "an ex-poor household has an exit year, an ordinary one has none",
        "脱贫户须有脱贫年度,一般农户不得有",
        pl.col("exit_year").is_null() == (pl.col("category") == Category.ORDINARY.value),
    )
    K04 = rule(
        ("predecessor_id", "household_id"),
        "the predecessor must be another household",
        "原户编号不得与户编号相同",
        pl.col("predecessor_id") != pl.col("household_id"),
    )
    D09 = known_on_or_after("valid_from")
    size_of_active = rule(
        ("size", "status"),
        "an active household has at least one member",
        "状态正常的户至少有一人",
        (pl.col("size") > 0) | (pl.col("status") != HouseholdStatus.ACTIVE.value),
    )


class Members(Canonical):
    """One row per change of a person."""

    person_id = identifier("P", "证件号码", "身份证号")
    household_id = identifier("H", "户编号")
    valid_from = date("变更日期")
    relation = code(Relation, "与户主关系")
    birth_month = month("出生年月", "出生日期")
    sex = code(Sex, "性别")
    ethnicity = text(
        "民族", regex="^[0-9]{2}$", nullable=True, sensitive=True, note="2 digits, 01 = 汉族 (GB/T 3304); audits only"
    )
    education = code(Education, "文化程度", nullable=True)
    chronic_illness = flag("健康状况", nullable=True, sensitive=True, true_if_cell_names="长期慢性病")
    major_illness = flag("健康状况", nullable=True, sensitive=True, true_if_cell_names="患有大病")
    disability_type = code(DisabilityType, "残疾类别", nullable=True, sensitive=True, null_means="no certificate")
    disability_grade = whole(
        "残疾等级",
        least=1,
        most=4,
        nullable=True,
        sensitive=True,
        null_means="no certificate",
        note="1 = heaviest; with the type",
    )
    labour = code(Labour, "劳动技能", nullable=True, sensitive=True)
    basic_insured = flag("是否参加城乡居民基本医疗保险", "是否参加基本医保", nullable=True, note="current year")
    pension_status = code(PensionStatus, "养老保险状态", nullable=True)
    leave_reason = code(LeaveReason, "人员减少原因", nullable=True, null_means="present")

    D07 = rule(
        ("birth_month", "valid_from"),
        f"birth_month must not be later than valid_from, nor more than {_OLDEST_YEARS} years before it",
        f"出生年月不得晚于变更日期,年龄不得超过{_OLDEST_YEARS}岁",
        (pl.col("birth_month") <= pl.col("valid_from"))
        & (pl.col("valid_from") < pl.col("birth_month").dt.offset_by(f"{_OLDEST_YEARS + 1}y")),
    )
    D09 = known_on_or_after("valid_from")
    N01 = rule(
        ("disability_type", "disability_grade"),
        "disability_type and disability_grade: both or neither",
        "残疾类别与残疾等级须同时填写或同时为空",
        pl.col("disability_type").is_null() == pl.col("disability_grade").is_null(),
    )


HOUSEHOLDS: Final = Table(
    name="households",
    title="农户",
    purpose="who is scored, where, of which kind",
    schema=Households,
    kind=Kind.STATE,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "valid_from"),
    event="valid_from",
    sources=(Source.AGRI,),
    history_days=35,
    note="分户: the old id stays with the head, the rest get a new id; 并户: `merged` on the ids that end",
)

MEMBERS: Final = Table(
    name="members",
    title="家庭成员",
    purpose="persons, labour, health, dependency",
    schema=Members,
    kind=Kind.STATE,
    subject=Subject.PERSON,
    key=("person_id", "valid_from"),
    event="valid_from",
    sources=(
        Source.AGRI,
        Source.POLICE,
        Source.DISABLED,
        Source.HEALTH,
        Source.MED_INS,
        Source.HRSS,
        Source.VILLAGE,
    ),
    history_days=365,
    note="`source` = the one that caused the change",
)
