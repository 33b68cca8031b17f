"""History loads (mode h): the true day of receipt is lost, so the contract says when a fact counts as known.

`known_at` = end of the event period + the usual delay of the table, at most the day of the load. An episode with an end
is written as two versions: without the end, dated by its start, and with the end, dated by its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.column import Type
from riskmodel.tables.table import Kind

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.tables import Table

_ENDS: Final = {"measures": ("ended_on",), "monitoring_episodes": ("eliminated_month", "elimination_mode")}
"""Columns that say how an episode ended, the day or month first."""


def known_in_history(spec: Table, received_on: date, column: str | None = None) -> pl.Expr:
    """The day on which a row of a history load counts as known; null where its event date is."""
    name = column or spec.event
    event = pl.col(name)
    if spec.facts[name].type == Type.MONTH and spec.name != "enrolments":  # a term counts from its first day
        event = event.dt.month_end()
    return pl.min_horizontal(event.dt.offset_by(f"{spec.history_days}d"), pl.lit(received_on))


def with_beginnings(spec: Table, rows: pl.DataFrame, received_on: date) -> pl.DataFrame:
    """Rows of an episode table with those that ended written twice; other tables as they are.

    An episode whose end would be dated no later than its beginning is one version: both became known on one day.
    """
    if spec.kind != Kind.EPISODE:
        return rows
    ends = _ENDS[spec.name]
    end_known = pl.max_horizontal(known_in_history(spec, received_on, ends[0]), pl.col("known_at"))
    ended = rows.filter(pl.col(ends[0]).is_not_null() & (end_known > pl.col("known_at")))
    beginnings = ended.with_columns(pl.lit(None, dtype=rows.schema[name]).alias(name) for name in ends)
    dated = rows.with_columns(known_at=pl.when(pl.col(ends[0]).is_not_null()).then(end_known).otherwise("known_at"))
    return pl.concat([beginnings, dated])
