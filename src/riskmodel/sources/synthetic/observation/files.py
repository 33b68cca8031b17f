"""Cells of text -> a CSV file, a workbook or a Parquet file, the same bytes for the same cells."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import polars as pl
import xlsxwriter

from riskmodel.sources.personal import PERSONAL
from riskmodel.sources.synthetic.observation.forms import CSV, MOST_IN_A_WORKBOOK, PARQUET, XLSX
from riskmodel.sources.synthetic.observation.wording import HEALTH
from riskmodel.tables import table
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.sources.synthetic.observation.forms import Form

_MADE: Final = datetime(2020, 1, 1)  # stored in workbooks; a fixed time keeps their bytes the same
_NUMBERS: Final = (Type.YUAN, Type.INT, Type.NUM)


def write(text: pl.DataFrame, form: Form, folder: Path) -> Path:
    """Write the cells of a file (canonical names) as its department does; returns its path."""
    kind = CSV if form.kind == XLSX and text.height > MOST_IN_A_WORKBOOK else form.kind
    path = folder / f"{form.file}.{kind}"
    headed = text.rename({name: _header(form, name) for name in text.columns})
    if kind == PARQUET:
        headed.write_parquet(path, statistics=False)
    elif kind == CSV:
        _write_csv(headed, form, path)
    else:
        _write_workbook(headed, form, path, [_is_number(form, name) for name in text.columns])
    return path


def _header(form: Form, name: str) -> str:
    if name in PERSONAL:
        return PERSONAL[name][0]
    return form.headers.get(name, "健康状况") if name == HEALTH else form.header(name)


def _is_number(form: Form, name: str) -> bool:
    facts = table(form.table).facts
    return name in facts and facts[name].type in _NUMBERS and not form.thousands


def _write_csv(headed: pl.DataFrame, form: Form, path: Path) -> None:
    """A title stands on a line of its own with as many separators as there are columns, as Excel writes it."""
    gaps = "," * (headed.width - 1)
    first = f"{form.title}{gaps}\n" if form.title else ""
    last = f"合计{gaps}\n" if form.total else ""
    body = headed.write_csv()
    path.write_bytes((first + body + last).encode(form.encoding))


def _write_workbook(headed: pl.DataFrame, form: Form, path: Path, numbers: list[bool]) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": _MADE})
    sheet = book.add_worksheet(form.title or "Sheet1")
    row = 0
    if form.title:
        look = book.add_format({"bold": True, "align": "center"})
        if headed.width > 1:
            sheet.merge_range(0, 0, 0, headed.width - 1, form.title, look)
        else:
            sheet.write_string(0, 0, form.title, look)
        row = 1
    sheet.write_row(row, 0, headed.columns)
    for cells in headed.iter_rows():
        row += 1
        for column, cell in enumerate(cells):
            if cell is not None:
                _write_cell(sheet, row, column, cell, number=numbers[column])
    if form.total:
        sheet.write_string(row + 1, 0, "合计")
    book.close()


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: str, *, number: bool) -> None:
    """Amounts and counts are numbers where they can be; everything else is text."""
    plain = cell.removeprefix("-").replace(".", "", 1)
    if (number and plain.isascii() and plain.isdigit()) or _is_exponent(cell):
        sheet.write_number(row, column, float(cell))
    else:
        sheet.write_string(row, column, cell)


def _is_exponent(cell: str) -> bool:
    """A long id that somebody let the spreadsheet take for a number."""
    return len(cell) == 11 and cell[1] == "." and "E+17" in cell
