"""Amounts in fen that stand beside ratios: what a household paid, earned, owes or lost, told with the feature.

A model learns from ratios, which compare; an officer checks amounts, which stand on the bill. They are the very
numbers that the features divide, so they cost no look at the facts and cannot contradict a feature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from riskmodel.features.education import costs, costs_beyond_compulsory
from riskmodel.features.facts import Facts
from riskmodel.features.loans import balance, balance_due
from riskmodel.features.medical import largest_bill, self_pay, self_pay_of_year, self_pay_warned_of
from riskmodel.features.shocks import losses, unpaid_losses
from riskmodel.features.windows import SHOCK_MONTHS

AMOUNT: Final = "amount_"
"""Prefix of the columns that hold them: fen, null = not known."""


@dataclass(frozen=True)
class Amount:
    """One amount of the whole household, or of each of its members where the label says so."""

    name: str
    label: str
    """Chinese, short: it stands in brackets beside the feature."""
    english: str
    beside: tuple[str, ...]
    """Features that it is told with."""
    build: Callable[[Facts], pl.Expr]

    @property
    def column(self) -> str:
        """Name of its column."""
        return f"{AMOUNT}{self.name}"


AMOUNTS: Final = (
    Amount(
        "self_pay_12m",
        "自付",
        "self-pay",
        ("bills_to_income_12m", "bills_to_line_12m", "bills_self_pay_share"),
        lambda h: self_pay(h, 1, 12),
    ),
    Amount("self_pay_3m", "自付", "self-pay", ("bills_to_income_3m", "bills_to_line_3m"), lambda h: self_pay(h, 1, 3)),
    Amount("largest_bill", "这一次自付", "that bill", ("largest_bill_to_line",), largest_bill),
    Amount("self_pay_warned", "自付", "self-pay", ("bills_to_warning",), self_pay_warned_of),
    Amount("self_pay_year", "自付", "self-pay", ("bills_to_rural_income_warning",), self_pay_of_year),
    Amount(
        "income_head",
        "按收入采集人口人均",
        "per person surveyed",
        ("income_to_line",),
        lambda h: h.survey("net_per_capita"),
    ),
    Amount(
        "reference_head",
        "按收入采集人口人均",
        "per person surveyed",
        ("reference_income_to_line",),
        lambda h: h.survey("reference_per_capita"),
    ),
    Amount("wage", "全户", "of the household", ("wage_to_line",), lambda h: h.survey("wage")),
    Amount("school_costs", "自付", "self-pay", ("school_costs_to_income",), costs),
    Amount("school_costs_beyond", "自付", "self-pay", ("school_costs_to_warning",), costs_beyond_compulsory),
    Amount(
        "disaster_loss_12m",
        "损失",
        "loss",
        ("disaster_losses_to_income_12m", "disasters_12m"),
        lambda h: losses(h, "disaster", 12),
    ),
    Amount(
        "disaster_loss_36m",
        "近36个月损失",
        "loss of 36 months",
        ("disaster_losses_to_income_36m", "faded_disaster_losses_to_line"),
        lambda h: losses(h, "disaster", SHOCK_MONTHS),
    ),
    Amount("disaster_loss_unpaid", "未获赔", "not insured", ("unpaid_disaster_losses_to_income_12m",), unpaid_losses),
    Amount(
        "accident_loss_12m",
        "损失",
        "loss",
        ("accident_losses_to_income_12m", "accidents_12m"),
        lambda h: losses(h, "accident", 12),
    ),
    Amount(
        "accident_loss_36m",
        "近36个月损失",
        "loss of 36 months",
        ("faded_accident_losses_to_line",),
        lambda h: losses(h, "accident", SHOCK_MONTHS),
    ),
    Amount(
        "business_loss_12m",
        "损失",
        "loss",
        ("business_losses_to_income_12m", "business_shocks_12m"),
        lambda h: losses(h, "business", 12),
    ),
    Amount("loans", "余额", "balance", ("loans_to_income", "loans_to_line"), balance),
    Amount("loans_due", "到期", "due", ("loans_due_to_income",), balance_due),
)
"""In the order in which they are published. A count of shocks is told with what they cost."""
