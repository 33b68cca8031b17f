"""Medical bills: what insurance and aid left to the household, where it was treated, and what departments warn of.

A household without any bill in a window is missing there, unless the full lists of the medical insurance cover the
whole window; then it has 0.
"""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count_of, largest_of, only, total_of
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Between, Direction, feature
from riskmodel.policy import Category, Cause

SELF_PAY = pl.col("self_pay")
STAY = pl.col("visit_type") == "inpatient"
SPECIAL = pl.col("visit_type") == "outpatient_special"


@feature(
    "近12个月自付医疗支出占纯收入比",
    "medical self-pay of 12 months over net income",
    unit="比例",
    group=Cause.ILL,
    risk=Direction.UP,
)
def bills_to_income_12m(h: Facts) -> pl.Expr:
    """Self-pay of the bills of the last 12 complete months over the net income of the newest survey."""
    return h.over(self_pay(h, 1, 12), h.survey("net_total"))


@feature(
    "近3个月自付医疗支出占纯收入比",
    "medical self-pay of 3 months over net income",
    unit="比例",
    group=Cause.ILL,
    risk=Direction.UP,
)
def bills_to_income_3m(h: Facts) -> pl.Expr:
    """Self-pay of the bills of the last 3 complete months over the net income of a year, newest survey."""
    return h.over(self_pay(h, 1, 3), h.survey("net_total"))


@feature(
    "近12个月人均自付医疗支出与监测线之比",
    "medical self-pay of 12 months per head over the line",
    unit="倍",
    group=Cause.ILL,
    risk=Direction.UP,
    ratio=True,
)
def bills_to_line_12m(h: Facts) -> pl.Expr:
    """Self-pay of the bills of the last 12 complete months per head of the household over the line."""
    return h.over(self_pay(h, 1, 12), pl.col("size") * h.line())


@feature(
    "近3个月人均自付医疗支出与监测线之比",
    "medical self-pay of 3 months per head over the line",
    unit="倍",
    group=Cause.ILL,
    risk=Direction.UP,
    ratio=True,
)
def bills_to_line_3m(h: Facts) -> pl.Expr:
    """Self-pay of the bills of the last 3 complete months per head of the household over the line of a year."""
    return h.over(self_pay(h, 1, 3), pl.col("size") * h.line())


@feature(
    "近12个月单次最高自付（人均）与监测线之比",
    "largest medical self-pay of 12 months per head over the line",
    unit="倍",
    group=Cause.ILL,
    risk=Direction.UP,
    ratio=True,
)
def largest_bill_to_line(h: Facts) -> pl.Expr:
    """Largest self-pay of one bill of the last 12 complete months per head of the household over the line."""
    return h.over(largest_bill(h), pl.col("size") * h.line())


@feature(
    "近12个月医疗费用自付占比",
    "share of medical cost of 12 months paid by the household",
    unit="比例",
    group=Cause.ILL,
    risk=Direction.UP,
)
def bills_self_pay_share(h: Facts) -> pl.Expr:
    """Self-pay over the total cost of the bills of the last 12 complete months: what insurance and aid left."""
    return h.over(self_pay(h, 1, 12), h.bills("cost", lambda inside: total_of(pl.col("total_cost"), inside), 1, 12))


@feature(
    "近12个月目录外自付（人均）与监测线之比",
    "self-pay of 12 months outside the catalogue per head over the line",
    unit="倍",
    group=Cause.ILL,
    risk=Direction.UP,
    ratio=True,
)
def bills_outside_catalogue_to_line(h: Facts) -> pl.Expr:
    """Self-pay beyond its compliant part per head of the household over the line.

    Bills of the last 12 complete months of which the compliant part is known.
    """
    outside = SELF_PAY - pl.col("compliant_self_pay")
    beyond = h.bills("outside_catalogue", lambda inside: total_of(outside, inside), 1, 12)
    return h.over(beyond, pl.col("size") * h.line())


@feature(
    "近12个月县域内住院占比",
    "share of inpatient stays of 12 months in the county",
    unit="比例",
    group=Cause.ILL,
    risk=Direction.FREE,
    evidence=Between(below=1),
)
def stays_in_county_share(h: Facts) -> pl.Expr:
    """Inpatient stays in the county over all stays of known place that ended in the last 12 complete months."""
    stay, in_county = h.per_row("bills", STAY), pl.col("in_county")
    placed = stay & in_county.is_not_null()
    near = h.bills("near", lambda inside: count_of(stay & in_county, inside), 1, 12)
    return h.over(near, h.bills("placed", lambda inside: count_of(placed, inside), 1, 12))


@feature("近12个月住院次数", "inpatient stays in 12 months", unit="次", group=Cause.ILL, risk=Direction.UP)
def stays_12m(h: Facts) -> pl.Expr:
    """Inpatient stays that ended in the last 12 complete months. Missing without any bill in them."""
    return h.bills("stays", lambda inside: count_of(h.per_row("bills", STAY), inside), 1, 12)


@feature(
    "近12个月门诊慢特病就诊月数",
    "months with bills for chronic or special disease in 12 months",
    unit="月",
    group=Cause.ILL,
    risk=Direction.UP,
)
def special_outpatient_months_12m(h: Facts) -> pl.Expr:
    """How many of the last 12 complete months have an outpatient bill for a chronic or special disease (门诊慢特病).

    Missing without any bill in them.
    """
    months = pl.col("months_ago")
    return h.bills(
        "special",
        lambda inside: pl.when(inside.any()).then(months.filter(inside & SPECIAL).n_unique().cast(pl.Int64)),
        1,
        12,
    )


