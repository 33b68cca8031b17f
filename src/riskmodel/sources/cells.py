"""Cells of a file as text -> canonical values. What cannot be read is reported, never guessed and never empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.checks import FAILURE_SCHEMA, ROW
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from riskmodel.tables import Table

UNREADABLE: Final = "unreadable"
"""Rule named in the report of a cell that cannot be read."""


def read_cells(spec: Table, text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Values of a table's columns, and the cells that could not be read (`row`, `column`, `value`, `rule`, `reason`).

    `text` has string columns named as the table's, and `row`. Blank cells are null. Dates are ISO (2025-03-05), months
    2025-03 or any day of it, amounts yuan as plain decimal numbers, brought to fen half up without binary fractions;
    yes and no are true, 1, false, 0. Codes and ids are taken as they stand and checked later.
    """
    names = [name for name in text.columns if name != ROW]
    stripped = text.with_columns(pl.col(names).str.strip_chars()).with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names
    )
    values = stripped.with_columns(_reading(pl.col(name), spec.facts[name].type).alias(name) for name in names)
    failures = [
        _unreadable(stripped.filter(values[name].is_null() & pl.col(name).is_not_null()), name, spec.facts[name].type)
        for name in names
        if values[name].null_count() != stripped[name].null_count()
    ]
    return values, pl.concat([pl.DataFrame(schema=FAILURE_SCHEMA), *failures]).sort(ROW, maintain_order=True)


def fen(text: pl.Expr) -> pl.Expr:
    """Amounts in yuan as plain decimal numbers -> whole fen, half up (away from zero); null where it is no such number.

    Worked on the digits themselves: 0.285 yuan is 29 fen, which binary fractions would make 28.
    """
    parts = text.str.extract_groups(r"^([+-]?)([0-9]{1,14})(?:\.([0-9]*))?$")
    decimals = parts.struct.field("3").fill_null("")
    cents = decimals.str.slice(0, 2).str.pad_end(2, "0").cast(pl.Int64, strict=False)
    up = (decimals.str.slice(2, 1) >= "5").cast(pl.Int64)
    amount = parts.struct.field("2").cast(pl.Int64, strict=False) * 100 + cents + up
    return pl.when(parts.struct.field("1") == "-").then(-amount).otherwise(amount)


def _reading(cell: pl.Expr, type_: Type) -> pl.Expr:
    match type_:
        case Type.YUAN:
            return fen(cell)
        case Type.INT:  # 3.0 is how some programs write the whole numbers of a column with gaps
            return cell.str.extract(r"^([+-]?[0-9]{1,18})(?:\.0*)?$").cast(pl.Int64, strict=False)
        case Type.NUM:
            return _where(cell, r"^[+-]?[0-9]+(\.[0-9]*)?$").cast(pl.Float64, strict=False)
        case Type.DATE:
            return _day(cell)
        case Type.MONTH:
            return _day(cell.str.replace(r"^([0-9]{4}-[0-9]{2})$", "${1}-01")).dt.month_start()
        case Type.BOOL:
            words = {"true": True, "1": True, "false": False, "0": False}
            return cell.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
        case _:
            return cell


def _day(cell: pl.Expr) -> pl.Expr:
    return _where(cell, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$").str.to_date("%Y-%m-%d", strict=False)


def _where(cell: pl.Expr, pattern: str) -> pl.Expr:
    return pl.when(cell.str.contains(pattern)).then(cell)


def _unreadable(rows: pl.DataFrame, name: str, type_: Type) -> pl.DataFrame:
    wanted, wanted_zh = _FORMS[type_]
    return rows.select(
        pl.col(ROW).cast(pl.Int64),
        column=pl.lit(name),
        value=pl.col(name),
        rule=pl.lit(UNREADABLE),
        reason=pl.lit(f"cannot be read as {wanted} / 无法识别为{wanted_zh}"),
    )


_FORMS: Final = {
    Type.YUAN: ("an amount in yuan such as 1234.50", "金额(元),如1234.50"),
    Type.INT: ("a whole number", "整数"),
    Type.NUM: ("a number such as 96.5", "数字,如96.5"),
    Type.DATE: ("a date such as 2025-03-05", "日期,如2025-03-05"),
    Type.MONTH: ("a month such as 2025-03", "月份,如2025-03"),
    Type.BOOL: ("true or false", "是否(true/false)"),
}
