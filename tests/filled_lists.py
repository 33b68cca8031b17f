"""Visitors' workbooks, and forms of the work list, filled in as visitors would send them back."""

from __future__ import annotations

import io
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineWorkbook

from riskmodel.rendering.workbook import Cell, Sheet, workbook_bytes, write_workbook
from riskmodel.workflows.filled_sheet import FilledList, read_filled

if TYPE_CHECKING:
    from collections.abc import Mapping

BACK = date(2024, 6, 20)
"""Day on which the filled-in lists came back."""
VISITED = date(2024, 5, 21)


def sheet_of(path: Path) -> tuple[list[str], list[str], list[list[Any]]]:
    """Notes, header and rows of a visitors' workbook, as a spreadsheet shows them."""
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["走访名单"]
    lines = book.get_sheet_by_index(0).to_python()
    top = next(number for number, line in enumerate(lines) if "户编号" in line)
    return [str(line[0]) for line in lines[:top]], [str(title) for title in lines[top]], lines[top + 1 :]


def filled_in(visitors: Path, findings: Mapping[str, str], deliveries: Path, *, causes: str | None = None) -> Path:
    """The folder of a delivery made of the visitors' folder, with the findings (Chinese words) by household.

    Whoever has no finding was not visited: the row stays as it was printed.
    """
    folder = deliveries / BACK.isoformat()
    shutil.copytree(visitors, folder)
    for path in folder.glob("visits-*.xlsx"):
        notes, header, rows = sheet_of(path)
        filled = [_filled(dict(zip(header, row, strict=True)), findings, causes) for row in rows]
        write_workbook(path, [Sheet("走访名单", header, filled, notes)], BACK)
    return folder


def refilled(content: bytes, findings: Mapping[str, Mapping[str, Any]], more: Mapping[str, Any] | None = None) -> bytes:
    """A form of the work list with what visitors wrote into it, by household; `more`: a row that somebody added."""
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    top = next(number for number, line in enumerate(lines) if "户编号" in line)
    header = [str(title) for title in lines[top]]
    rows: list[dict[str, Any]] = [
        dict(zip(header, (cell or None for cell in line), strict=True)) for line in lines[top + 1 :]
    ]
    rows += [dict.fromkeys(header) | dict(more)] if more else []
    told = [list((row | dict(findings.get(str(row["户编号"]), {}))).values()) for row in rows]
    return workbook_bytes([Sheet("走访登记", header, told, ["说明"])], BACK)


def _filled(row: dict[str, Any], findings: Mapping[str, str], causes: str | None) -> list[Cell]:
    finding = findings.get(row["户编号"])
    cells: dict[str, Cell] = {title: None if cell == "" else cell for title, cell in row.items()}
    if finding:
        cells |= {"走访日期": VISITED, "走访人编号": "W07", "走访结果": finding}
        cells["风险原因1"] = causes if finding == "有风险" else None
    return list(cells.values())


def filled_of(content: bytes) -> FilledList:
    """What a workbook says that came back with this content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sent.xlsx"
        path.write_bytes(content)
        return read_filled(path)
