"""Checks of the help given: whether there is any, and whether it fits the risk."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import Cause, EliminationMode, Measure
from riskmodel.tables.quality.declaration import Severity, Use, check
from riskmodel.tables.quality.reading import ABLE, Reading, named

AGES = ("age.working_min", "age.working_max")
WORK_MONTHS = "check.4_11_014.months"
FIRST_MEASURE = "deadline.first_measure_flag"
DEVELOPMENT_MONTHS = "check.5_12_007.months"
DEVELOPMENT: Final = tuple(measure for measure in Measure if measure.development)


@check(
    "1_11_009",
    "帮扶消除但没有帮扶措施",
    "eliminated 'by help' without help",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("monitoring_episodes", "measures"),
    rule="消除方式为帮扶消除,但识别月份至消除月份之间没有已落实的帮扶措施",
    detail=(
        "{identified_month:month}至{eliminated_month:month}监测,帮扶消除,期间无已落实措施",
        "eliminated by help {eliminated_month:month}, no delivered measure since {identified_month:month}",
    ),
)
def ended_by_help_without_help(r: Reading) -> pl.LazyFrame:
    """Mode `by_help`, no delivered measure that ran on a day between the two months, both included.

    Measures count from the month of the county's first one: an episode that is older is not asked for them.
    """
    first = r.begins("measures", "started_on")
    helped = r.eliminated().filter(
        (pl.col("elimination_mode") == EliminationMode.BY_HELP.value)
        & (pl.col("identified_month") >= pl.lit(first, dtype=pl.Date).dt.month_start())
    )
    given = r.view.table("measures").filter("delivered").select("household_id", "started_on", "ended_on")
    ran = (pl.col("started_on") <= pl.col("ends")) & _not_over_before(pl.col("identified_month"))
    return helped.join(given.join(helped, on="household_id").filter(ran), on=["household_id", "episode_no"], how="anti")


@check(
    "4_11_014",
    "有就业帮扶但无人务工",
    "work measure but nobody works",
    severity=Severity.WARNING,
    use=Use.DATA,
    tables=("measures", "employment", "members"),
    policy=(WORK_MONTHS,),
    rule="正在实施就业帮扶,但最近3个有务工数据的月份(政策参数)无成员务工",
    detail=(
        "正在实施就业帮扶,{from:month}至{to:month}有数据的{known}个月均无成员务工",
        "employment measure running; no member at work in the {known} known months {from:month} to {to:month}",
    ),
)
def work_measure_without_work(r: Reading) -> pl.LazyFrame:
    """Running `employment` measure, no present member employed in the last 3 months of which the household has rows.

    No finding where fewer months are known.
    """
    helped = _running(r).filter(pl.col("measure") == Measure.EMPLOYMENT.value).select("household_id").unique()
    members = r.present.lazy().join(helped, on="household_id", how="semi")
    who = r.with_numbers(members, WORK_MONTHS).select("person_id", "household_id", WORK_MONTHS)
    rows = (
        r.view.table("employment").filter(pl.col("month") <= pl.lit(r.as_of)).select("person_id", "month", "employed")
    )
    place = pl.col("month").rank("dense", descending=True).over("household_id")
    newest = rows.join(who, on="person_id").filter(place <= pl.col(WORK_MONTHS))
    month = pl.col("month")
    told = newest.group_by("household_id", WORK_MONTHS).agg(
        pl.col("employed").any(), known=month.n_unique(), **{"from": month.min(), "to": month.max()}
    )
    return told.filter(~pl.col("employed") & (pl.col("known") >= pl.col(WORK_MONTHS)))


@check(
    "5_11_032",
    "有劳动力但只有综合保障",
    "able household with only social security",
    severity=Severity.ERROR,
    use=Use.COMPLIANCE,
    tables=("monitoring_episodes", "members", "measures"),
    policy=AGES,
    rule="监测中且有劳动力的户,正在实施的措施只有综合保障",
    detail=(
        "{identified_month:month}识别,有劳动力,在享{count}项措施全部为综合保障",
        "identified {identified_month:month}, has labour; all {count} running measures are social security",
    ),
)
def only_social_security(r: Reading) -> pl.LazyFrame:
    """Open, has labour, at least one running measure, and all running ones are `social_security`.

    Has labour: a present member of working age with labour skilled, ordinary or weak.
    """
    only = (pl.col("measure") == Measure.SOCIAL_SECURITY.value).all()
    running = _running(r).group_by("household_id").agg(only=only, count=pl.len())
    return _with_labour(r, r.open()).join(running.filter("only"), on="household_id")


@check(
    "5_12_007",
    "有劳动力但无开发式帮扶措施",
    "no development measure",
    severity=Severity.ERROR,
    use=Use.COMPLIANCE,
    tables=("monitoring_episodes", "members", "measures"),
    policy=(*AGES, DEVELOPMENT_MONTHS),
    rule="识别满6个月(政策参数)仍在监测且有劳动力的户,没有产业、就业、金融、公益岗位措施",
    detail=(
        "{identified_month:month}识别,已满{waited}个月,有劳动力但无开发式帮扶措施",
        "identified {identified_month:month}, {waited} full months ago; has labour, no development measure",
    ),
)
def no_development_measure(r: Reading) -> pl.LazyFrame:
    """Open for at least 6 complete months, has labour, no `industry`, `employment`, `finance` or `public_post` measure.

    A measure that ended before the month of identification does not count; a planned one does.
    """
    waited = r.with_numbers(r.open(), DEVELOPMENT_MONTHS).filter(pl.col("waited") >= pl.col(DEVELOPMENT_MONTHS))
    return _with_labour(r, _without(r, waited, *DEVELOPMENT))


@check(
    "5_18_006",
    "有饮水风险但无饮水措施",
    "water risk, no measure",
    severity=Severity.ERROR,
    use=Use.COMPLIANCE,
    tables=("monitoring_episodes", "measures"),
    rule="监测中的户风险原因含因安全饮水,但没有饮水安全措施",
    detail=(
        "{identified_month:month}识别,原因含因安全饮水,无饮水安全措施",
        "identified {identified_month:month} for unsafe water, no water measure",
    ),
)
def water_risk_without_measure(r: Reading) -> pl.LazyFrame:
    """Open, cause `WAT`, no `water` measure; measures as for 5_12_007."""
    return _without(r, r.open().filter(named(Cause.WAT)), Measure.WATER)


@check(
    "X_01",
    "识别满1个月无帮扶措施",
    "no measure after a month",
    severity=Severity.ERROR,
    use=Use.COMPLIANCE,
    tables=("monitoring_episodes", "measures"),
    policy=(FIRST_MEASURE,),
    rule="识别满1个月(政策参数)仍在监测的户没有任何帮扶措施",
    detail=(
        "{identified_month:month}识别,已满{waited}个月,无任何帮扶措施",
        "identified {identified_month:month}, {waited} full month(s) ago; no measure at all",
    ),
)
def no_measure(r: Reading) -> pl.LazyFrame:
    """Open for at least one complete month, no measure; measures as for 5_12_007."""
    waited = r.with_numbers(r.open(), FIRST_MEASURE).filter(pl.col("waited") >= pl.col(FIRST_MEASURE))
    return _without(r, waited, *Measure)


@check(
    "X_03",
    "有住房风险但无住房措施",
    "housing risk, no measure",
    severity=Severity.ERROR,
    use=Use.COMPLIANCE,
    tables=("monitoring_episodes", "measures"),
    rule="监测中的户风险原因含因安全住房,但没有住房安全或搬迁措施",
    detail=(
        "{identified_month:month}识别,原因含因安全住房,无住房安全或搬迁措施",
        "identified {identified_month:month} for unsafe housing, no housing measure or relocation",
    ),
)
def housing_risk_without_measure(r: Reading) -> pl.LazyFrame:
    """Open, cause `HOU`, no `housing` or `relocation` measure; measures as for 5_12_007."""
    return _without(r, r.open().filter(named(Cause.HOU)), Measure.HOUSING, Measure.RELOCATION)


def _running(r: Reading) -> pl.LazyFrame:
    """Measures that run on the as-of date: delivered, begun, not ended before it."""
    begun = pl.col("delivered") & (pl.col("started_on") <= pl.lit(r.as_of))
    return r.view.table("measures").filter(begun & _not_over_before(pl.lit(r.as_of)))


def _without(r: Reading, episodes: pl.LazyFrame, *kinds: Measure) -> pl.LazyFrame:
    """Open episodes without a measure of these kinds; none where the county never received a measure."""
    if r.begins("measures", "started_on") is None:
        return episodes.clear()
    given = r.view.table("measures").filter(pl.col("measure").is_in([kind.value for kind in kinds]))
    since = r.open().select("household_id", "identified_month")
    mine = given.join(since, on="household_id").filter(_not_over_before(pl.col("identified_month")))
    return episodes.join(mine, on="household_id", how="anti")


def _with_labour(r: Reading, episodes: pl.LazyFrame) -> pl.LazyFrame:
    """Open episodes of households with a present member of working age who is able."""
    members = r.present.lazy().join(r.open(), on="household_id", how="semi")
    working_age = pl.col("age").is_between(pl.col(AGES[0]), pl.col(AGES[1]))
    return episodes.join(r.with_numbers(members, *AGES).filter(working_age & ABLE), on="household_id", how="semi")


def _not_over_before(day: pl.Expr) -> pl.Expr:
    """Whether a measure still ran, or was planned, on a day."""
    return pl.col("ended_on").is_null() | (pl.col("ended_on") >= day)
