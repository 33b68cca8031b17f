"""Workbooks for offices: text stays text, whatever it looks like, and nothing in a cell is ever carried out.

What a department typed comes back in our files. A spreadsheet takes text that begins with = for a formula, so strings
are written as strings only; `neutral` does the same for csv, where a cell has no type.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

import xlsxwriter

from riskmodel.tables.files import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | bool | date | None

ROWS_OF_A_SHEET: Final = 1_048_576
"""A spreadsheet has no more rows; longer tables go on in a second sheet."""
LONGEST_TEXT: Final = 32_767
EXACT_NUMBER: Final = 10**15
"""Spreadsheets keep 15 digits; a longer whole number is written as text."""
NARROWEST, WIDEST = 8, 60
"""Columns are this wide at least and at most, in letters; a Chinese character takes two."""
MEASURED_ROWS: Final = 200
"""So many rows are looked at for the width of the columns."""
FIRST_DAY: Final = date(1900, 3, 1)
"""Spreadsheets count days wrongly before it."""


@dataclass(frozen=True)
class Sheet:
    """One table: notes, then a header that stays in sight and has filters, then rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def write_workbook(path: Path, sheets: Iterable[Sheet], made_on: date) -> None:
    """Write the sheets as one xlsx file at once; equal sheets and days give equal bytes.

    Raises OSError when the disk refuses.
    """
    write_bytes(path, workbook_bytes(sheets, made_on))


def workbook_bytes(sheets: Iterable[Sheet], made_on: date) -> bytes:
    """The sheets as the content of an xlsx file; `made_on` stands in its properties."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day)})
        formats = _Formats(
            head=book.add_format(
                {"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True, "valign": "top"}
            ),
            day=book.add_format({"num_format": "yyyy-mm-dd"}),
            note=book.add_format({"italic": True}),
        )
        taken: set[str] = set()
        for sheet in sheets:
            for part in _parts(sheet):
                name = sheet_name(part.name, taken)
                taken.add(name.lower())
                _fill(book.add_worksheet(name), part, formats)
    return content.getvalue()


def neutral(text: str) -> str:
    """Text for a csv cell that no spreadsheet takes for a formula: an apostrophe is put before one that could be.

    Plain numbers stay as they are. Full-width signs and leading blanks count too.
    """
    begin = unicodedata.normalize("NFKC", text).lstrip()[:1]
    risky = begin in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if begin and risky and not _NUMBER.fullmatch(text) else text


def sheet_name(text: str, taken: Iterable[str] = ()) -> str:
    """A name that a spreadsheet accepts: at most 31 characters, none of []:*?/\\, unlike those `taken` (lower case)."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", text).strip(" '")[:31].strip(" '") or "Sheet"
    plain = f"{plain}_" if plain.lower() == "history" else plain  # Excel keeps this name for itself
    used, name, number = set(taken), plain, 1
    while name.lower() in used:
        number += 1
        end = f" ({number})"
        name = plain[: 31 - len(end)] + end
    return name


def text_width(text: str) -> int:
    """Letters that a text takes; a wide character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


@dataclass(frozen=True)
class _Formats:
    head: Format
    day: Format
    note: Format


def _parts(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet, cut where it is longer than a spreadsheet allows."""
    room = ROWS_OF_A_SHEET - len(sheet.notes) - 1
    for start in range(0, max(len(sheet.rows), 1), room):
        yield Sheet(sheet.name, sheet.header, sheet.rows[start : start + room], sheet.notes)


def _fill(into: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    for row, note in enumerate(sheet.notes):
        into.write_string(row, 0, note[:LONGEST_TEXT], formats.note)
    top = len(sheet.notes)
    for column, title in enumerate(sheet.header):
        into.write_string(top, column, title[:LONGEST_TEXT], formats.head)
    for row, cells in enumerate(sheet.rows, start=top + 1):
        for column, cell in enumerate(cells):
            _write(into, row, column, cell, formats)
    for column, width in enumerate(_widths(sheet)):
        into.set_column(column, column, width)
    into.freeze_panes(top + 1, 0)
    if sheet.header:
        into.autofilter(top, 0, top + len(sheet.rows), len(sheet.header) - 1)


def _write(into: Worksheet, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    """One cell by the type of its value; what is not known, and what is not finite, stays empty."""
    match cell:
        case None:
            return
        case str():
            into.write_string(row, column, cell if len(cell) <= LONGEST_TEXT else cell[: LONGEST_TEXT - 1] + "…")
        case bool():
            into.write_string(row, column, "是" if cell else "否")
        case int() if abs(cell) > EXACT_NUMBER:
            into.write_string(row, column, str(cell))
        case int() | float():
            if math.isfinite(cell):
                into.write_number(row, column, cell)
        case date() if cell >= FIRST_DAY:
            into.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), formats.day)
        case _:
            into.write_string(row, column, cell.isoformat())


def _widths(sheet: Sheet) -> list[int]:
    """Width of each column, by its header and its first rows."""
    widths = [text_width(title) for title in sheet.header]
    for cells in islice(sheet.rows, MEASURED_ROWS):
        widths = [max(width, text_width(str(cell))) for width, cell in zip(widths, cells, strict=True)]
    return [min(max(width + 2, NARROWEST), WIDEST) for width in widths]


_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
