"""What the XML of a sheet says before calamine reads it: whether that is safe, and what calamine would drop.

calamine makes a full grid of a sheet and a text of its own for every cell, and gives an empty cell for an error and for
a formula without a value. So the grid is measured, and errors and such formulas are looked for in the XML itself. That
is done by patterns, which know the one form in which Excel, WPS and the usual libraries write cells; a sheet in
another form is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from riskmodel.errors import RejectedFile
from riskmodel.sources.header import MOST_COLUMNS
from riskmodel.sources.workbook import refuse_markup
from riskmodel.sources.zip_parts import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from riskmodel.sources.workbook import Workbook

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet in Excel and WPS."""
MOST_CELLS: Final = 25_000_000
"""Cells of the grid around all values: 1,048,576 rows of 23 columns. calamine needs up to 70 bytes for each."""
MOST_TEXT: Final = 1 << 30
"""Bytes of all texts of a sheet, a text that many cells share being counted for each of them."""
MOST_MERGED: Final = 200_000
"""Merged ranges; each becomes an object."""


class CellError(NamedTuple):
    """A cell that holds an error such as #REF!; rows count from 1, positions from 0."""

    row: int
    position: int
    text: str


def survey_sheet(path: Path, book: Workbook) -> list[CellError]:
    """The errors of a sheet that may be read.

    Raises RejectedFile for a sheet that would need too much memory, for one that is not written as Excel writes it,
    and for a formula whose value was never computed, naming its cell.
    """
    found = _Found(path, book.sheet, _text_lengths(path, book), book.cells.file_size)
    stream = pieces(path, book.cells)
    form: _Form | None = None
    for whole in _whole(stream, _CELL_OR_ROW, path):
        refuse_markup(whole, path, book.cells.filename)
        text = whole
        if form is None:
            form, start = _form(whole, path)
            text = whole[start:]
        end = form.end.search(text) if b"sheetData" in text else None
        found.take(text[: end.start()] if end else text, form)
        if end:
            break
    else:
        raise RejectedFile(
            f"{path} is damaged: its sheet {book.sheet} has no end. Deliver it again. / "
            f"文件已损坏：工作表“{book.sheet}”不完整。请重新报送。"
        )
    merged = whole.count(b"mergeCell ") + sum(piece.count(b"mergeCell ") for piece in stream)
    if merged > MOST_MERGED:
        raise _too_much(path, book.sheet, f"{merged} merged ranges", f"{merged} 处合并单元格")
    return found.errors


class _Form(NamedTuple):
    """Patterns of one way to write a sheet."""

    end: re.Pattern[bytes]
    any_cell: re.Pattern[bytes]
    sound_cell: re.Pattern[bytes]
    """Column, row and, where the cell is blank, a slash."""
    foreign: re.Pattern[bytes]
    """An element that is none of the sheet's."""
    shared: re.Pattern[bytes]
    """Number of the shared text of a cell."""
    error: re.Pattern[bytes]
    """Column, row and text of a cell with an error."""
    bare_formula: re.Pattern[bytes]
    """Place, attributes and end of a cell with a formula and without a value."""


def _form(text: bytes, path: Path) -> tuple[_Form, int]:
    """The form of a sheet and where its cells begin; some libraries put a prefix before every name (x:c)."""
    root = re.search(rb"<(?:([\w.-]+):)?worksheet[\s>]", text)
    p = re.escape(root[1] + b":") if root and root[1] else b""
    begin = re.search(rb"<%ssheetData[\s/>]" % p, text)
    if root is None or begin is None:
        raise RejectedFile(
            f"{path} is damaged: a sheet without cells. Open it in Excel or WPS and save it again. / "
            "文件已损坏：工作表没有单元格。请用 Excel 或 WPS 打开后重新保存。"
        )
    place = rb'<%sc r="([A-Z]{1,3})([1-9][0-9]{0,6})"' % p
    formula = rb"<%sf\b(?:[^>]*/>|[^>]*>[^<]*</%sf>)\s*" % (p, p)
    form = _Form(
        end=re.compile(rb"</%ssheetData\s*>|<%ssheetData\s*/>" % (p, p)),
        any_cell=re.compile(rb"<%sc[\s/>]" % p),
        sound_cell=re.compile(place + rb'(?: [\w:]+="[^"<>\']*")*+ ?(/?)>'),
        foreign=re.compile(rb"<(?!/?%s)" % p if p else rb"</?[\w.-]+:"),
        shared=re.compile(place + rb'[^>]* t="s"[^>]*>\s*<%sv>([0-9]{1,9})</' % p),
        error=re.compile(place + rb'[^>]* t="e"[^>]*>\s*(?:%s)?<%sv>([^<]*)</' % (formula, p)),
        bare_formula=re.compile(place + rb"([^>]*)>\s*%s(</%sc>|<%sv/>|<%sv></%sv>)" % (formula, p, p, p, p)),
    )
    return form, begin.start()


