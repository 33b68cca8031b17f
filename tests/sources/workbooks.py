"""Workbooks for the tests, made on the spot: real ones by xlsxwriter, strange ones by editing their parts."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SHEET = "xl/worksheets/sheet1.xml"
INCOMES = ("户编号", "月份", "收入项目", "金额")


def write_sheets(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = ()) -> Path:
    """A workbook with these rows; a value of None leaves the cell out."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()  # a sheet that is shown first cannot be hidden
            for number, row in enumerate(rows):
                for position, value in enumerate(row):
                    if hasattr(value, "isoformat"):
                        sheet.write_datetime(number, position, value, day)
                    elif value is not None:
                        sheet.write(number, position, value)
    return path


def write_rows(path: Path, *rows: Sequence[Any]) -> Path:
    """A workbook with one sheet."""
    return write_sheets(path, {"Sheet1": rows})


def edit_part(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same workbook with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def write_xml(path: Path, rows: bytes, titles: Sequence[str] = INCOMES) -> Path:
    """A workbook whose rows below the header stand in XML as given."""
    write_rows(path, titles)
    return edit_part(path, SHEET, lambda xml: re.sub(b"</sheetData>", lambda _: rows + b"</sheetData>", xml))
