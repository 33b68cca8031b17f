"""Values of cells and columns -> the text that somebody would have typed: 3 and not 3.0, never 1e-05, days as ISO."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS: Final = 15
"""A spreadsheet keeps so many digits of a number; what has more has lost the others."""


def number_text(numbers: pl.Series) -> pl.Series:
    """Binary fractions as the shortest plain decimals that give them back.

    Whole numbers have no point. From 10^15 on the exponent form stays: it marks that digits are lost.
    """
    size = numbers.abs()
    whole = (numbers == numbers.floor()) & (size < 10.0**DIGITS)
    texts = pl.select(
        pl.when(whole).then(numbers.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(numbers.cast(pl.String))
    ).to_series()
    rare = numbers.filter((size < _SMALL) & (numbers != 0) | (size >= 10.0**DIGITS)).unique()
    if rare.is_empty():
        return texts.alias(numbers.name)
    exact = pl.Series([_rare_text(number) for number in rare], dtype=pl.String)
    return numbers.replace_strict(rare, exact, default=texts, return_dtype=pl.String).alias(numbers.name)


def value_text(value: object) -> str:
    """One value of a cell; a midnight is left away, any other time of day stays and is refused when it is read."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return _one_number_text(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def column_text(values: Sequence[object]) -> tuple[pl.Series, pl.Series]:
    """Texts of the cells of a column, and which of them were numbers."""
    kinds = set(map(type, values))
    if kinds <= {str}:
        return pl.Series(values, dtype=pl.String), pl.repeat(value=False, n=len(values), dtype=pl.Boolean, eager=True)
    if kinds == {date}:
        texts = pl.Series(values, dtype=pl.Date).cast(pl.String)
        return texts, pl.repeat(value=False, n=len(values), dtype=pl.Boolean, eager=True)
    if kinds == {float}:
        return number_text(pl.Series(values, dtype=pl.Float64)), pl.repeat(value=True, n=len(values), eager=True)
    numbers = pl.Series([value if type(value) is float else None for value in values], dtype=pl.Float64)
    others = pl.Series([None if type(value) is float else value_text(value) for value in values], dtype=pl.String)
    return pl.select(pl.coalesce(others, number_text(numbers))).to_series(), numbers.is_not_null()


_SMALL: Final = 1e-3
"""Below, polars and Python begin to write exponents."""


def _one_number_text(number: float) -> str:
    """One number as `number_text` writes it; a column for a single cell costs a hundred times as much."""
    if number == number // 1 and abs(number) < 10.0**DIGITS:
        return str(int(number))
    rare = abs(number) < _SMALL or abs(number) >= 10.0**DIGITS
    return _rare_text(number) if rare and isfinite(number) else repr(number)


def _rare_text(number: float) -> str:
    text = repr(number)
    if abs(number) < 1:
        return f"{Decimal(text):f}"
    return text if "e" in text else f"{Decimal(text).normalize():e}"
