"""Cells of a file as text -> canonical values. What cannot be read is reported, never guessed and never empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.sources.amounts import fen, number, whole_number
from riskmodel.sources.calendar_forms import day, month, term
from riskmodel.sources.labels import canonical_code, ethnic_group, names_health, yes_no
from riskmodel.sources.source import no_failures
from riskmodel.tables.checks import ROW
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from riskmodel.tables import Table
    from riskmodel.tables.column import Column

UNREADABLE: Final = "unreadable"
"""Rule named in the report of a cell that cannot be read."""
UNKNOWN_WORD: Final = "unknown_word"
"""Rule named in the warning about a word that was left out."""
INVISIBLE: Final = "[\\s\u200b-\u200d\u2060\ufeff]"
"""Characters that cannot be seen: spaces and the zero-width marks that programs leave in exports."""

_SMALL: Final = 5_000
"""Rows of a file from which reading each text once pays."""
_NOTHING: Final = ("无", "-", "--", "—", "——", "/")
"""Words for nothing."""
_ETHNICITY: Final = "ethnicity"
"""Text that becomes a number; what is unknown is left out, because it serves audits only."""
_IN_YUAN: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True)
class Cells:
    """What the cells of a file say."""

    values: pl.DataFrame = field(repr=False)
    """`row` and the columns that were given: canonical values; ids, and codes that no word means, as text."""
    unreadable: pl.DataFrame = field(repr=False)
    """Cells that could not be read, as `no_failures`; their values are null."""
    warned: pl.DataFrame = field(repr=False)
    """Words that were left out while their row is kept, as `no_failures`."""


def read_cells(
    spec: Table, text: pl.DataFrame, scale: Mapping[str, int] = _IN_YUAN, inverted: Collection[str] = ()
) -> Cells:
    """Read the columns of a table, and the personal columns of `personal.PERSONAL`, which only lose spaces.

    `text` has `row` and string columns. `scale` gives the factor of amounts whose header names another unit (10000 for
    万元), `inverted` the columns of yes and no whose header asks the opposite question. Blank cells are null. A bill
    with a negative total is a reversal: it becomes `retracted`, with the amounts of the bill that it takes back.
    """
    if text.height < _SMALL:
        cells, columns = _at_once(spec, text, scale)
    else:
        cells = {name: _without_nothing(spec, name, _plain(text[name])) for name in text.columns if name != ROW}
        columns = {name: _read(spec, name, cell, scale.get(name, 1)) for name, cell in cells.items()}
    lost = {name: cells[name].is_not_null() & value.is_null() for name, value in columns.items()}
    columns |= {name: ~columns[name] for name in inverted if name in columns}
    values = pl.DataFrame([text[ROW].cast(pl.Int64), *(column.alias(name) for name, column in columns.items())])
    forgiven = {name: lost.pop(name) for name in (_ETHNICITY,) if name in lost}
    return Cells(_with_reversals(values), _report(text, lost, spec), _report(text, forgiven, spec))


def _at_once(
    spec: Table, text: pl.DataFrame, scale: Mapping[str, int]
) -> tuple[dict[str, pl.Series], dict[str, pl.Series]]:
    """Cells and values of a small file, all columns in one pass: there, a step per column costs more than its work."""
    names = [name for name in text.columns if name != ROW]
    ends = f"^{INVISIBLE}+|{INVISIBLE}+$"
    trimmed = text.select(pl.col(names).str.normalize("NFKC").str.replace_all(ends, ""))
    empty = {name: _NOTHING if name in spec.facts and spec.facts[name].null_means else () for name in names}
    plain = trimmed.select(pl.when(~pl.col(name).is_in(["", *empty[name]])).then(pl.col(name)) for name in names)
    read = plain.select(_expression(spec, name, scale.get(name, 1)).alias(name) for name in names)
    return {name: plain[name] for name in names}, {name: read[name] for name in names}


def _expression(spec: Table, name: str, scale: int) -> pl.Expr:
    fact, cell = spec.facts.get(name), pl.col(name)
    if fact is None:  # a personal column
        return cell
    if fact.type in (Type.ID, Type.AREA12):
        return cell.str.replace_all(INVISIBLE, "")
    if name == _ETHNICITY:
        return ethnic_group(cell)
    return cell if fact.type is Type.TEXT else _reading(fact, cell, scale)


def _without_nothing(spec: Table, name: str, cells: pl.Series) -> pl.Series:
    """Where an empty cell has a meaning (no certificate, present, open), a word for nothing says the same."""
    fact = spec.facts.get(name)
    said = fact is not None and fact.null_means and cells.is_in(_NOTHING).any()
    return cells.set(cells.is_in(_NOTHING).fill_null(value=False), None) if said else cells


def _read(spec: Table, name: str, cells: pl.Series, scale: int) -> pl.Series:
    fact = spec.facts.get(name)
    if fact is None:  # a personal column
        return cells
    if fact.type in (Type.ID, Type.AREA12):
        return cells.str.replace_all(INVISIBLE, "")
    if name == _ETHNICITY:
        return _each_once(cells, ethnic_group)
    if fact.type is Type.TEXT:
        return cells
    return _each_once(cells, lambda text: _reading(fact, text, scale))


def _reading(fact: Column, text: pl.Expr, scale: int) -> pl.Expr:
    match fact.type:
        case Type.YUAN:
            return fen(text, _zeros(scale))
        case Type.INT:
            return whole_number(text)
        case Type.NUM:
            return number(text)
        case Type.DATE:
            return day(text)
        case Type.MONTH:
            return term(text) if fact.name == "term" else month(text)
        case Type.BOOL:
            word = fact.true_if_cell_names
            return names_health(text, word) if word else yes_no(text)
        case _:
            assert fact.vocabulary is not None, "a column of codes has a vocabulary"
            return canonical_code(text, fact.vocabulary)


def _zeros(scale: int) -> int:
    """How many zeros a factor has."""
    zeros = len(str(scale)) - 1
    if scale != 10**zeros:
        raise ValueError(f"{scale} is no power of ten")
    return zeros


def _plain(cells: pl.Series) -> pl.Series:
    """NFKC without spaces around; blank cells null."""
    if (cells.str.len_bytes() == cells.str.len_chars()).all():
        stripped = cells.str.strip_chars()
    else:
        ends = f"^{INVISIBLE}+|{INVISIBLE}+$"
        stripped = _each_once(cells, lambda text: text.str.normalize("NFKC").str.replace_all(ends, ""))
    return stripped.set(stripped == "", None)


def _each_once(cells: pl.Series, reading: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Read a column; where texts repeat, each is read once."""
    distinct = cells.unique()
    if 2 * len(distinct) > len(cells):
        return cells.to_frame("text").select(value=reading(pl.col("text")))["value"]
    values = distinct.to_frame("text").select(value=reading(pl.col("text")))["value"]
    return cells.replace_strict(distinct, values, return_dtype=values.dtype)


