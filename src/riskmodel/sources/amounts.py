"""Numbers as offices write them -> exact values: amounts in fen, whole numbers, plain numbers.

All functions take text after NFKC, without spaces around, and give null where it is no such number.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_GROUPED: Final = r"[0-9]{1,3}(?:,[0-9]{3}){1,4}"
_UNITS: Final = "(?:平方米|平米|m2|个月|天|日|月|人|口|户|岁|年度|年|级)"
_NUMERALS: Final = {numeral: str(value) for value, numeral in enumerate("一二三四五六七八九", start=1)}


def fen(text: pl.Expr, zeros: int = 0) -> pl.Expr:
    """Amounts in yuan -> whole fen, half up (away from zero).

    With `zeros` = 4 the amounts are in 万元. Thousands separators, a currency mark before or behind the number and
    accounting brackets for a minus are understood. Decimal throughout: 0.285 yuan is 29 fen, which binary fractions
    would make 28.
    """
    decimals = zeros + 2
    grouped = rf"[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,{(14 - zeros) // 3}}}"
    plain = _undressed(text).str.extract(rf"^([+-]?(?:[0-9]{{0,{14 - zeros}}}|{grouped})(?:\.[0-9]*)?)$")
    # One digit more than is kept decides; the cast would round the rest and so round twice.
    exact = plain.str.replace(rf"(\.[0-9]{{{decimals + 1}}})[0-9]+$", "${1}").str.replace_all(",", "", literal=True)
    amount = exact.cast(pl.Decimal(38, decimals + 1), strict=False).round(decimals, mode="half_away_from_zero")
    return (amount.to_physical() // 10).cast(pl.Int64)


def whole_number(text: pl.Expr) -> pl.Expr:
    """Whole numbers: 3, 3.0 (so some programs write a column with gaps), 1,200, 3人, 一级 (grades of certificates)."""
    plain = text.str.replace(rf"{_UNITS}$", "")
    plain = plain.replace(_NUMERALS).str.extract(rf"^([+-]?(?:[0-9]{{1,18}}|{_GROUPED}))(?:\.0*)?\s*$")
    return plain.str.replace_all(",", "", literal=True).cast(pl.Int64, strict=False)


def number(text: pl.Expr) -> pl.Expr:
    """Numbers with decimals: 96, 96.5, 1,200.5, 96平方米."""
    plain = text.str.extract(rf"^([+-]?(?:[0-9]+|{_GROUPED})(?:\.[0-9]*)?)\s*{_UNITS}?$")
    return plain.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)


def _undressed(text: pl.Expr) -> pl.Expr:
    """Without currency marks and accounting brackets; what is left of a wrong form is still no number."""
    bare = text.str.replace("−", "-", literal=True).str.replace(r"^([(+-]*)[¥元]\s*", "${1}")
    bare = bare.str.replace(r"\s*元(\)?)$", "${1}").str.replace(r"^\(([^()+-]+)\)$", "-${1}")
    # Arithmetic of spreadsheets leaves such dust where 0 is meant; other exponents have lost digits and are refused.
    return bare.str.replace(r"^[+-]?[0-9](?:\.[0-9]+)?[eE]-(?:0?[89]|[1-9][0-9])$", "0")