@feature(
    "最近一次住院距今月数",
    "months since the newest inpatient stay",
    unit="月",
    group=Cause.ILL,
    risk=Direction.FREE,
    evidence=Between(),
)
def months_since_stay(h: Facts) -> pl.Expr:
    """Complete months since the month of the newest inpatient stay of the last 24, itself included; 1 = last month."""
    return h.newest_bill("stay", h.per_row("bills", STAY))


@feature(
    "年度累计自付与医保预警线之比",
    "self-pay of the year over the warning threshold",
    unit="倍",
    group=Cause.ILL,
    risk=Direction.UP,
    ratio=True,
)
def bills_to_warning(h: Facts) -> pl.Expr:
    """Self-pay of the complete months of this year over the threshold from which the medical insurance warns.

    Households that left poverty: inpatient self-pay, `TW_MED_YTD.registered`; others: all self-pay,
    `TW_MED_YTD.other`. Missing where that threshold is not set. Right after a December: of the year that ended.
    """
    registered = h.over(_stays_of_year(h), h.warning("TW_MED_YTD.registered"))
    other = h.over(self_pay_of_year(h), h.warning("TW_MED_YTD.other"))
    return _by_kind(registered, other)


@feature(
    "近3个月单次住院自付与预警线之比",
    "self-pay of one stay in 3 months over the warning threshold",
    unit="倍",
    group=Cause.ILL,
    risk=Direction.UP,
    ratio=True,
)
def stay_to_warning(h: Facts) -> pl.Expr:
    """Largest self-pay of one inpatient stay of the last 3 complete months over the threshold of the exchange rule.

    `TW_MED_STAY.monitored` for a household with an open monitoring episode, else `TW_MED_STAY.other`; missing where
    that is not set.
    """
    largest = h.bills("largest_stay", lambda inside: largest_of(_of_a_stay(h), inside), 1, 3)
    monitored = h.episodes("open", pl.col("eliminated_month").is_null().any()).fill_null(value=False)
    by_kind = (h.over(largest, h.warning(f"TW_MED_STAY.{kind}")) for kind in ("monitored", "other"))
    return pl.when(monitored).then(next(by_kind)).otherwise(next(by_kind))


@feature(
    "近3个月门诊慢特病月最高自付与预警线之比",
    "highest self-pay of a month for chronic or special disease in 3 months over the warning threshold",
    unit="倍",
    group=Cause.ILL,
    risk=Direction.UP,
    ratio=True,
)
def special_outpatient_to_warning(h: Facts) -> pl.Expr:
    """Highest self-pay of a month for outpatient chronic or special disease, last 3 complete months, over `TW_MED_OUT`.

    Missing where that threshold is not set.
    """
    paid = h.per_row("bills", only(SPECIAL, SELF_PAY))
    months = [h.bills("special_paid", lambda inside: total_of(paid, inside), m, m) for m in (1, 2, 3)]
    return h.over(pl.max_horizontal(*months), h.warning("TW_MED_OUT"))


@feature(
    "年度累计自付与农村人均可支配收入预警线之比",
    "self-pay of the year over the warning by rural income",
    unit="倍",
    group=Cause.ILL,
    risk=Direction.UP,
    ratio=True,
)
def bills_to_rural_income_warning(h: Facts) -> pl.Expr:
    """Self-pay of the complete months of this year over a multiple of last year's rural disposable income per head.

    The multiple is `TW_MED_REL.ex_poor` for households that left poverty, else `TW_MED_REL.other`. Missing where the
    multiple or the income is not set.
    """
    paid, income = self_pay_of_year(h), h.rural_income()
    # a warning is counted in fen of its yuan; the ratio is a pure number
    registered, other = (h.warning(f"TW_MED_REL.{kind}") / 100 * income for kind in ("ex_poor", "other"))
    return _by_kind(h.over(paid, registered), h.over(paid, other))


def self_pay(h: Facts, newest: int, oldest: int) -> pl.Expr:
    """Self-pay of the bills of these complete months ago, fen."""
    return h.bills("self_pay", lambda inside: total_of(SELF_PAY, inside), newest, oldest)


def self_pay_of_year(h: Facts) -> pl.Expr:
    """Self-pay of the bills of the complete months of this year (after a December: of that year), fen."""
    return self_pay(h, 1, h.moment.months_of_year)


def self_pay_warned_of(h: Facts) -> pl.Expr:
    """The part of it that the medical insurance warns of, fen: of stays for households that left poverty, else all."""
    return _by_kind(_stays_of_year(h), self_pay_of_year(h))


def largest_bill(h: Facts) -> pl.Expr:
    """Largest self-pay of one bill of the last 12 complete months, fen."""
    return h.bills("largest", lambda inside: largest_of(SELF_PAY, inside), 1, 12)


def _stays_of_year(h: Facts) -> pl.Expr:
    return h.bills("stays_paid", lambda inside: total_of(_of_a_stay(h), inside), 1, h.moment.months_of_year)


def _of_a_stay(h: Facts) -> pl.Expr:
    """Self-pay of each bill, where it is that of an inpatient stay, else 0."""
    return h.per_row("bills", only(STAY, SELF_PAY))


def _by_kind(registered: pl.Expr, other: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("category") != Category.ORDINARY.value).then(registered).otherwise(other)
