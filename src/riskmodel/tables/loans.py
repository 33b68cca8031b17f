"""Loan statements: what is owed, when it falls due, and arrears."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import LoanProduct, LoanPurpose, LoanStatus, Source
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

_CLOSED: Final = (LoanStatus.SETTLED.value, LoanStatus.COMPENSATED.value, LoanStatus.WRITTEN_OFF.value)


class LoanStatements(Canonical):
    """One row per loan and month: the state on the last day of the month."""

    loan_id = identifier("L", "贷款编号", "合同编号")
    household_id = identifier("H", "户编号")
    month = month("月份")
    product = code(LoanProduct, "贷款产品", nullable=True, sensitive=True)
    started_on = date("放款日期", nullable=True, sensitive=True)
    principal = yuan("贷款本金", "贷款金额", positive=True, sensitive=True)
    balance = yuan("贷款余额", sensitive=True)
    due_on = date("到期日期", sensitive=True, note="after renewal or extension: the new date")
    days_past_due = whole("逾期天数", sensitive=True, note="days")
    status = code(LoanStatus, "贷款状态", sensitive=True)
    renewed = flag("是否续贷", sensitive=True, default=False, note="无还本续贷 in force")
    extended = flag("是否展期", sensitive=True, default=False, note="展期 in force")
    purpose = code(LoanPurpose, "贷款用途", nullable=True, sensitive=True)

    S07 = rule(
        ("status", "balance", "principal", "days_past_due"),
        "balance must not exceed principal; settled means balance 0; balance 0 means settled, compensated or "
        "written_off; overdue means days_past_due above 0",
        "余额不得大于本金;结清则余额为0;余额为0则须结清、代偿或核销;逾期则逾期天数须大于0",
        (pl.col("balance") <= pl.col("principal") + ONE_YUAN)
        & ((pl.col("status") != LoanStatus.SETTLED.value) | (pl.col("balance") <= ONE_YUAN))
        & ((pl.col("balance") > 0) | pl.col("status").is_in(_CLOSED))
        & ((pl.col("status") != LoanStatus.OVERDUE.value) | (pl.col("days_past_due") > 0)),
    )
    D09 = known_on_or_after("month")


LOAN_STATEMENTS: Final = Table(
    name="loan_statements",
    title="贷款台账",
    purpose="due dates, arrears",
    schema=LoanStatements,
    kind=Kind.PERIOD,
    subject=Subject.HOUSEHOLD,
    key=("loan_id", "month"),
    event="month",
    sources=(Source.BANK,),
    history_days=35,
    warnings={
        "D03": RowRule(
            ("started_on", "due_on"),
            "started_on should be earlier than due_on",
            "放款日期应早于到期日期",
            pl.col("started_on") < pl.col("due_on"),
        ),
    },
    note="a renewal under a new contract is a new `loan_id` with `renewed` = true, the old one `settled`",
)
