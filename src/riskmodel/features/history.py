"""What happened before: exit from poverty, earlier monitoring, and how old our information is."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count, everyone
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Background, Category, Cause

CAUSES = [f"cause_{number}" for number in range(1, 6)]
CAUSE_BIT = {cause.value: 1 << place for place, cause in enumerate(Cause)}
"""A set of causes is a whole number, so that two sets are compared at once."""


@feature("是否脱贫户", "left poverty", unit="是否", group=Background.HISTORY, risk=Direction.FREE)
def ex_poor(_: Facts) -> pl.Expr:
    """1 for a household that left poverty, with or without policy in force; 0 for an ordinary rural household."""
    return (pl.col("category") != Category.ORDINARY.value).cast(pl.Int64)


@feature("脱贫后月数", "months since exit from poverty", unit="月", group=Background.HISTORY, risk=Direction.FREE)
def months_since_exit(h: Facts) -> pl.Expr:
    """Complete months from the end of the year of exit, 0 within that year; missing for ordinary households."""
    january = (pl.col("exit_year") + 1) * 12 + 1
    return (h.moment.open_number - january).clip(lower_bound=0)


@feature("被纳入监测次数", "monitoring episodes so far", unit="次", group=Background.HISTORY, risk=Direction.UP)
def past_episodes(h: Facts) -> pl.Expr:
    """Monitoring episodes known by the as-of date, an open one included; 0 where none is known.

    Those of the households it came from (split, moved within the county) before that day are counted too.
    """
    return h.episodes("all", everyone()).fill_null(0)


@feature(
    "距上次风险消除月数", "months since the last elimination", unit="月", group=Background.HISTORY, risk=Direction.FREE
)
def months_since_elimination(h: Facts) -> pl.Expr:
    """Complete months since the month of the newest elimination of a risk, itself included; 0 = the running month.

    Missing where none was eliminated.
    """
    return h.moment.complete_months_since(h.episodes("eliminated", _ended(h, pl.col("eliminated_month")).max()))


@feature("经帮扶消除风险次数", "risks eliminated by help", unit="次", group=Background.HISTORY, risk=Direction.FREE)
def eliminated_by_help(h: Facts) -> pl.Expr:
    """Monitoring episodes whose risk was eliminated by help, by the as-of date; 0 where none is known."""
    by_help = _ended(h, pl.col("elimination_mode")) == "by_help"
    return h.episodes("by_help", count(by_help)).fill_null(0)


@feature(
    "因病因残被纳入监测次数",
    "episodes for illness or disability",
    unit="次",
    group=Background.HISTORY,
    risk=Direction.UP,
)
def episodes_for_illness(h: Facts) -> pl.Expr:
    """Monitoring episodes so far with illness or disability among the causes (`ILL`, `DIS`); 0 where none is known."""
    return _caused(h, "ILL", "DIS")


@feature(
    "务工就业不稳或产业失败被纳入监测次数",
    "episodes for unstable work or failed business",
    unit="次",
    group=Background.HISTORY,
    risk=Direction.UP,
)
def episodes_for_work(h: Facts) -> pl.Expr:
    """Monitoring episodes so far with unstable work or failed business (`JOB`, `IND`) as a cause; 0 if none known."""
    return _caused(h, "JOB", "IND")


@feature(
    "缺劳动力被纳入监测次数", "episodes for lack of labour", unit="次", group=Background.HISTORY, risk=Direction.UP
)
def episodes_for_labour(h: Facts) -> pl.Expr:
    """Monitoring episodes so far with lack of labour among the causes (`LAB`); 0 where none is known."""
    return _caused(h, "LAB")


@feature("因学被纳入监测次数", "episodes for schooling costs", unit="次", group=Background.HISTORY, risk=Direction.UP)
def episodes_for_schooling(h: Facts) -> pl.Expr:
    """Monitoring episodes so far with schooling costs among the causes (`EDU`); 0 where none is known."""
    return _caused(h, "EDU")


@feature(
    "因灾害或意外事故被纳入监测次数",
    "episodes for disaster or accident",
    unit="次",
    group=Background.HISTORY,
    risk=Direction.UP,
)
def episodes_for_disaster(h: Facts) -> pl.Expr:
    """Monitoring episodes so far with disaster or accident among the causes (`NAT`, `ACC`); 0 where none is known."""
    return _caused(h, "NAT", "ACC")


@feature(
    "最近一次收入核查距今天数", "age of the newest income survey", unit="天", group=Background.DATA, risk=Direction.FREE
)
def survey_age_days(h: Facts) -> pl.Expr:
    """Days from the last day of the newest survey's 12 months to the as-of date."""
    return h.moment.days_since(h.survey("period_end"))


@feature(
    "近6个月有收入记录月数",
    "months with income rows in 6 months",
    unit="月",
    group=Background.DATA,
    risk=Direction.FREE,
)
def income_months_6m(h: Facts) -> pl.Expr:
    """How many of the last 6 complete months have an income row; 0 where none is known."""
    return h.months_with_income(1, 6).fill_null(0)


def causes_written(h: Facts) -> pl.Expr:
    """The causes of each episode as a set, see `CAUSE_BIT`."""
    first, *others = (pl.col(cause).replace_strict(CAUSE_BIT, default=0, return_dtype=pl.Int64) for cause in CAUSES)
    for cause in others:
        first = first | cause
    return h.per_row("episodes", first)


def _caused(h: Facts, *codes: str) -> pl.Expr:
    among = (causes_written(h) & sum(CAUSE_BIT[code] for code in codes)) != 0
    return h.episodes("for_" + "_".join(codes), count(among)).fill_null(0)


def _ended(h: Facts, fact: pl.Expr) -> pl.Expr:
    """The fact of the episodes that were eliminated by the as-of date."""
    return pl.when(pl.col("eliminated_month") <= pl.lit(h.moment.as_of)).then(fact)
