"""Disasters, accidents and failed business: what happened, what it cost, and what nobody paid for.

Windows are complete months and the days since. A household without any shock on record in a window is missing there,
unless full lists cover it: of natural disasters only, for these are what the emergency department registers; accidents
and failed business are reported by the police, insurers and villages, of which a list of disasters says nothing. A loss
that is not known does not count.
"""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count_of, only, total_of
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.features.windows import SHOCK_MONTHS
from riskmodel.policy import Cause, ShockKind

ECONOMIC_KINDS = [ShockKind.MARKET_FALL.value, ShockKind.PROJECT_FAILURE.value]
NATURAL = pl.col("kind").is_in([kind.value for kind in ShockKind if kind.natural])
ECONOMIC = pl.col("kind").is_in(ECONOMIC_KINDS)
ACCIDENT = ~NATURAL & ~ECONOMIC
KINDS = {"disaster": NATURAL, "accident": ACCIDENT, "business": ECONOMIC}
REPORTED_BY_POLICE = pl.col("kind").is_in([ShockKind.TRAFFIC.value, ShockKind.CRIME_VICTIM.value])
RECENT = pl.col("days_ago") < 90

HALF_LIFE_MONTHS = 12
# whole weights, so that the sum does not depend on the order of rows
FULL_WEIGHT = 4096
WEIGHTS = {m: round(FULL_WEIGHT * 0.5 ** (m / HALF_LIFE_MONTHS)) for m in range(SHOCK_MONTHS + 1)}


@feature("近12个月自然灾害次数", "natural disasters in 12 months", unit="次", group=Cause.NAT, risk=Direction.UP)
def disasters_12m(h: Facts) -> pl.Expr:
    """Natural disasters that hit the household in the last 12 complete months and the days since."""
    return h.disasters("disasters", lambda inside: count_of(NATURAL, inside), 12)


@feature("近12个月意外事故次数", "accidents in 12 months", unit="次", group=Cause.ACC, risk=Direction.UP)
def accidents_12m(h: Facts) -> pl.Expr:
    """Fires, traffic accidents, work injuries, crimes and other accidents, last 12 complete months and since."""
    return h.shocks("accidents", lambda inside: count_of(ACCIDENT, inside), 12)


@feature("近12个月经营受挫次数", "business shocks in 12 months", unit="次", group=Cause.IND, risk=Direction.UP)
def business_shocks_12m(h: Facts) -> pl.Expr:
    """Falls of prices, lack of buyers and failed projects in the last 12 complete months and the days since."""
    return h.shocks("economic", lambda inside: count_of(ECONOMIC, inside), 12)


@feature(
    "近12个月自然灾害损失占纯收入比",
    "loss by disasters of 12 months over net income",
    unit="比例",
    group=Cause.NAT,
    risk=Direction.UP,
)
def disaster_losses_to_income_12m(h: Facts) -> pl.Expr:
    """Losses by natural disasters, last 12 complete months and since, over net income of the newest survey."""
    return h.over(losses(h, "disaster", 12), h.survey("net_total"))


@feature(
    "近36个月自然灾害损失占纯收入比",
    "loss by disasters of 36 months over net income",
    unit="比例",
    group=Cause.NAT,
    risk=Direction.UP,
)
def disaster_losses_to_income_36m(h: Facts) -> pl.Expr:
    """Losses by natural disasters, last 36 complete months and since, over net income of the newest survey."""
    return h.over(losses(h, "disaster", 36), h.survey("net_total"))


@feature(
    "人均自然灾害损失(随时间递减)与监测线之比",
    "loss by disasters fading with time per head over the line",
    unit="倍",
    group=Cause.NAT,
    risk=Direction.UP,
    ratio=True,
)
def faded_disaster_losses_to_line(h: Facts) -> pl.Expr:
    """Losses by natural disasters of 36 months, each halved for every 12 complete months since, per head.

    Over the line. The weight of a month is a whole number of 4096ths.
    """
    return _faded_to_line(h, "disaster")


@feature(
    "近12个月未获赔自然灾害损失占纯收入比",
    "loss by disasters of 12 months not insured over net income",
    unit="比例",
    group=Cause.NAT,
    risk=Direction.UP,
)
def unpaid_disaster_losses_to_income_12m(h: Facts) -> pl.Expr:
    """Losses by natural disasters less the claims paid for each, last 12 complete months and since.

    Over net income of the newest survey. A claim that is not on record counts as none; none goes below 0.
    """
    return h.over(unpaid_losses(h), h.survey("net_total"))


