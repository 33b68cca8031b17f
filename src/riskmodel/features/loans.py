"""Loans: how much is owed, when it falls due, and what is late.

A household without a loan statement in the last 6 complete months is missing, unless full lists of the banks cover all
of them; then it owes 0. A household whose loans are all settled owes 0.
"""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import count, flag, only
from riskmodel.features.facts import Facts
from riskmodel.features.feature import NEVER, Direction, feature
from riskmodel.policy import Background, Cause

DUE_DAYS = 180
RUNNING = pl.col("running")
LATE = (pl.col("days_past_due") > 0) | pl.col("status").is_in(["overdue", "compensated", "written_off"])


@feature("贷款余额占纯收入比", "loan balance over net income", unit="比例", group=Background.DEBT, risk=Direction.FREE)
def loans_to_income(h: Facts) -> pl.Expr:
    """Balance of the running loans, newest statement of each of the last 6 complete months, over net income."""
    return h.over(balance(h), h.survey("net_total"))


@feature(
    "人均贷款余额与监测线之比",
    "loan balance per head over the line",
    unit="倍",
    group=Background.DEBT,
    risk=Direction.FREE,
    ratio=True,
)
def loans_to_line(h: Facts) -> pl.Expr:
    """Balance of the running loans, newest statements, per head of the household over the line."""
    return h.over(balance(h), pl.col("size") * h.line())


@feature(
    "6个月内到期贷款占纯收入比",
    "loans due in 6 months over net income",
    unit="比例",
    group=Background.DEBT,
    risk=Direction.UP,
)
def loans_due_to_income(h: Facts) -> pl.Expr:
    """Balance of the running loans that fall due in the 180 days after the as-of date, over net income."""
    return h.over(balance_due(h), h.survey("net_total"))


@feature("贷款最长逾期天数", "most days past due", unit="天", group=Background.DEBT, risk=Direction.UP)
def loan_days_past_due(h: Facts) -> pl.Expr:
    """Most days past due among the running loans, newest statements; 0 where all loans are settled."""
    return h.loans("days_past_due", only(RUNNING, pl.col("days_past_due")).max().cast(pl.Int64))


@feature("逾期贷款笔数", "loans overdue", unit="笔", group=Background.DEBT, risk=Direction.UP)
def loans_overdue(h: Facts) -> pl.Expr:
    """Running loans with days past due, or overdue, paid by the guarantee fund or written off; newest statements."""
    return h.loans("overdue", count(RUNNING & LATE))


@feature("有无续贷或展期", "loan renewed or extended", unit="是否", group=Background.DEBT, risk=Direction.FREE)
def loans_renewed(h: Facts) -> pl.Expr:
    """1 if a running loan is renewed without repayment or extended at the newest statement, 0 if none is."""
    return flag(h.loans("renewed", count(RUNNING & (pl.col("renewed") | pl.col("extended")))) > 0)


@feature(
    "非生产性贷款占比", "share of loans not for production", unit="比例", group=Background.DEBT, risk=Direction.FREE
)
def loans_non_production_share(h: Facts) -> pl.Expr:
    """Balance of the running loans that are not for production over that of the running loans of known purpose."""
    purpose = pl.col("purpose")
    other = _balance(h, "non_production", RUNNING & (purpose == "non_production"))
    return h.over(other, _balance(h, "purposes", RUNNING & purpose.is_not_null()))


@feature(
    "人均小额信贷余额与监测线之比",
    "small-loan balance per head over the line",
    unit="倍",
    group=Cause.IND,
    risk=Direction.FREE,
    ratio=True,
    evidence=NEVER,
)
def small_loans_to_line(h: Facts) -> pl.Expr:
    """Balance of the running small loans for people who left poverty, newest statements, per head over the line."""
    return h.over(_balance(h, "small", RUNNING & (pl.col("product") == "small_loan")), pl.col("size") * h.line())


def balance(h: Facts) -> pl.Expr:
    """Balance of the running loans, newest statement of each, fen."""
    return _balance(h, "balance", RUNNING)


def balance_due(h: Facts) -> pl.Expr:
    """That of the loans that fall due in the 180 days after the as-of date, fen."""
    return _balance(h, "due", RUNNING & pl.col("days_left").is_between(1, DUE_DAYS))


def _balance(h: Facts, name: str, of: pl.Expr) -> pl.Expr:
    return h.loans(name, only(of, pl.col("balance")).sum())
