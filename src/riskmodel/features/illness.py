"""Illness, disability and insurance."""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count, known_count
from riskmodel.features.facts import Facts, of_head
from riskmodel.features.feature import Between, Direction, feature
from riskmodel.policy import Cause

UNINSURED = ~pl.col("basic_insured")
GRADE = pl.col("disability_grade")
SEVERE = 2
INSURANCE_KNOWN = pl.col("basic_insured").is_not_null()


@feature(
    "未参加基本医保人数",
    "members without basic health insurance",
    unit="人",
    group=Cause.ILL,
    risk=Direction.UP,
    actionable=True,
)
def uninsured_members(h: Facts) -> pl.Expr:
    """Present members known to be without basic health insurance. Missing where it is known for nobody."""
    return h.members("uninsured_members", known_count(UNINSURED, "basic_insured"))


@feature(
    "未参加基本医保人数占比",
    "share of members without basic health insurance",
    unit="比例",
    group=Cause.ILL,
    risk=Direction.UP,
    actionable=True,
)
def uninsured_share(h: Facts) -> pl.Expr:
    """Present members without basic health insurance, over those for whom it is known."""
    return h.over(h.members("uninsured", count(UNINSURED)), h.members("insurance_known", count(INSURANCE_KNOWN)))


@feature(
    "户主是否参加基本医保",
    "head insured",
    unit="是否",
    group=Cause.ILL,
    risk=Direction.DOWN,
    actionable=True,
    evidence=Between(below=1),
)
def head_insured(h: Facts) -> pl.Expr:
    """1 if the head of household has basic health insurance, 0 if not; of several heads, all must."""
    return h.members("head_insured", of_head(pl.col("basic_insured").cast(pl.Int64)))


@feature("长期慢性病人数", "members with a chronic illness", unit="人", group=Cause.ILL, risk=Direction.UP)
def chronic_members(h: Facts) -> pl.Expr:
    """Present members known to have a chronic illness. Missing where it is known for nobody."""
    return h.members("chronic", known_count(pl.col("chronic_illness"), "chronic_illness"))


@feature("患大病人数", "members with a major illness", unit="人", group=Cause.ILL, risk=Direction.UP)
def major_ill_members(h: Facts) -> pl.Expr:
    """Present members known to have a major illness. Missing where it is known for nobody."""
    return h.members("major_ill", known_count(pl.col("major_illness"), "major_illness"))


@feature("新患大病人数", "members newly with a major illness", unit="人", group=Cause.ILL, risk=Direction.UP)
def newly_ill_members(h: Facts) -> pl.Expr:
    """Present members with a major illness who had none when the last complete month began.

    Missing where both states are known for nobody.
    """
    ill, before = pl.col("major_illness"), pl.col("major_illness_before")
    known = ill.is_not_null() & before.is_not_null()
    return h.members("newly_ill", pl.when(known.any()).then(count(ill & ~before)))


@feature("合规自付占纯收入比", "compliant self-pay over net income", unit="比例", group=Cause.ILL, risk=Direction.UP)
def self_pay_share(h: Facts) -> pl.Expr:
    """Compliant medical self-pay over net income of the same 12 months, newest survey.

    Missing where self-pay is not known or net income is not above 0.
    """
    return h.over(h.survey("compliant_self_pay"), h.survey("net_total"))


@feature("持证残疾人数", "members with a disability certificate", unit="人", group=Cause.DIS, risk=Direction.UP)
def disabled_members(h: Facts) -> pl.Expr:
    """Present members with a disability certificate; no certificate on record counts as none."""
    return h.members("disabled", count(pl.col("disability_type").is_not_null()))


@feature("重度残疾人数", "members with a severe disability", unit="人", group=Cause.DIS, risk=Direction.UP)
def severely_disabled_members(h: Facts) -> pl.Expr:
    """Present members with a disability certificate of grade 1 or 2. Missing where a certificate has no grade."""
    unknown = h.members("grade_unknown", count(pl.col("disability_type").is_not_null() & GRADE.is_null()))
    return pl.when(unknown == 0).then(h.members("severe", count(GRADE <= SEVERE)))
