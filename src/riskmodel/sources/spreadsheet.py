"""A sheet of an Excel workbook as lines of text, read by calamine after a survey found it safe."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from riskmodel.errors import RejectedFile
from riskmodel.sources.cell_text import column_text, value_text
from riskmodel.sources.header import HEADER_ROWS, Layout, find_layout
from riskmodel.sources.lines import NUMERIC_SCHEMA, Lines, joined
from riskmodel.sources.sheet_survey import survey_sheet
from riskmodel.sources.workbook import open_workbook
from riskmodel.tables.checks import ROW
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from python_calamine import CalamineSheet

    from riskmodel.sources.sheet_survey import CellError
    from riskmodel.sources.workbook import Workbook
    from riskmodel.tables import Table

_ROWS: Final = 4_000
"""Rows made into columns at a time: so few that they stay in the cache of the processor."""
_SHOWN: Final = 3


def read_xlsx(path: Path, spec: Table, sheet: str | None = None) -> tuple[Layout, Lines, list[str]]:
    """Layout, lines and remarks of the sheet of this name, else of the first one that is not hidden.

    Raises RejectedFile for what is dangerous, damaged, protected or not computed, and without a header.
    """
    book = open_workbook(path, sheet)
    advice = _advice(book, path)
    errors = survey_sheet(path, book)
    with refusing_damage(path):
        grid = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(book.sheet)
    if grid.start is None:
        raise RejectedFile(
            f"{path}: the sheet {book.sheet} is empty. Deliver the table, or name its sheet. {advice[0]}/ "
            f"工作表“{book.sheet}”是空的。请报送表格，或写明数据所在的工作表。{advice[1]}"
        )
    left = grid.start[1]
    rows = grid.iter_rows()
    head = list(itertools.islice(rows, HEADER_ROWS))
    layout = find_layout([[""] * left + [value_text(cell) for cell in row] for row in head], spec, path, advice)
    ids = {p for name, p in layout.columns.items() if name in spec.facts and spec.facts[name].type is Type.ID}
    wrong = {row for row, _, _ in errors}
    body = enumerate(itertools.chain(head[layout.row :], rows), start=layout.row + 1)
    parts = []
    while chunk := list(itertools.islice(body, _ROWS)):
        filled = [(number, row) for number, row in chunk if number in wrong or not _is_blank(row)]
        parts.append(_lines(filled, left, layout, ids, len(chunk) - len(filled)))
    lines = joined(parts, layout)
    others = [f"only one sheet was read / 只读取了工作表“{book.sheet}”,未读取: {', '.join(book.others[:10])}"]
    remarks = [*(others if book.others else []), *_merged(grid, layout)]
    return layout, _with_errors(lines, errors, layout), remarks


def _advice(book: Workbook, path: Path) -> tuple[str, str]:
    """Which other sheets there are, and how to have one read; empty where nothing but this sheet can be meant."""
    if not book.instead:
        return "", ""
    key, entry = f'[files."{path.name}"]', f'sheet = "{book.instead[0]}"'
    return (
        f"Only its first sheet {book.sheet} was looked at; other sheets: {', '.join(book.instead[:10])}. If the table "
        f"is on one of these, write its name in delivery.toml below {key}, such as {entry}. ",
        f"只查看了第一张工作表“{book.sheet}”，其他工作表：{'、'.join(book.instead[:10])}。如果数据在其中一张，"
        f"请在 delivery.toml 的 {key} 下写明，例如 {entry}。",
    )


@contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """calamine's own errors, and its panics, which Python knows only as BaseException."""
    try:
        yield
    except (CalamineError, OSError, ValueError) as error:
        raise RejectedFile(
            f"{path} cannot be read: {error}. Open it in Excel or WPS and save it again. / "
            "文件无法读取。请用 Excel 或 WPS 打开后重新保存。"
        ) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise RejectedFile(
            f"{path} is damaged. Open it in Excel or WPS and save it again. / "
            "文件已损坏。请用 Excel 或 WPS 打开后重新保存。"
        ) from error


def _is_blank(row: Sequence[object]) -> bool:
    return all(isinstance(cell, str) and not cell.strip() for cell in row)


def _lines(rows: Sequence[tuple[int, Sequence[object]]], left: int, layout: Layout, ids: set[int], empty: int) -> Lines:
    numbers = pl.Series(ROW, [number for number, _ in rows], dtype=pl.Int64)
    columns = list(zip(*(row for _, row in rows), strict=True))
    outside = ("",) * len(rows)
    cells = {ROW: numbers}
    numeric = [pl.DataFrame(schema=NUMERIC_SCHEMA)]
    for position in layout.positions:
        values = columns[position - left] if 0 <= position - left < len(columns) else outside
        texts, is_number = column_text(values)
        cells[str(position)] = texts
        if position in ids and is_number.any():
            places = {ROW: numbers.filter(is_number), "position": position}
            numeric.append(pl.DataFrame(places, schema=NUMERIC_SCHEMA))
    return Lines(pl.DataFrame(cells), empty=empty, numeric=pl.concat(numeric))


def _with_errors(lines: Lines, errors: Sequence[CellError], layout: Layout) -> Lines:
    """The texts of errors in the cells that calamine left empty."""
    cells = lines.cells
    for position in layout.positions:
        said = {error.row: error.text for error in errors if error.position == position}
        if said:
            name = str(position)
            texts = pl.DataFrame({ROW: list(said), "said": list(said.values())}, schema_overrides={ROW: pl.Int64})
            joint = cells.join(texts, on=ROW, how="left", maintain_order="left")
            cells = joint.with_columns(pl.coalesce("said", name).alias(name)).drop("said")
    return Lines(cells, lines.torn, lines.empty, lines.numeric)


def _merged(grid: CalamineSheet, layout: Layout) -> list[str]:
    """A remark on merged cells among the data: their value stands in the first cell, the others stay empty."""
    below = [
        ((top, left), (bottom, right))
        for (top, left), (bottom, right) in grid.merged_cell_ranges or []
        if bottom >= layout.row
    ]
    names = [
        f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}" for (top, left), (bottom, right) in below[:_SHOWN]
    ]
    more = f" ... (+{len(below) - _SHOWN})" if len(below) > _SHOWN else ""
    said = f"merged cells, only the first cell of each has the value / 合并单元格,仅首格有值: {', '.join(names)}{more}"
    return [said] if below else []


def _letters(position: int) -> str:
    """0 -> A, 26 -> AA."""
    return (_letters(position // 26 - 1) if position >= 26 else "") + chr(ord("A") + position % 26)
