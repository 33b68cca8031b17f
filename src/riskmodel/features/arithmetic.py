"""Arithmetic that keeps what is not known missing."""

from __future__ import annotations

import polars as pl


def divisor(by: pl.Expr) -> pl.Expr:
    """A number to divide by, as a float; missing where it is not known or not above zero.

    A ratio is then the nearest float to the true one, whatever stands in other rows. Polars divides by a column that it
    stores as one constant by multiplying with 1/x, which may differ in the last bit; the reshaping makes it a number
    per row. What is the same for all rows is given as `constant`, not as a literal.
    """
    return pl.when(by > 0).then(by.cast(pl.Float64)).reshape((-1,))


def constant(value: float | None) -> pl.Expr:
    """The same number in every row, or missing in every row; divided by as `divisor`."""
    if value is None:
        return pl.lit(None, dtype=pl.Float64)
    return pl.repeat(value, pl.len(), dtype=pl.Float64)


def count(holds: pl.Expr) -> pl.Expr:
    """Aggregate: in how many rows something holds. A row for which it is not known does not count."""
    return holds.sum().cast(pl.Int64)  # leaves out nulls


def everyone() -> pl.Expr:
    """Aggregate: number of rows."""
    return pl.len().cast(pl.Int64)


def known_count(holds: pl.Expr, column: str) -> pl.Expr:
    """Aggregate: the same count, missing where `column` is known for no row."""
    return pl.when(pl.col(column).is_not_null().any()).then(count(holds))


def total_of(amount: pl.Expr, inside: pl.Expr) -> pl.Expr:
    """Aggregate: sum of whole amounts in the rows that lie inside; missing, not zero, where no row does."""
    masked = pl.when(inside).then(amount)
    return pl.when(masked.is_not_null().any()).then(masked.sum())


def count_of(holds: pl.Expr, inside: pl.Expr) -> pl.Expr:
    """Aggregate: in how many of the rows inside something holds; missing, not zero, where no row lies inside."""
    return pl.when(inside.any()).then(count(holds & inside))


def largest_of(amount: pl.Expr, inside: pl.Expr) -> pl.Expr:
    """Aggregate: largest amount of the rows that lie inside; missing where there is none."""
    return pl.when(inside).then(amount).max()


def flag(holds: pl.Expr) -> pl.Expr:
    """1 where something holds, 0 where it does not, missing where that is not known."""
    return holds.cast(pl.Int64)


def only(holds: pl.Expr, amount: pl.Expr) -> pl.Expr:
    """The amount in rows where something holds, 0 in the others, so that a sum is known where any row is."""
    return pl.when(holds).then(amount).otherwise(0)
