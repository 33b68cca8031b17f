"""Checks of monitoring itself: what an identification needs, and how soon a risk was eliminated."""

from __future__ import annotations

from datetime import date

import polars as pl

from riskmodel.policy import CheckStage, SurveyStage
from riskmodel.tables.quality.declaration import Severity, Use, check
from riskmodel.tables.quality.reading import Reading, months

ELIMINATION_MIN = "deadline.elimination_min"
ELIMINATION_FLAG = "deadline.elimination_flag"
EPISODE = ["household_id", "episode_no"]


@check(
    "1_11_002",
    "识别时间、风险、收入或三保障缺失",
    "no identification date, cause, income or guarantee check",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("monitoring_episodes", "income_surveys", "guarantee_checks"),
    rule="监测对象缺少识别时间或第一风险原因,或没有识别环节的收入采集、三保障核查",
    detail=("{identified_month:month}识别,缺少:{missing}", "identified {identified_month:month}, lacking: {lacking}"),
)
def identification_incomplete(r: Reading) -> pl.LazyFrame:
    """`cause_1` is missing, or the episode has no survey or no check of stage identification.

    The month of identification is the key of an episode and is never missing. Surveys and checks count from the month
    of the county's first one of that stage: an older episode is not asked for them.
    """
    surveys = r.view.table("income_surveys").filter(pl.col("stage") == SurveyStage.IDENTIFICATION.value)
    checks = r.view.table("guarantee_checks").filter(pl.col("stage") == CheckStage.IDENTIFICATION.value)
    first = {
        "survey": r.begins("income_surveys", "period_end", SurveyStage.IDENTIFICATION.value),
        "check": r.begins("guarantee_checks", "checked_on", CheckStage.IDENTIFICATION.value),
    }
    has = {"survey": r.of_episodes(surveys, "period_end"), "check": r.of_episodes(checks, "checked_on")}
    rows = r.episodes.lazy().select(*EPISODE, "identified_month", "cause_1")
    for name, found in has.items():
        rows = rows.join(found.select(*EPISODE, pl.lit(value=True).alias(name)).unique(), on=EPISODE, how="left")
    lacks = {
        ("风险原因", "cause"): pl.col("cause_1").is_null(),
        ("识别收入", "income"): pl.col("survey").is_null() & _asked(first["survey"]),
        ("三保障核查", "guarantee check"): pl.col("check").is_null() & _asked(first["check"]),
    }
    named = {
        column: pl.concat_str(
            [pl.when(is_so).then(pl.lit(words[place])) for words, is_so in lacks.items()],
            separator=mark,
            ignore_nulls=True,
        )
        for place, (column, mark) in enumerate({"missing": "、", "lacking": ", "}.items())
    }
    return rows.filter(pl.any_horizontal(*lacks.values())).with_columns(**named)


@check(
    "2_11_002",
    "监测不满6个月即消除",
    "eliminated before 6 months",
    severity=Severity.ERROR,
    use=Use.COMPLIANCE,
    tables=("monitoring_episodes",),
    policy=(ELIMINATION_MIN,),
    rule="风险消除月份早于识别月份加最短监测期(政策参数,6个月)",
    detail=(
        "{identified_month:month}识别,{eliminated_month:month}消除,仅{length}个月,应不少于{deadline.elimination_min}个月",
        "identified {identified_month:month}, eliminated {eliminated_month:month}: {length} month(s), at least "
        "{deadline.elimination_min} needed",
    ),
)
def eliminated_too_early(r: Reading) -> pl.LazyFrame:
    """`eliminated_month` before `identified_month` + 6 months, by the rule in force in the month of elimination."""
    return _eliminations(r, ELIMINATION_MIN).filter(pl.col("length") < pl.col(ELIMINATION_MIN))


@check(
    "X_02",
    "识别后2个月内消除",
    "eliminated within 2 months",
    severity=Severity.ERROR,
    use=Use.COMPLIANCE,
    tables=("monitoring_episodes",),
    policy=(ELIMINATION_FLAG,),
    rule="风险消除月份距识别月份不超过2个月(政策参数),单独提示",
    detail=(
        "{identified_month:month}识别,{eliminated_month:month}消除,仅{length}个月",
        "identified {identified_month:month}, eliminated {eliminated_month:month}: {length} month(s)",
    ),
)
def eliminated_at_once(r: Reading) -> pl.LazyFrame:
    """Eliminated at most 2 months after the month of identification; flagged apart from 2_11_002, which fires too."""
    return _eliminations(r, ELIMINATION_FLAG).filter(pl.col("length") <= pl.col(ELIMINATION_FLAG))


def _eliminations(r: Reading, kind: str) -> pl.LazyFrame:
    """Eliminated episodes with their `length` in months and the number in force in the month of elimination."""
    length = months(pl.col("eliminated_month")) - months(pl.col("identified_month"))
    return r.with_numbers(r.eliminated().with_columns(length=length), kind, day="eliminated_month")


def _asked(first: date | None) -> pl.Expr:
    """Whether an episode is asked for a row of which the county has some since the day `first`."""
    return pl.col("identified_month") >= pl.lit(first, dtype=pl.Date).dt.month_start()
