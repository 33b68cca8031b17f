"""Reported columns that follow from others of their row, moved along when those are changed in thought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables.catalogue import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.scoring.household_rows import HouseholdRows


def totals_moved(
    rows: HouseholdRows, before: HouseholdRows, table: str, stays: Mapping[str, pl.Expr] | None = None
) -> HouseholdRows:
    """The rows in which each column that follows (`Table.follows`) differs from `before` by as much as what it sums.

    A total is what an office reported, so it is moved and never made anew: what was off by a yuan stays so, and what
    agreed agrees again to the fen. One that is not known stays so. `before` has the same rows in the same order.
    `stays`: by column, the rows in which its value was given and stands.
    """
    old, new = before.tables.get(table, TABLES[table].empty()), rows.tables.get(table, TABLES[table].empty())
    for name, formula in TABLES[table].follows.items():
        ought, now = old.select(formula).to_series(), new.select(formula).to_series()
        given = (stays or {}).get(name, pl.lit(value=False))
        moved = pl.when(given).then(pl.col(name)).otherwise(pl.col(name) + pl.lit(now - ought))
        new = new.with_columns(moved.cast(new.schema[name]).alias(name))
    return rows.with_table(table, new)