def _with_reversals(values: pl.DataFrame) -> pl.DataFrame:
    """退费冲销: the negative bill takes back the positive one of the same number."""
    if "total_cost" not in values.columns or not (values["total_cost"] < 0).any():
        return values
    reversal = (pl.col("total_cost") < 0).fill_null(value=False)
    amounts = pl.selectors.by_dtype(pl.Int64) - pl.selectors.by_name(ROW)
    given = pl.col("retracted") if "retracted" in values.columns else pl.lit(None, dtype=pl.Boolean)
    return values.with_columns(
        pl.when(reversal).then(-amounts).otherwise(amounts),
        retracted=pl.when(reversal).then(pl.lit(value=True)).otherwise(given),
    )


def _report(text: pl.DataFrame, lost: Mapping[str, pl.Series], spec: Table) -> pl.DataFrame:
    lines = [_lines(text, rows, spec.facts[name]) for name, rows in lost.items() if rows.any()]
    return pl.concat([no_failures(), *lines]).sort(ROW, maintain_order=True) if lines else no_failures()


def _lines(text: pl.DataFrame, rows: pl.Series, fact: Column) -> pl.DataFrame:
    if fact.name == _ETHNICITY:
        rule, reason = UNKNOWN_WORD, "no group of GB/T 3304, left empty / 不在GB/T 3304名录内,按空值处理"
    else:
        wanted, wanted_zh = _FORMS["term" if fact.name == "term" else fact.type]
        rule, reason = UNREADABLE, f"cannot be read as {wanted} / 无法识别为{wanted_zh}"
    return text.filter(rows).select(
        pl.col(ROW).cast(pl.Int64),
        column=pl.lit(fact.name),
        value=pl.col(fact.name).str.strip_chars(),
        rule=pl.lit(rule),
        reason=pl.lit(reason),
    )


_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    Type.YUAN: ("an amount such as 1234.50", "金额,如1234.50"),
    Type.INT: ("a whole number", "整数"),
    Type.NUM: ("a number such as 96.5", "数字,如96.5"),
    Type.DATE: ("a date such as 2025-03-05", "日期,如2025-03-05"),
    Type.MONTH: ("a month such as 2025-03", "月份,如2025-03"),
    "term": ("a school term such as 2024年秋季学期", "学期,如2024年秋季学期"),
    Type.BOOL: ("yes or no", "是或否"),
}
