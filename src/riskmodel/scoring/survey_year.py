"""The newest survey of a household, told as though months of its own year had gone otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.features.windows import months_before
from riskmodel.scoring.measure_questions import YEAR
from riskmodel.scoring.reported_totals import totals_moved

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskmodel.scoring.household_rows import HouseholdRows

TABLE = "income_surveys"


def more_income(
    rows: HouseholdRows, fen: Mapping[date, int], whole: str, part: str, on_record: pl.DataFrame
) -> HouseholdRows:
    """More of a kind of income in the newest survey: of the months that lie in its own 12, less what it counts already.

    `whole` and `part`: its columns of the kind, e.g. transfers and the assistance among them. `on_record`: `month` and
    `amount` of what the household is known to have received of the part. What the survey counts of it beyond that is
    taken for some of the months asked for, so that no month counts twice. A part that is not known stays so.
    """
    survey = rows.seen("surveys")
    if survey.is_empty():
        return rows
    counted = survey[part][0]
    recorded = sum(amount for month, amount in on_record.iter_rows() if _holds(survey, month))
    already = 0 if counted is None else max(0, counted - recorded)
    added = max(0, sum(_inside(survey, fen).values()) - already)
    return _moved(rows, survey, {whole: added, part: added})


def less_spent(rows: HouseholdRows, fen: Mapping[date, int]) -> HouseholdRows:
    """Less compliant self-pay in the newest survey, of the months that lie in its own 12, and so more reference income.

    It cannot be relieved of more than it counted.
    """
    survey = rows.seen("surveys")
    if survey.is_empty():
        return rows
    counted = survey["compliant_self_pay"][0] or 0
    return _moved(rows, survey, {"compliant_self_pay": -min(counted, sum(_inside(survey, fen).values()))})


def _moved(rows: HouseholdRows, survey: pl.DataFrame, fen: Mapping[str, int]) -> HouseholdRows:
    if not any(fen.values()):
        return rows
    year, stage = survey.select("year", "stage").row(0)
    which = (pl.col("year") == year) & (pl.col("stage") == stage) & (pl.col("household_id") == rows.household_id)
    return totals_moved(rows.changed(TABLE, which, **{n: pl.col(n) + amount for n, amount in fen.items()}), rows, TABLE)


def _inside(survey: pl.DataFrame, fen: Mapping[date, int]) -> dict[date, int]:
    """The amounts of the months that the survey's window of 12 months holds."""
    return {month: amount for month, amount in fen.items() if _holds(survey, month)}


def _holds(survey: pl.DataFrame, month: date) -> bool:
    end: date = survey["period_end"][0]
    return months_before(end, YEAR - 1) <= month <= end
