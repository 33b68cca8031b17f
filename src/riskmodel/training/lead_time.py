"""How early a list named those who fell: months from the first listing to the event, and before the first wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.features.windows import first_open_month

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EARLY_MONTHS = 3
"""A listing this many months before the event is early enough to act."""


def event_months(keys: pl.DataFrame, y: NDArray[np.float64], happened: pl.DataFrame) -> pl.Series:
    """Row by row (n,) the month of the event that made it one, null for rows without.

    keys: `household_id`, `as_of`; happened: `household_id`, `month`, every event of the label. The event of a row is
    the first one in or after the first month of its horizon.
    """
    opened = {day: first_open_month(day) for day in keys["as_of"].unique()}
    rows = keys.select("household_id", "as_of").with_row_index("row").filter(pl.Series(y > 0))
    rows = rows.with_columns(first=pl.col("as_of").replace_strict(opened, return_dtype=pl.Date)).sort("first")
    events = happened.select("household_id", pl.col("month").cast(pl.Date)).unique().sort("month")
    found = rows.join_asof(
        events.with_columns(first="month"), on="first", by="household_id", strategy="forward", check_sortedness=False
    )
    every = keys.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    return every.join(found.select("row", "month"), on="row", how="left", maintain_order="left")["month"]


def lead_times(
    keys: pl.DataFrame, months: pl.Series, lists: dict[str, NDArray[np.bool_]], fired: NDArray[np.bool_]
) -> dict[str, dict[str, float | int | None]]:
    """By kind: how early its lists named the events of the test.

    keys, months, lists, fired: row by row; see `event_months`. An event counts once, however many rows it made. Gives
    `events`, `listed` (share of the events that some list named), `early` (share named at least three months before),
    `median_months` (from the first listing to the month of the event, of those listed), `wired` (share in which a trip
    wire fired), `listed_before_wire` (share listed on an earlier date than the first wire, or without any) and
    `median_gained` (months by which the list came before the first wire, of those that both named). As-of dates lie
    some months apart, so a lead is known to that many months.
    """
    rows = keys.select("household_id", "as_of").with_columns(months.alias("month"), pl.Series("fired", fired))
    rows = rows.filter(pl.col("month").is_not_null())
    found = {}
    for kind, listed in lists.items():
        marked = rows.with_columns(pl.Series("listed", listed[months.is_not_null().to_numpy()]))
        found[kind] = _of_one(marked)
    return found


def _of_one(rows: pl.DataFrame) -> dict[str, float | int | None]:
    first = rows.group_by("household_id", "month").agg(
        listed=pl.col("as_of").filter("listed").min(), wired=pl.col("as_of").filter("fired").min()
    )
    told = first.select(
        lead=_months("month") - _months("listed"),
        gained=_months("wired") - _months("listed"),
        listed=pl.col("listed").is_not_null(),
        wired=pl.col("wired").is_not_null(),
        before=pl.col("listed").is_not_null() & (pl.col("wired").is_null() | (pl.col("listed") < pl.col("wired"))),
    ).select(
        events=pl.len(),
        listed=pl.col("listed").mean(),
        early=(pl.col("lead") >= EARLY_MONTHS).fill_null(value=False).mean(),
        median_months=pl.col("lead").median(),
        wired=pl.col("wired").mean(),
        listed_before_wire=pl.col("before").mean(),
        median_gained=pl.col("gained").median(),
    )
    return told.row(0, named=True)


def _months(column: str) -> pl.Expr:
    return pl.col(column).dt.year().cast(pl.Int32) * 12 + pl.col(column).dt.month().cast(pl.Int32)
