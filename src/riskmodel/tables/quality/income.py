"""Checks of incomes: against the line of their year, and against what else is known."""

from __future__ import annotations

import polars as pl

from riskmodel.policy import Scheme, SurveyStage
from riskmodel.tables.quality.declaration import Severity, Use, check
from riskmodel.tables.quality.reading import Reading, newest_of

LINE = "monitoring_line"
WAGE_BELOW = "check.5_15_023.wage_below"


@check(
    "1_02_006",
    "收入低于监测线但未纳入监测",
    "income under the line but not monitored",
    severity=Severity.WARNING,
    use=Use.RISK,
    tables=("income_surveys", "monitoring_episodes"),
    policy=(LINE,),
    rule="最近一次年度人均纯收入低于当年监测线,且当前不在监测中",
    detail=(
        "{year}年度人均纯收入{net_per_capita:yuan}元,低于监测线{monitoring_line:yuan}元",
        "net income per head {net_per_capita:yuan} yuan in {year}, line {monitoring_line:yuan}",
    ),
)
def under_the_line_and_not_monitored(r: Reading) -> pl.LazyFrame:
    """Newest annual net income per head below the line in force on the last day of its window; no open episode."""
    annual = newest_of(r.surveys.lazy().filter(pl.col("stage") == SurveyStage.ANNUAL.value))
    return _under_the_line(r, annual.join(r.open(), on="household_id", how="anti"))


@check(
    "4_11_010",
    "消除监测时收入低于监测线",
    "eliminated with income under the line",
    severity=Severity.ERROR,
    use=Use.COMPLIANCE,
    tables=("income_surveys", "monitoring_episodes"),
    policy=(LINE,),
    rule="风险消除环节采集的人均纯收入低于当年监测线",
    detail=(
        "{eliminated_month:month}消除,采集的人均纯收入{net_per_capita:yuan}元,低于监测线{monitoring_line:yuan}元",
        "eliminated {eliminated_month:month}: net income per head {net_per_capita:yuan} yuan, line "
        "{monitoring_line:yuan}",
    ),
)
def eliminated_under_the_line(r: Reading) -> pl.LazyFrame:
    """Newest survey of stage elimination of an eliminated episode below the line in force on the day its window ends.

    Its window ends after the month of identification began and not after the month of elimination.
    """
    taken = r.surveys.lazy().filter(pl.col("stage") == SurveyStage.ELIMINATION.value)
    ended = r.eliminated().select("household_id", "episode_no", "identified_month", "eliminated_month", "ends")
    during = pl.col("period_end").is_between(pl.col("identified_month"), pl.col("ends"))
    mine = taken.join(ended, on="household_id").filter(during).sort("household_id", "episode_no", "period_end", "year")
    newest = mine.unique(["household_id", "episode_no"], keep="last", maintain_order=True)
    return _under_the_line(r, newest)


@check(
    "4_11_013",
    "享受低保但转移性收入为零",
    "dibao but zero transfer income",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("social_assistance", "income_surveys"),
    rule="最近一次收入采集的12个月内享受农村低保,但转移性收入为0",
    detail=(
        "截至{period_end}的12个月内有{count}个月享受低保,转移性收入为0",
        "{count} month(s) of dibao in the 12 months to {period_end}, transfer income 0",
    ),
)
def dibao_without_transfers(r: Reading) -> pl.LazyFrame:
    """Newest survey with `transfer` = 0; on the list of `dibao` in one of the 12 months of its window."""
    none = r.newest_surveys.lazy().filter(pl.col("transfer") == 0).select("household_id", "period_end")
    lists = r.view.table("social_assistance").filter(pl.col("scheme") == Scheme.DIBAO.value)
    last = pl.col("period_end").dt.month_start()
    inside = pl.col("month").is_between(last.dt.offset_by("-11mo"), last)
    months = lists.select("household_id", "month").join(none, on="household_id").filter(inside)
    return months.group_by("household_id", "period_end").agg(count=pl.len())


@check(
    "5_15_023",
    "工资性收入疑似录入错误",
    "wage income between 0 and 100",
    severity=Severity.WARNING,
    use=Use.DATA,
    tables=("income_surveys",),
    policy=(WAGE_BELOW,),
    rule="最近一次收入采集的工资性收入大于0且低于100元(政策参数),疑似单位或录入错误",
    detail=(
        "截至{period_end}的全年工资性收入仅{wage:yuan}元,请核对单位(元/万元)",
        "wages of the year to {period_end} only {wage:yuan} yuan: check the unit (yuan or 10,000 yuan)",
    ),
)
def wage_mistyped(r: Reading) -> pl.LazyFrame:
    """Newest survey with 0 < `wage` < 100 yuan a year, as with 万元 typed for 元."""
    some = (
        r.newest_surveys.lazy().filter(pl.col("wage") > 0).select("household_id", "village_code", "period_end", "wage")
    )
    return r.with_numbers(some, WAGE_BELOW).filter(pl.col("wage") < pl.col(WAGE_BELOW))


@check(
    "X_04",
    "消除后收入再次低于监测线",
    "under the line again after elimination",
    severity=Severity.WARNING,
    use=Use.RISK,
    tables=("income_surveys", "monitoring_episodes"),
    policy=(LINE,),
    rule="已消除监测的户,消除之后最近一次采集的人均纯收入低于当年监测线",
    detail=(
        "{eliminated_month:month}消除后,截至{period_end}的人均纯收入{net_per_capita:yuan}元,"
        "低于监测线{monitoring_line:yuan}元",
        "eliminated {eliminated_month:month}: net income per head {net_per_capita:yuan} yuan to {period_end}, line "
        "{monitoring_line:yuan}",
    ),
)
def under_the_line_again(r: Reading) -> pl.LazyFrame:
    """Newest survey of any stage, its window ended after the month of elimination, below the line of its last day.

    Of households whose newest episode is eliminated.
    """
    later = r.newest_surveys.lazy().join(r.over(), on="household_id").filter(pl.col("period_end") > pl.col("ends"))
    return _under_the_line(r, later)


def _under_the_line(r: Reading, surveys: pl.LazyFrame) -> pl.LazyFrame:
    """Surveys below the line in force, where the household lives, on the last day of their window."""
    lined = r.with_numbers(surveys.collect().lazy(), LINE, day="period_end")
    return lined.filter(pl.col("net_per_capita") < pl.col(LINE))
