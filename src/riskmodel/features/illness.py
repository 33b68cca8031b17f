"""Illness, disability and insurance."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import known_count, over
from riskmodel.features.feature import Direction, feature
from riskmodel.features.windows import Facts
from riskmodel.policy import Cause


@feature("未参加基本医保人数", "members without basic health insurance", unit="人", group=Cause.ILL,
         risk=Direction.UP, actionable=True)  # fmt: skip
def uninsured_members(h: Facts) -> pl.Expr:
    """Present members without basic health insurance. Missing where it is known for nobody."""
    return known_count(h, "uninsured", "basic_insured", ~pl.col("basic_insured"))


@feature("未参加基本医保人数占比", "share of members without basic health insurance", unit="比例", group=Cause.ILL,
         risk=Direction.UP, actionable=True)  # fmt: skip
def uninsured_share(h: Facts) -> pl.Expr:
    """Members without basic health insurance over members for whom it is known."""
    return over(h.members("uninsured", ~pl.col("basic_insured")), h.members_known("basic_insured_known", "basic_insured"))


@feature("长期慢性病人数", "members with a chronic illness", unit="人", group=Cause.ILL, risk=Direction.UP)
def chronic_members(h: Facts) -> pl.Expr:
    """Present members with a chronic illness. Missing where it is known for nobody."""
    return known_count(h, "chronic", "chronic_illness", pl.col("chronic_illness"))


@feature("患大病人数", "members with a major illness", unit="人", group=Cause.ILL, risk=Direction.UP)
def major_ill_members(h: Facts) -> pl.Expr:
    """Present members with a major illness. Missing where it is known for nobody."""
    return known_count(h, "major_ill", "major_illness", pl.col("major_illness"))


@feature("合规自付占纯收入比", "compliant self-pay over net income", unit="比例", group=Cause.ILL, risk=Direction.UP)
def self_pay_share(h: Facts) -> pl.Expr:
    """Compliant medical self-pay over net income of the same 12 months, newest survey."""
    return over(h.survey("compliant_self_pay"), h.survey("net_total"))


@feature("持证残疾人数", "members with a disability certificate", unit="人", group=Cause.DIS, risk=Direction.UP)
def disabled_members(h: Facts) -> pl.Expr:
    """Present members with a disability certificate; no certificate counts as none (contract of the column)."""
    return h.members("disabled", pl.col("disability_type").is_not_null())
