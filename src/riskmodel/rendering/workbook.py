"""Workbooks for offices: text stays text, whatever it looks like, and nothing in a cell is ever carried out.

What a department typed comes back in our files. A spreadsheet takes text that begins with = for a formula, so strings
are written as strings only; `neutral` does the same for csv, where a cell has no type.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
WIDEST_IN_A_CROWD: Final = 28
"""Columns that would not fit on a page side by side are cut down to this at most; an id has room on one line."""
WIDEST_TITLE: Final = 8
"""A longer title of a column is broken into lines."""
PAGE: Final = 150
"""So many letters stand side by side on A4 across the long side; a wider sheet is printed smaller."""
MEASURED_ROWS: Final = 200
"""So many rows are looked at for the width of the columns."""
FIRST_DAY: Final = date(1900, 3, 1)
"""Spreadsheets count days wrongly before it."""


@dataclass(frozen=True)
class Sheet:
    """One table: notes, then a header that stays in sight, on paper too, and has filters, then rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Title of a column -> what may be chosen in its cells; together at most 255 letters."""
    hidden: Collection[str] = ()
    """Titles of columns that are for programs alone."""


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
        top = {"valign": "top"}
        formats = _Formats(
            head=book.add_format({**top, "bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True}),
            cell=book.add_format(top),
            long=book.add_format({**top, "text_wrap": True}),
            quoted=book.add_format({**top, "text_wrap": True, "quote_prefix": True}),
            day=book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"}),
            note=book.add_format({**top, "italic": True, "text_wrap": True}),
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
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


@dataclass(frozen=True)
class _Formats:
    head: Format
    cell: Format
    long: Format
    """For text that takes several lines."""
    quoted: Format
    """For text that would become a formula once somebody edits it."""
    day: Format
    note: Format


def _parts(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet, cut where it is longer than a spreadsheet allows."""
    room = ROWS_OF_A_SHEET - len(sheet.notes) - 1
    for start in range(0, max(len(sheet.rows), 1), room):
        yield replace(sheet, rows=sheet.rows[start : start + room])


def _fill(into: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    widths = _widths(sheet)
    for row, note in enumerate(sheet.notes):
        _write_note(into, row, note, widths, formats.note)
    top = len(sheet.notes)
    for column, title in enumerate(sheet.header):
        into.write_string(top, column, title[:LONGEST_TEXT], formats.head)
        into.set_column(column, column, widths[column], None, {"hidden": title in sheet.hidden})
    for row, cells in enumerate(sheet.rows, start=top + 1):
        for column, cell in enumerate(cells):
            _write(into, row, column, cell, _form(cell, widths[column] - _SPARE, formats))
    _offer(into, sheet, top + 1)
    into.freeze_panes(top + 1, 0)
    if sheet.header:
        into.autofilter(top, 0, top + len(sheet.rows), len(sheet.header) - 1)
    _set_up_page(into, top)


def _offer(into: Worksheet, sheet: Sheet, first: int) -> None:
    """Lists to choose from, in the cells of the columns that have some."""
    last = max(first, first + len(sheet.rows) - 1)
    for column, title in enumerate(sheet.header):
        if title in sheet.choices:
            offered = {"validate": "list", "source": list(sheet.choices[title]), "error_title": title}
            into.data_validation(first, column, last, column, offered | {"error_message": "请从下拉列表中选择。"})


def _set_up_page(into: Worksheet, header: int) -> None:
    """A4 across, all columns on one page; header, name of the sheet and number on each page."""
    into.set_paper(_A4)
    into.set_landscape()
    into.fit_to_pages(1, 0)
    into.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    into.repeat_rows(header)
    into.set_footer("&L&A&R第 &P 页 共 &N 页")
    into.hide_gridlines(_PRINTED)


def _write_note(into: Worksheet, row: int, note: str, widths: Sequence[int], form: Format) -> None:
    """A note across all columns, as high as it needs: a spreadsheet finds no height for joined cells."""
    text = note[:LONGEST_TEXT]
    room = max(sum(widths) - _SPARE, NARROWEST)
    into.set_row(row, _LINE * sum(max(1, math.ceil(text_width(line) / room)) for line in text.split("\n")))
    if len(widths) > 1:
        into.merge_range(row, 0, row, len(widths) - 1, "", form)
    into.write_string(row, 0, text, form)


def _form(cell: Cell, room: int, formats: _Formats) -> Format:
    """How a cell looks by its value and the letters that its column has room for."""
    if isinstance(cell, date):
        return formats.day
    if isinstance(cell, str) and neutral(cell) != cell:
        return formats.quoted
    if isinstance(cell, str) and ("\n" in cell or (2 * len(cell) > room and text_width(cell) > room)):
        return formats.long
    return formats.cell


def _write(into: Worksheet, row: int, column: int, cell: Cell, form: Format) -> None:
    """One cell by the type of its value; what is not known, and what is not finite, stays empty."""
    match cell:
        case None:
            return
        case str():
            text = cell if len(cell) <= LONGEST_TEXT else cell[: LONGEST_TEXT - 1] + "…"
            into.write_string(row, column, text, form)
        case bool():
            into.write_string(row, column, "是" if cell else "否", form)
        case int() if abs(cell) > EXACT_NUMBER:
            into.write_string(row, column, str(cell), form)
        case int() | float():
            if math.isfinite(cell):
                into.write_number(row, column, cell, form)
        case date() if cell >= FIRST_DAY:
            into.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), form)
        case _:
            into.write_string(row, column, cell.isoformat(), form)


def _widths(sheet: Sheet) -> list[int]:
    """Width of each column, by its header and its first rows; where they crowd, the widest give way."""
    widths = [min(text_width(title), WIDEST_TITLE) for title in sheet.header]
    for cells in islice(sheet.rows, MEASURED_ROWS):
        widths = [max(width, _cell_width(cell)) for width, cell in zip(widths, cells, strict=True)]
    widths = [max(width + _SPARE, NARROWEST) for width in widths]
    caps = (cap for cap in range(WIDEST, WIDEST_IN_A_CROWD, -1) if sum(min(width, cap) for width in widths) <= PAGE)
    cap = next(caps, WIDEST_IN_A_CROWD)
    return [min(width, cap) for width in widths]


def _cell_width(cell: Cell) -> int:
    """Letters of the longest line of a cell."""
    return max(map(text_width, str("" if cell is None else cell).split("\n")))


_A4: Final = 9
"""Number of the paper in the file format."""
_PRINTED: Final = 0
"""Lines between the cells are printed too."""
_LINE: Final = 15
"""Height of a line, in points."""
_SPARE: Final = 3
"""Letters of a column's width that stay empty."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
