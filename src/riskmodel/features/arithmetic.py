"""Arithmetic that keeps missing values missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from riskmodel.features.windows import Facts


def over(amount: pl.Expr, by: pl.Expr) -> pl.Expr:
    """Ratio of two amounts as a float; null where one is not known or the divisor is not above zero."""
    return pl.when(by > 0).then(amount.cast(pl.Float64) / by.cast(pl.Float64))


def known_count(h: Facts, name: str, column: str, who: pl.Expr) -> pl.Expr:
    """Number of present members for whom `who` holds; missing where the column is known for nobody."""
    return pl.when(h.members_known(f"{column}_known", column) > 0).then(h.members(name, who))
