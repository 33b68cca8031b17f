"""What a visitor is asked to check: the same questions in every house, and of each household what the files lack.

Neither score nor reasons come in here, nor who was drawn by lot: a household is asked the same whichever way it came
onto the list. So the visitor finds what there is to find, and not what the model expects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.policy import Aspect

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.tables import View

EVERYWHERE: Final = (
    "收入是否下降，是否拖欠工资",
    "大额医疗、上学等支出",
    "家人的健康、残疾和劳动能力",
    "务工、生产经营是否正常",
    "义务教育学生是否在校",
    "住房是否安全",
    "饮水是否安全、稳定",
    "基本医保、养老保险是否参加",
    "贷款是否到期或逾期",
    "自然灾害、意外事故",
    "该享受的政策是否落实",
)
"""Asked in every house: income, spending, health, work, schooling, house, water, insurance, loans, disasters, help."""
OLD_DAYS: Final = 365
"""Records older than this are to be asked for again."""

_RECORDS: Final = (
    ("income_surveys", "收入采集", None),
    ("employment", "务工就业", None),
    ("dwellings", "住房检查", Aspect.HOUSING),
    ("dwellings", "饮水检查", Aspect.WATER),
    ("guarantee_checks", "三保障核查", None),
)
"""Table, what it is called, and the kind of its rows; asked for where a household has no recent one."""


def own_questions(view: View, policy: Policy, households: pl.Series) -> pl.DataFrame:
    """What to check in each of these households beside the questions for all.

    Columns: `household_id` (as given, in its order) and `own` (Chinese text): how many members are of the age of
    compulsory schooling, and which records are missing or older than a year at the view's day.
    """
    asked = pl.DataFrame({"household_id": households}).with_columns(
        code=view.ids.find("H", households), place=pl.int_range(households.len())
    )
    found = _pupils(view, policy, asked)
    for number, (table, _, aspect) in enumerate(_RECORDS):
        found = found.join(_newest(view, table, aspect, asked, f"day_{number}"), on="code", how="left")
    since = pl.lit(view.as_of).dt.offset_by(f"-{OLD_DAYS}d")
    lacking = [
        pl.when(pl.col(f"day_{number}").fill_null(since) <= since).then(pl.lit(title))
        for number, (_, title, _) in enumerate(_RECORDS)
    ]
    old = pl.concat_str(lacking, separator="、", ignore_nulls=True)
    parts = [
        pl.when(pl.col("pupils") > 0).then(pl.format("义务教育年龄 {} 人", "pupils")),
        pl.when(old != "").then(pl.format("补记录：{}", old)),
    ]
    own = pl.concat_str(parts, separator="；", ignore_nulls=True)
    return found.sort("place").select("household_id", own=own)


def _newest(view: View, table: str, aspect: Aspect | None, asked: pl.DataFrame, name: str) -> pl.DataFrame:
    """`code` and the day of the newest row of a table that was known."""
    event = {"dwellings": "inspected_on", "guarantee_checks": "checked_on", "income_surveys": "period_end"}
    day = event.get(table, "month")
    rows = view.table(table).filter(pl.col("household_id").is_in(asked["code"].drop_nulls().implode()))
    if aspect is not None:
        rows = rows.filter(pl.col("aspect").cast(pl.String) == aspect.value)
    return view.collect(rows.group_by(code="household_id").agg(pl.col(day).max().alias(name)))


def _pupils(view: View, policy: Policy, asked: pl.DataFrame) -> pl.DataFrame:
    """The households asked for, with how many present members have the age of compulsory schooling."""
    least, most = (
        policy.value(f"age.school_{end}", view.county, on=view.as_of, known=view.as_of) for end in ("min", "max")
    )
    born = pl.col("birth_month")
    # the age that counts for a school year is that of 31 August before it
    age = _school_year(view.as_of) - born.dt.year() - (born.dt.month() > 8).cast(pl.Int32)
    present = view.states("members").filter(
        pl.col("leave_reason").is_null(), pl.col("household_id").is_in(asked["code"].drop_nulls().implode())
    )
    pupils = present.filter(age.is_between(least, most)).group_by(code="household_id").agg(pupils=pl.len())
    return asked.join(view.collect(pupils), on="code", how="left")


def _school_year(as_of: date) -> int:
    """Year in which the school year of a day began."""
    return as_of.year if as_of.month >= 9 else as_of.year - 1