@dataclass
class _Found:
    """What was seen of a sheet so far."""

    path: Path
    sheet: str
    lengths: NDArray[np.int64]
    size: int
    """Bytes of the sheet."""
    columns: set[bytes] = field(default_factory=set)
    last_row: int = 0
    cells: int = 0
    text: int = 0
    errors: list[CellError] = field(default_factory=list)

    @cached_property
    def longest(self) -> int:
        """Bytes of the longest shared text."""
        return int(self.lengths.max(initial=0))

    def take(self, text: bytes, form: _Form) -> None:
        """Take in whole cells."""
        cells = form.sound_cell.findall(text)
        if len(form.any_cell.findall(text)) != len(cells) or form.foreign.search(text):
            raise RejectedFile(
                f"{self.path}: the sheet {self.sheet} is not written the way Excel writes it. Open the file in Excel "
                f"or WPS and save it again. / 工作表“{self.sheet}”的写法与 Excel 不同。"
                "请用 Excel 或 WPS 打开后重新保存。"
            )
        self._measure([(column, row) for column, row, blank in cells if not blank])
        self._weigh(text, form)
        if b't="e"' in text:
            self.errors += [
                CellError(int(row), _position(column), said.decode("utf-8", "replace"))
                for column, row, said in form.error.findall(text)
            ]
        for column, row, attributes, end in form.bare_formula.findall(text) if b"f" in text else ():
            if b't="str"' not in attributes or end.startswith(b"</"):  # the text of a formula may well be empty
                cell = (column + row).decode()
                raise RejectedFile(
                    f"{self.path}: cell {cell} of the sheet {self.sheet} has a formula whose value was never computed. "
                    f"Open the file in Excel or WPS and save it again. / 工作表“{self.sheet}”的单元格 {cell} "
                    "有公式，但没有计算结果。请用 Excel 或 WPS 打开后重新保存。"
                )

    def _measure(self, places: list[tuple[bytes, bytes]]) -> None:
        self.columns.update([column for column, _ in places])
        self.last_row = max({int(row) for row in {row for _, row in places}} | {self.last_row})
        self.cells += len(places)
        positions = [_position(column) for column in self.columns]
        grid = self.last_row * (max(positions) - min(positions) + 1) if positions else 0
        if self.last_row > MOST_ROWS or max(positions, default=0) >= MOST_COLUMNS:
            raise _too_much(self.path, self.sheet, "cells outside of any sheet", "超出工作表范围的单元格")
        if (size := max(grid, self.cells)) > MOST_CELLS:
            raise _too_much(self.path, self.sheet, f"a grid of {size} cells", f" {size} 个单元格的区域")

    def _weigh(self, text: bytes, form: _Form) -> None:
        """Add the shared texts, each with its own length where the longest would make too much for all."""
        count = text.count(b't="s"')
        longest = self.longest
        if longest * (self.size // _SHORTEST_CELL) > MOST_TEXT and count:
            used = np.array([int(number) for _, _, number in form.shared.findall(text)], dtype=np.int64)
            self.text += int(self.lengths[used[used < self.lengths.size]].sum()) + (count - used.size) * longest
        if self.text > MOST_TEXT:
            raise _too_much(self.path, self.sheet, "texts repeated to more than 1 GiB", "合计超过 1 GiB 的重复文字")


_CELL_OR_ROW: Final = re.compile(rb"<(?:[\w.-]+:)?(?:c|row)[\s/>]")
_TEXT: Final = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
_SHORTEST_CELL: Final = len('<c r="A1" t="s"><v>0</v></c>')
_NEAR: Final = 1 << 16
"""The last cell of a piece nearly always begins so near to its end; where it does not, the next piece is awaited."""
_LONGEST: Final = 16 << 20


def _whole(stream: Iterator[bytes], start: re.Pattern[bytes], path: Path) -> Iterator[bytes]:
    """The stream cut before the last `start` of each piece, so that no cell or text is cut through."""
    rest = b""
    for piece in stream:
        text = rest + piece
        cut = max((match.start() for match in start.finditer(text, max(0, len(text) - _NEAR))), default=0)
        if cut:
            yield text[:cut]
        rest = text[cut:]
        if len(rest) > _LONGEST:
            raise RejectedFile(
                f"{path} has a cell of more than {_LONGEST >> 20} MiB. Deliver the table itself. / "
                f"有一个单元格超过 {_LONGEST >> 20} MiB。请报送表格本身。"
            )
    yield rest


def _text_lengths(path: Path, book: Workbook) -> NDArray[np.int64]:
    """Bytes of each shared text, its markup included."""
    starts: list[NDArray[np.int64]] = []
    before = count = 0
    for text in _whole(pieces(path, book.texts), _TEXT, path) if book.texts else ():
        refuse_markup(text, path, "xl/sharedStrings.xml")
        found = np.array([match.start() for match in _TEXT.finditer(text)], dtype=np.int64)
        starts.append(found + before)
        before += len(text)
        count += found.size
        if count > MOST_CELLS:
            raise _too_much(path, book.sheet, f"more than {MOST_CELLS} texts", f"超过 {MOST_CELLS} 条的文字")
    return np.diff(np.concatenate([*starts, np.array([before], dtype=np.int64)]))


def _position(column: bytes) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    number = 0
    for letter in column:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _too_much(path: Path, sheet: str, what: str, what_zh: str) -> RejectedFile:
    return RejectedFile(
        f"{path}: the sheet {sheet} has {what}, too much to be read in one piece. Deliver only the table itself, in "
        f"several files or as CSV. / 工作表“{sheet}”有{what_zh}，太大，无法一次读入。"
        "请只报送表格本身，分成几个文件或另存为 CSV。"
    )
