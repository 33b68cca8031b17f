"""The line that a household is measured by: the monitoring line in force at the end of its survey's window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.features.facts import LINE

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.tables import View

SURVEYED = "surveys.period_end"
"""The answer that tells the day on which the line has to be in force."""


def line(policy: Policy, village: int, day: date | None, known: date) -> float | None:
    """Fen per person and year in a village on a day, as known on another; null without a survey."""
    return None if day is None else policy.value("monitoring_line", f"{village:012d}", on=day, known=known) * 100


def with_line(table: pl.DataFrame, policy: Policy, view: View) -> pl.DataFrame:
    """Households with the line of each, where a survey is asked about."""
    key = ["village_code", SURVEYED]
    if SURVEYED not in table.columns:
        return table
    asked = table[:, key].unique()
    # one look-up per village and date of survey, not per household
    fen = [line(policy, village, day, view.as_of) for village, day in asked.iter_rows()]
    lines = asked.hstack([pl.Series(LINE, fen, dtype=pl.Float64)])
    return table.hstack([table[:, key].join(lines, on=key, how="left", maintain_order="left")[LINE]])
