"""Checks of persons: children at school, vocational students, members of households in extreme hardship."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from riskmodel.policy import EnrolmentStatus, MeasureOption, Scheme, SchoolStage
from riskmodel.tables.quality.declaration import Severity, Use, check
from riskmodel.tables.quality.reading import Reading, months

SCHOOL_AGES = ("age.school_min", "age.school_max")
HEALTHY_AGES = ("check.5_15_019.age_min", "check.5_15_019.age_max")
TEKUN: Final = (Scheme.TEKUN_DISPERSED.value, Scheme.TEKUN_CENTRAL.value)
GONE: Final = (EnrolmentStatus.SUSPECTED_DROPOUT.value, EnrolmentStatus.DROPOUT.value)
VOCATIONAL: Final = tuple(stage.value for stage in SchoolStage if stage.vocational)


@check(
    "5_15_012",
    "雨露计划但非职业教育学生",
    "yulu but not a vocational student",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("measures", "enrolments"),
    rule="享受雨露计划,但措施开始学期的学段不是中职或高职",
    detail=(
        "{started_on}起享受雨露计划,{term:month}学期学段不是中职或高职",
        "yulu from {started_on}; the stage of the term {term:month} is not vocational",
    ),
)
def yulu_without_vocational_school(r: Reading) -> pl.LazyFrame:
    """Option `yulu`; the stage of its person in the term in which it starts is not vocational.

    Terms begin for measures in August and February. A measure for the whole household: no vocational student among its
    pupils of that term. No finding where no enrolment of that term is known.
    """
    yulu = r.view.table("measures").filter(pl.col("option") == MeasureOption.YULU.value)
    given = yulu.select("measure_id", "household_id", "person_id", "started_on", term=_term(pl.col("started_on")))
    given = given.join(r.homes.lazy().select("household_id"), on="household_id", how="semi")
    rows = r.view.table("enrolments").select("person_id", "household_id", "term", "stage")
    personal = given.filter(pl.col("person_id").is_not_null()).join(rows.drop("household_id"), on=["person_id", "term"])
    common = given.filter(pl.col("person_id").is_null()).join(rows, on=["household_id", "term"])
    key = ["measure_id", "household_id", "started_on", "term"]
    both = pl.concat([frame.select(*key, "stage") for frame in (personal, common)])
    vocational = pl.col("stage").is_in(VOCATIONAL).any()
    return both.group_by(key).agg(vocational=vocational).filter(~pl.col("vocational"))


@check(
    "5_15_016",
    "义务教育适龄儿童未在校",
    "school-age child not at school",
    severity=Severity.ERROR,
    use=Use.RISK,
    tables=("members", "enrolments"),
    policy=SCHOOL_AGES,
    rule="已收到本学期(或上学期)就学数据,义务教育适龄成员无就学记录或为未入学",
    detail=(
        "{term:month}学期{birth_month:month}出生的成员无就学记录或未入学",
        "member born {birth_month:month}: no enrolment, or not enrolled, in the term {term:month}",
    ),
)
def child_without_school(r: Reading) -> pl.LazyFrame:
    """Present member of school age without a row, or with `not_enrolled`, in the newest term received.

    Age in full years on the 31 August before the school year. A term is received when the county has a row of it; only
    the last two terms that have begun are looked at.
    """
    absent = pl.col("status").is_null() | (pl.col("status") == EnrolmentStatus.NOT_ENROLLED.value)
    return _school_age(r).filter(absent)


@check(
    "5_15_017",
    "义务教育适龄儿童辍学或疑似辍学",
    "school-age child has dropped out",
    severity=Severity.ERROR,
    use=Use.RISK,
    tables=("members", "enrolments"),
    policy=SCHOOL_AGES,
    rule="本学期(或上学期)义务教育适龄成员为疑似辍学或失学辍学",
    detail=(
        "{term:month}学期{birth_month:month}出生的成员为辍学或疑似辍学",
        "member born {birth_month:month}: dropout or suspected dropout in the term {term:month}",
    ),
)
def child_dropped_out(r: Reading) -> pl.LazyFrame:
    """Present member of school age with `suspected_dropout` or `dropout` in the newest term received; as 5_15_016."""
    return _school_age(r).filter(pl.col("status").is_in(GONE))


@check(
    "5_15_019",
    "特困但成员健康且处于劳动年龄",
    "tekun but healthy and 18-60",
    severity=Severity.WARNING,
    use=Use.DATA,
    tables=("social_assistance", "members"),
    policy=HEALTHY_AGES,
    rule="在特困名单中,但全部成员健康、无残疾且18至60岁(政策参数)",
    detail=(
        "{month:month}在特困名单,{count}名成员全部健康、无残疾且处于18至60岁",
        "on the tekun list of {month:month}; all {count} members are healthy, not disabled and 18-60",
    ),
)
def tekun_without_need(r: Reading) -> pl.LazyFrame:
    """On a `tekun_*` list of the newest month of such lists; every present member is healthy, not disabled, aged 18-60.

    No finding where the health of a member is not known.
    """
    lists = r.view.table("social_assistance").filter(
        pl.col("scheme").is_in(TEKUN) & (pl.col("month") <= pl.lit(r.as_of))
    )
    now = lists.filter(pl.col("month") == pl.col("month").max()).select("household_id", "month").unique()
    healthy = ~(pl.col("chronic_illness") | pl.col("major_illness")) & pl.col("disability_type").is_null()
    aged = pl.col("age").is_between(pl.col(HEALTHY_AGES[0]), pl.col(HEALTHY_AGES[1]))
    members = r.with_numbers(r.present.lazy().join(now, on="household_id"), *HEALTHY_AGES)
    all_so = members.group_by("household_id", "month").agg(fit=(healthy & aged).all(ignore_nulls=False), count=pl.len())
    return all_so.filter("fit")


def _school_age(r: Reading) -> pl.LazyFrame:
    """Present members of school age with their `status` in the newest term received, missing without a row."""
    members = r.with_numbers(r.present.lazy(), *SCHOOL_AGES)
    term = _newest_term(r)
    if term is None:
        r.lacking("enrolments", " of the last two terms", "(最近两个学期)")
        return members.clear().with_columns(term=pl.lit(None, pl.Date), status=pl.lit(None, pl.String))
    august = date(term.year - (term.month < 9), 8, 1)
    years = (months(pl.lit(august)) - months(pl.col("birth_month"))) // 12
    children = members.filter(years.is_between(pl.col(SCHOOL_AGES[0]), pl.col(SCHOOL_AGES[1])))
    rows = r.view.table("enrolments").filter(pl.col("term") == pl.lit(term)).select("person_id", "status")
    return children.join(rows, on="person_id", how="left").with_columns(term=pl.lit(term))


def _newest_term(r: Reading) -> date | None:
    """The newest of the last two terms begun of which the county has a row; None without."""
    year = r.as_of.year
    begun = [
        t for t in (date(year, 9, 1), date(year, 3, 1), date(year - 1, 9, 1), date(year - 1, 3, 1)) if t <= r.as_of
    ]
    rows = r.view.table("enrolments").filter(pl.col("term").is_in(begun[:2]))
    found = rows.select(pl.col("term").max()).collect().item()
    return found if isinstance(found, date) else None


def _term(day: pl.Expr) -> pl.Expr:
    """Term that a day belongs to: August to January the autumn term, February to July the spring term."""
    year, month = day.dt.year(), day.dt.month()
    autumn = pl.date(pl.when(month < 2).then(year - 1).otherwise(year), 9, 1)
    return pl.when(month.is_between(2, 7)).then(pl.date(year, 3, 1)).otherwise(autumn)
