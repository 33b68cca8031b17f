"""Income: monthly payments, surveys of the whole year, and work."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import IncomeComponent, Place, Sector, Source, SurveyStage
from riskmodel.tables.column import code, date, flag, identifier, month, whole, yuan
from riskmodel.tables.table import (
    ONE_YUAN,
    Canonical,
    Kind,
    RowRule,
    Subject,
    Table,
    known_on_or_after,
    rule,
)


class Incomes(Canonical):
    """One row per household, month and component: what the county is told of; not a complete income."""

    household_id = identifier("H", "户编号")
    month = month("月份", "发放月份")
    component = code(IncomeComponent, "收入项目", "补贴项目", note="block = prefix: wage_, op_, cost_, prop_, tr_")
    amount = yuan("金额", sensitive=True, note="costs are positive too")

    D09 = known_on_or_after("month")


class IncomeSurveys(Canonical):
    """One row per household, policy year and occasion: the income of 12 months."""

    household_id = identifier("H", "户编号")
    year = whole("年度", note="policy year, 2014-2100; research panels of the statistics office from 1990")
    stage = code(SurveyStage, "采集环节")
    period_end = date("收入截止日期", note="last day of the 12-month window")
    persons = whole("家庭人口数", least=1, most=30, note="the divisor")
    wage = yuan("工资性收入", sensitive=True)
    wage_public_post = yuan("公益岗位收入", "其中公益岗", nullable=True, sensitive=True, note="part of wage")
    business = yuan("生产经营性收入", sensitive=True)
    business_cost = yuan("生产经营性支出", sensitive=True)
    property = yuan("财产性收入", sensitive=True)
    transfer = yuan("转移性收入", sensitive=True)
    transfer_assistance = yuan(
        "低保金和特困供养金", "其中低保特困", nullable=True, sensitive=True, note="part of transfer"
    )
    transfer_pension = yuan("养老保险金", "其中养老金", nullable=True, sensitive=True, note="part of transfer")
    claims = yuan("家庭理赔收入", nullable=True, sensitive=True, note="not in net_total")
    compliant_self_pay = yuan("合规自付支出", nullable=True, sensitive=True, note="not in net_total")
    net_total = yuan("家庭纯收入", signed=True, sensitive=True, note="as reported")
    net_per_capita = yuan("家庭人均纯收入", signed=True, sensitive=True, note="as reported")
    reference_per_capita = yuan(
        "纳入监测对象的人均收入参考范围",
        signed=True,
        nullable=True,
        sensitive=True,
        note="as reported",
    )

    # The registers of poor households began in 2014. Panels of the statistics office are older and serve research:
    # theirs may go back to 1990.
    year_range = rule(
        ("year", "source"),
        "year must be 2014-2100 (from 1990 for source stats)",
        "年度须为2014-2100(统计部门数据自1990年起)",
        pl.col("year").is_between(2014, 2100)
        | ((pl.col("source") == Source.STATS.value) & pl.col("year").is_between(1990, 2100)),
    )
    S06 = rule(
        ("wage_public_post", "wage", "transfer_assistance", "transfer_pension", "transfer"),
        "a part must not exceed its whole: wage_public_post of wage, "
        "transfer_assistance + transfer_pension of transfer",
        "公益岗位收入不得大于工资性收入,低保特困金与养老金之和不得大于转移性收入",
        (pl.col("wage_public_post") <= pl.col("wage") + ONE_YUAN)
        & (pl.col("transfer_assistance") + pl.col("transfer_pension") <= pl.col("transfer") + ONE_YUAN),
    )
    D09 = known_on_or_after(
        "period_end", early=pl.col("stage") == SurveyStage.ANNUAL.value, unless=("stage is annual", "年度采集除外")
    )


class Employment(Canonical):
    """One row per person and month; two jobs: the better-paid one, with the sum of the wages."""

    person_id = identifier("P", "证件号码", "身份证号")
    household_id = identifier("H", "户编号")
    month = month("月份", "监测月份")
    employed = flag("是否务工")
    place = code(Place, "务工地点", nullable=True)
    sector = code(Sector, "行业", "务工行业", nullable=True)
    wage = yuan("月工资", "月收入", nullable=True, sensitive=True, note="of that month, all jobs")
    public_post = flag("是否公益岗", nullable=True)
    public_post_until = date("公益岗到期日期", nullable=True)
    wants_work = flag("是否有就业意愿", nullable=True)

    D09 = known_on_or_after("month")


INCOMES: Final = Table(
    name="incomes",
    title="月度收入",
    purpose="early income signal",
    schema=Incomes,
    kind=Kind.PERIOD,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "month", "component"),
    event="month",
    sources=(Source.FINANCE, Source.HRSS, Source.VILLAGE),
    history_days=40,
    note="what the county receives monthly; not a complete income",
)

_WITHIN_PER_PERSON: Final = ONE_YUAN * pl.col("persons")
_NET: Final = pl.col("wage") + pl.col("business") + pl.col("property") + pl.col("transfer") - pl.col("business_cost")
_REFERENCE: Final = pl.col("net_total") + pl.col("claims").fill_null(0) - pl.col("compliant_self_pay").fill_null(0)


def _per_head(amount: pl.Expr) -> pl.Expr:
    """An amount per person in whole fen, half up."""
    return (2 * amount + pl.col("persons")) // (2 * pl.col("persons"))


INCOME_SURVEYS: Final = Table(
    name="income_surveys",
    title="收入采集",
    purpose="distance to the line",
    schema=IncomeSurveys,
    kind=Kind.PERIOD,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "year", "stage"),
    event="period_end",
    sources=(Source.AGRI, Source.VILLAGE),
    history_days=365,
    early_ok=True,
    # Compared without dividing, so that whole fen stay exact.
    warnings={
        "S03": RowRule(
            ("net_total", "wage", "business", "property", "transfer", "business_cost"),
            "net_total should be wage + business + property + transfer - business_cost",
            "家庭纯收入应等于四项收入之和减去生产经营性支出",
            (_NET - pl.col("net_total")).abs() <= ONE_YUAN,
        ),
        "S04": RowRule(
            ("net_per_capita", "net_total", "persons"),
            "net_per_capita should be net_total / persons",
            "家庭人均纯收入应等于家庭纯收入除以人口数",
            (pl.col("net_per_capita") * pl.col("persons") - pl.col("net_total")).abs() <= _WITHIN_PER_PERSON,
        ),
        "S05": RowRule(
            ("reference_per_capita", "net_total", "claims", "compliant_self_pay", "persons"),
            "reference_per_capita should be (net_total + claims - compliant_self_pay) / persons",
            "收入参考范围应等于(家庭纯收入+理赔收入-合规自付支出)除以人口数",
            (pl.col("reference_per_capita") * pl.col("persons") - _REFERENCE).abs() <= _WITHIN_PER_PERSON,
        ),
    },
    follows={
        "net_total": _NET,
        "net_per_capita": _per_head(pl.col("net_total")),
        "reference_per_capita": _per_head(_REFERENCE),
    },
    note="collected about October-December; a second identification in a year is a new version",
)

EMPLOYMENT: Final = Table(
    name="employment",
    title="务工就业",
    purpose="work, wage, public-benefit posts",
    schema=Employment,
    kind=Kind.PERIOD,
    subject=Subject.PERSON,
    key=("person_id", "month"),
    event="month",
    sources=(Source.HRSS, Source.VILLAGE),
    history_days=40,
    note="two jobs: the better-paid one, wage = sum",
)
