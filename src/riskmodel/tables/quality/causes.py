"""Checks of the causes that an episode names: the evidence must be in the data."""

from __future__ import annotations

import polars as pl

from riskmodel.policy import Cause
from riskmodel.tables.quality.declaration import Severity, Use, check
from riskmodel.tables.quality.reading import ABLE, Reading, named

AGES = ("age.working_min", "age.working_max")
SIZE_MIN = "check.5_11_029.size_min"
ABLE_SHARE = "check.5_11_029.able_share"
ILL_MONTHS = "check.5_15_020.months"
EPISODE = ["household_id", "episode_no"]


@check(
    "2_11_001",
    "因残但无残疾成员",
    "disability as cause without a disabled member",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("monitoring_episodes", "members"),
    rule="风险原因含因残,但家庭成员均无残疾证(已消除的按消除时的成员)",
    detail=(
        "{identified_month:month}识别,原因含因残,{count}名成员均无残疾证",
        "identified {identified_month:month} for disability; none of {count} members has a certificate",
    ),
)
def disability_without_evidence(r: Reading) -> pl.LazyFrame:
    """Cause `DIS`, no member with a `disability_type`, those who left included.

    Members are those of today; of an eliminated episode, those listed at the end of the month of elimination.
    """
    return _without(r, Cause.DIS, r.members_then.lazy(), pl.col("disability_type").is_not_null())


@check(
    "2_11_006",
    "因务工就业不稳但无劳动力",
    "job risk but no labour",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("monitoring_episodes", "members"),
    policy=AGES,
    rule="风险原因含因务工就业不稳,但无在家庭内的劳动年龄有劳动能力成员(已消除的按消除时的成员)",
    detail=(
        "{identified_month:month}识别,原因含因务工就业不稳,{count}名成员中无劳动年龄内有劳动能力的人",
        "identified {identified_month:month} for unstable work; none of {count} present members can work",
    ),
)
def job_without_labour(r: Reading) -> pl.LazyFrame:
    """Cause `JOB`, no present member of working age with labour skilled, ordinary or weak.

    Members as for 2_11_001. No finding where the labour of a member of working age is not known.
    """
    present = r.members_then.lazy().filter(pl.col("leave_reason").is_null())
    working_age = pl.col("age").is_between(pl.col(AGES[0]), pl.col(AGES[1]))
    return _without(r, Cause.JOB, r.with_numbers(present, *AGES), working_age & ABLE)


@check(
    "5_11_029",
    "缺劳动力但半数以上成员能劳动",
    "labour-short but half can work",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("monitoring_episodes", "members"),
    policy=(SIZE_MIN, ABLE_SHARE),
    rule="风险原因含缺劳动力,家庭4人以上,且有劳动能力的成员达到半数(政策参数)",
    detail=(
        "{identified_month:month}识别,原因含缺劳动力,{size}人中{able}人有劳动能力",
        "identified {identified_month:month} for lack of labour; {able} of {size} persons can work",
    ),
)
def labour_short_but_able(r: Reading) -> pl.LazyFrame:
    """Cause `LAB`, household of at least 4, present able members (of any age) at least half of its size.

    Size and members as for 2_11_001.
    """
    able = r.members_then.lazy().filter(pl.col("leave_reason").is_null()).group_by(EPISODE).agg(able=ABLE.sum())
    short = r.episodes.lazy().filter(named(Cause.LAB)).join(_size_then(r), on=EPISODE)
    rows = r.with_numbers(short, SIZE_MIN, ABLE_SHARE).join(able, on=EPISODE)
    enough = pl.col("able") >= pl.col("size") * pl.col(ABLE_SHARE)
    return rows.filter((pl.col("size") >= pl.col(SIZE_MIN)) & enough)


@check(
    "5_15_020",
    "因病但识别前12个月自付费用为零",
    "illness as cause but self-pay 0",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("monitoring_episodes", "medical_settlements"),
    policy=(ILL_MONTHS,),
    rule="风险原因含因病,但识别前12个月(政策参数)至识别当月的医疗自付合计为0",
    detail=(
        "{identified_month:month}识别,原因含因病,{from}以来至当月自付合计为0",
        "identified {identified_month:month} for illness; self-pay since {from} is 0",
    ),
)
def illness_without_cost(r: Reading) -> pl.LazyFrame:
    """Cause `ILL`, sum of `self_pay` of the 12 months before the month of identification and of that month = 0.

    No bill is a cost of 0; but only of months of which the county has received bills.
    """
    first = r.begins("medical_settlements", "service_end")
    ill = r.with_numbers(r.episodes.lazy().filter(named(Cause.ILL)), ILL_MONTHS)
    back = pl.format("-{}mo", pl.col(ILL_MONTHS).cast(pl.Int64))
    spans = ill.with_columns(pl.col("identified_month").dt.offset_by(back).alias("from"))
    covered = spans.filter(pl.col("from") >= pl.lit(first, dtype=pl.Date).dt.month_start())
    bills = r.view.table("medical_settlements").select("household_id", "service_end", "self_pay")
    inside = pl.col("service_end").is_between(pl.col("from"), pl.col("identified_month").dt.month_end())
    paid = bills.filter(pl.col("self_pay") > 0).join(covered, on="household_id").filter(inside)
    return covered.join(paid, on=EPISODE, how="anti")


@check(
    "X_05",
    "因病但无患病成员",
    "illness as cause without a sick member",
    severity=Severity.ERROR,
    use=Use.DATA,
    tables=("monitoring_episodes", "members"),
    rule="风险原因含因病,但家庭成员均无长期慢性病或大病(已消除的按消除时的成员)",
    detail=(
        "{identified_month:month}识别,原因含因病,{count}名成员均无长期慢性病或大病",
        "identified {identified_month:month} for illness; none of {count} members is chronically or seriously ill",
    ),
)
def illness_without_evidence(r: Reading) -> pl.LazyFrame:
    """Cause `ILL`, no member chronically or seriously ill, those who left included.

    Members as for 2_11_001. No finding where the health of a member is not known.
    """
    return _without(r, Cause.ILL, r.members_then.lazy(), pl.col("chronic_illness") | pl.col("major_illness"))


def _without(r: Reading, cause: Cause, members: pl.LazyFrame, evidence: pl.Expr) -> pl.LazyFrame:
    """Episodes that name a cause and of whose listed members none is evidence; `count` members.

    Evidence that is not known for one member leaves the answer open, unless another member is evidence.
    """
    said = members.group_by(EPISODE).agg(found=evidence.any(ignore_nulls=False), count=pl.len())
    return r.episodes.lazy().filter(named(cause)).join(said.filter(~pl.col("found")), on=EPISODE)


def _size_then(r: Reading) -> pl.LazyFrame:
    """Size of each episode's household in its state on the day on which the episode ends."""
    spans = r.episodes.lazy().select(*EPISODE, "ends")
    states = r.view.table("households").select("household_id", "valid_from", "size")
    then = states.join(spans, on="household_id").filter(pl.col("valid_from") <= pl.col("ends"))
    return then.filter(pl.col("valid_from") == pl.col("valid_from").max().over(EPISODE)).select(*EPISODE, "size")