@feature(
    "近12个月意外事故损失占纯收入比",
    "loss by accidents of 12 months over net income",
    unit="比例",
    group=Cause.ACC,
    risk=Direction.UP,
)
def accident_losses_to_income_12m(h: Facts) -> pl.Expr:
    """Losses by accidents, last 12 complete months and since, over net income of the newest survey."""
    return h.over(losses(h, "accident", 12), h.survey("net_total"))


@feature(
    "人均意外事故损失(随时间递减)与监测线之比",
    "loss by accidents fading with time per head over the line",
    unit="倍",
    group=Cause.ACC,
    risk=Direction.UP,
    ratio=True,
)
def faded_accident_losses_to_line(h: Facts) -> pl.Expr:
    """Losses by accidents of 36 months, each halved for every 12 complete months since, per head, over the line."""
    return _faded_to_line(h, "accident")


@feature(
    "近12个月经营受挫损失占纯收入比",
    "business loss of 12 months over net income",
    unit="比例",
    group=Cause.IND,
    risk=Direction.UP,
)
def business_losses_to_income_12m(h: Facts) -> pl.Expr:
    """Losses by falls of prices, no buyers and failed projects, last 12 complete months and since, over net income."""
    return h.over(losses(h, "business", 12), h.survey("net_total"))


@feature(
    "近36个月因灾因事故伤亡人数",
    "members killed or injured in 36 months",
    unit="人",
    group=Cause.ACC,
    risk=Direction.UP,
)
def hurt_members_36m(h: Facts) -> pl.Expr:
    """Members killed, injured or disabled by shocks of the last 36 complete months and since. Missing if never said."""
    hurt = pl.sum_horizontal("deaths", "injured", ignore_nulls=True).cast(pl.Int64)
    said = pl.col("deaths").is_not_null() | pl.col("injured").is_not_null()
    return h.shocks("hurt", lambda inside: total_of(hurt, inside & said), SHOCK_MONTHS)


@feature("近90天自然灾害次数", "natural disasters in 90 days", unit="次", group=Cause.NAT, risk=Direction.UP)
def disasters_90d(h: Facts) -> pl.Expr:
    """Natural disasters in the last 90 days. Missing without any shock on record in the last 12 months."""
    return h.disasters("recent_disasters", lambda inside: count_of(NATURAL & RECENT, inside), 12)


@feature(
    "近90天交通事故和受害案件次数",
    "traffic accidents and crimes in 90 days",
    unit="次",
    group=Cause.ACC,
    risk=Direction.UP,
)
def accidents_90d(h: Facts) -> pl.Expr:
    """Traffic accidents and crimes suffered in the last 90 days. Missing without any shock in the last 12 months."""
    return h.shocks("recent_accidents", lambda inside: count_of(REPORTED_BY_POLICE & RECENT, inside), 12)


def losses(h: Facts, of: str, oldest: int) -> pl.Expr:
    """Losses by the shocks of a kind (a key of `KINDS`) in the last complete months and since, fen."""
    asked = h.disasters if of == "disaster" else h.shocks
    return asked(f"{of}_loss", lambda inside: total_of(only(KINDS[of], pl.col("loss")), inside), oldest)


def unpaid_losses(h: Facts) -> pl.Expr:
    """Losses by natural disasters less the claims paid for each, last 12 complete months and since, fen."""
    left = (pl.col("loss") - pl.col("claim_paid").fill_null(0)).clip(lower_bound=0)
    return h.disasters("unpaid", lambda inside: total_of(only(NATURAL, left), inside), 12)


def _faded_to_line(h: Facts, of: str) -> pl.Expr:
    weight = pl.col("months_ago").replace_strict(WEIGHTS, default=0, return_dtype=pl.Int64)
    lost = only(KINDS[of], pl.col("loss") * weight)
    asked = h.disasters if of == "disaster" else h.shocks
    weighed = asked(f"{of}_faded", lambda inside: total_of(lost, inside), SHOCK_MONTHS)
    return h.over(weighed, pl.col("size") * h.line() * FULL_WEIGHT)
