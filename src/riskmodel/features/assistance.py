"""Social assistance that the household receives or received.

Lists of the civil affairs department cover what it pays. A household that is not on one of its full lists receives
nothing; where there is no full list, only what is on record counts and the rest is missing.
"""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count_of, flag, only, total_of
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Direction, feature
from riskmodel.policy import Background

DIBAO = pl.col("scheme").is_in(["dibao", "dibao_urban"])
TEKUN = pl.col("scheme").is_in(["tekun_dispersed", "tekun_central"])
MARGINAL = pl.col("scheme").is_in(["dibao_marginal", "rigid_spending"])
ALLOWANCE = pl.col("scheme").is_in(["disability_living", "disability_care"])
TEMPORARY = pl.col("scheme") == "temporary"
RECENT_MONTHS = 3
"""Without a full list, a row at most this old says that the scheme is running."""


@feature("是否享受低保", "receives dibao", unit="是否", group=Background.AID, risk=Direction.FREE)
def on_dibao(h: Facts) -> pl.Expr:
    """1 if on dibao in the newest month, of the last 3 complete ones, with a full list, or in a later one, else 0.

    Without a full list: 1 if on dibao in one of the 3, 0 if only on other schemes, else missing.
    """
    return _running(h, "dibao", DIBAO)


@feature("是否特困供养", "supported in extreme hardship", unit="是否", group=Background.AID, risk=Direction.FREE)
def on_tekun(h: Facts) -> pl.Expr:
    """1 if supported in extreme hardship (tekun) in the newest listed month of 3 or later, else as for dibao."""
    return _running(h, "tekun", TEKUN)


@feature("是否低保边缘或支出型困难", "just above dibao", unit="是否", group=Background.AID, risk=Direction.FREE)
def on_the_margin(h: Facts) -> pl.Expr:
    """1 if just above dibao or in hardship by spending in the newest listed month of 3 or later, else as for dibao."""
    return _running(h, "marginal", MARGINAL)


@feature(
    "是否享受残疾人两项补贴", "receives a disability allowance", unit="是否", group=Background.AID, risk=Direction.FREE
)
def on_disability_allowance(h: Facts) -> pl.Expr:
    """1 if a living or care allowance for the disabled is on record in one of the last 3 complete months.

    0 where only other schemes are, else missing: it may come from another department than the full lists.
    """
    inside = pl.col("months_ago") <= RECENT_MONTHS
    return flag(h.aid_on_record("allowance", count_of(ALLOWANCE, inside)) > 0)


@feature("近12个月享受低保月数", "months with dibao in 12 months", unit="月", group=Background.AID, risk=Direction.FREE)
def dibao_months_12m(h: Facts) -> pl.Expr:
    """How many of the last 12 complete months have a dibao row.

    Missing without any assistance in them, unless full lists cover all; then 0.
    """
    # one household may stand on the rural and the urban list of a month
    months = pl.col("months_ago").filter(DIBAO).n_unique().cast(pl.Int64)
    return h.assistance("dibao_months", lambda inside: pl.when(inside.any()).then(months), 1, 12)


@feature(
    "近12个月临时救助次数",
    "months with temporary assistance in 12 months",
    unit="次",
    group=Background.AID,
    risk=Direction.FREE,
)
def temporary_aid_12m(h: Facts) -> pl.Expr:
    """Months of the last 12 complete ones with temporary assistance; missing and 0 as for the months with dibao."""
    return h.assistance("temporary", lambda inside: count_of(TEMPORARY, inside), 1, 12)


@feature(
    "近12个月民政救助金额占纯收入比",
    "civil assistance of 12 months over net income",
    unit="比例",
    group=Background.AID,
    risk=Direction.FREE,
)
def assistance_to_income_12m(h: Facts) -> pl.Expr:
    """Amounts of the civil affairs department, last 12 complete months, over net income of the newest survey.

    Allowances for the disabled do not count, which another department may pay. Missing without any assistance in them,
    unless full lists cover all; then 0.
    """
    amount = h.assistance("amount", lambda inside: total_of(only(~ALLOWANCE, pl.col("amount")), inside), 1, 12)
    return h.over(amount, h.survey("net_total"))


@feature("是否近期退出低保", "dibao ended lately", unit="是否", group=Background.AID, risk=Direction.FREE)
def dibao_ended(h: Facts) -> pl.Expr:
    """1 if not on dibao in the newest listed month of the last 3 or later, and in one of the 6 months before, else 0.

    Missing without a full list.
    """
    newest = h.newest_listed("social_assistance")
    if newest is None:
        return pl.lit(None, dtype=pl.Int64)
    ended = (_had(h, "dibao", DIBAO, 1, newest) == 0) & (_had(h, "dibao", DIBAO, newest + 1, newest + 6) > 0)
    return pl.when(~h.in_doubt("social_assistance")).then(flag(ended))


@feature("是否新增低保特困", "new dibao or tekun", unit="是否", group=Background.AID, risk=Direction.FREE)
def aid_is_new(h: Facts) -> pl.Expr:
    """1 if on dibao or tekun in the newest listed month of the last 3 or later and not in the month before, else 0.

    Missing unless full lists cover both months.
    """
    newest = h.newest_listed("social_assistance")
    if newest is None or not h.covered("social_assistance", newest, newest + 1):
        return pl.lit(None, dtype=pl.Int64)
    now, before = (_had(h, "basic", DIBAO | TEKUN, *months) for months in ((1, newest), (newest + 1, newest + 1)))
    return pl.when(~h.in_doubt("social_assistance")).then(flag((now > 0) & (before == 0)))


def _running(h: Facts, name: str, scheme: pl.Expr) -> pl.Expr:
    newest = h.newest_listed("social_assistance")
    if newest is None:
        return flag(h.aid_on_record(name, count_of(scheme, pl.col("months_ago") <= RECENT_MONTHS)) > 0)
    runs = _had(h, name, scheme, 1, newest) > 0
    return pl.when(runs | ~h.in_doubt("social_assistance")).then(flag(runs))


def _had(h: Facts, name: str, scheme: pl.Expr, newest: int, oldest: int) -> pl.Expr:
    """In how many rows of the months there was the scheme, 0 where none is known."""
    return h.assistance(name, lambda inside: count_of(scheme, inside), newest, oldest).fill_null(0)
