"""A form of the work list back from visits, as it was written: rows with a finding, and cells that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import RejectedFile, UsageError
from riskmodel.sources.cells import read_cells
from riskmodel.sources.header import NoHeader
from riskmodel.sources.tabular_file import read_file
from riskmodel.tables import table
from riskmodel.tables.checks import ROW
from riskmodel.tables.column import text
from riskmodel.tables.review import Visits
from riskmodel.workflows.list_books import EDITION, FILLED, MARK, MOST_FORMS, TYPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from riskmodel.sources.tabular_file import Content


class _Form(Visits):
    """Visits as the form has them."""

    why = text(TYPED["why"], nullable=True)
    note = text(TYPED["note"], nullable=True)
    row_mark = text(MARK, nullable=True)
    edition = text(EDITION, nullable=True)


_SHEET: Final = replace(table("visits"), schema=_Form)
_NEEDED: Final = ("household_id", "visited_on", "visitor_id", "reason", "finding", "edition")


@dataclass(frozen=True)
class FilledRow:
    """A row with a finding."""

    row: int
    """Number as the office sees it."""
    mark: str
    values: Mapping[str, Any] = field(repr=False)
    """`household_id` and the columns `FILLED`."""
    why: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True)
class Fault:
    """Why a row cannot be used, for people."""

    row: int
    title: str
    """Of the column."""
    why: str


@dataclass(frozen=True)
class FilledList:
    """What a workbook says."""

    edition: str
    """Of which month it is, see `list_books.edition_of`."""
    rows: list[FilledRow] = field(repr=False)
    faults: list[Fault]
    blank: int
    """Households that nobody visited."""


def read_filled(path: Path) -> FilledList:
    """What a workbook says. Raises RejectedFile for what is no such workbook, UsageError for too many rows.

    It is read as a delivery is: by its titles in whatever order, with the same care for what a file may hide.
    """
    try:
        told = read_file(path, _SHEET)
    except NoHeader:
        raise _another(_NEEDED) from None
    if lacking := [name for name in _NEEDED if name not in told.cells.columns]:
        raise _another(lacking)
    cells = read_cells(_SHEET, told.cells, told.scale, told.inverted)
    unreadable = [*told.torn.iter_rows(named=True), *cells.unreadable.iter_rows(named=True)]
    faults = [fault(one["row"], one["column"], one["reason"]) for one in unreadable]
    wrong = {one.row for one in faults}
    lines = list(cells.values.iter_rows(named=True))
    sound = [row for row in map(_row, lines, _typed(told)) if row.row not in wrong]
    rows = [row for row in sound if not _is_blank(row)]
    if len(rows) > MOST_FORMS:
        raise UsageError(f"{len(rows)} findings, at most {MOST_FORMS}. / 表中有 {len(rows)} 条走访结果，最多 500 条。")
    return FilledList(_edition(line["edition"] for line in lines), rows, faults, len(sound) - len(rows))


def fault(row: int, column: str, why: str, value: str = "") -> Fault:
    """What is wrong with a cell; where words are to be chosen, which ones."""
    fact = _SHEET.facts.get(column)
    said = why.rpartition(" / ")[2]
    if value and fact is not None and fact.vocabulary is not None and value not in fact.allowed:
        said = f"“{value[:20]}”无法识别，应填：{'、'.join(word.zh for word in fact.vocabulary)}"
    return Fault(row, fact.headers[0] if fact and fact.headers else column, said)


def _row(line: Mapping[str, Any], typed: tuple[str, str]) -> FilledRow:
    values = {name: line.get(name) for name in ("household_id", *FILLED)}
    return FilledRow(line[ROW], line.get("row_mark") or "", values, *typed)


def _is_blank(row: FilledRow) -> bool:
    """Whether nobody filled it in; the reason of the visit stands there beforehand."""
    return not (row.why or row.note or any(row.values[name] is not None for name in FILLED if name != "reason"))


def _typed(told: Content) -> list[tuple[str, str]]:
    """Reason and note of every row as they were typed: what is read as a word of a table loses its punctuation."""
    columns = [told.cells[name].to_list() if name in told.cells.columns else [] for name in TYPED]
    why, note = (column or [None] * told.cells.height for column in columns)
    return [((one or "").strip(), (other or "").strip()) for one, other in zip(why, note, strict=True)]


def _edition(told: Iterable[str | None]) -> str:
    found = sorted({one for one in told if one})
    if not found:
        raise _another(["edition"])
    if len(found) > 1:
        raise UsageError(
            "rows of forms of several months. Send each form by itself. / "
            "表中混有不同期走访登记表的行，请每张登记表分别导入。没有导入任何内容。"
        )
    return found[0]


def _another(lacking: Sequence[str]) -> RejectedFile:
    titles = "、".join(_SHEET.facts[name].headers[0] for name in lacking)
    return RejectedFile(
        f"the columns {', '.join(lacking)} are missing: this is no form of visits that the work list handed out. / "
        f"这不是从“工作清单”页面下载的走访登记表，缺少：{titles}。请下载走访登记表，填好后再导入；台账表格请在“台账”页面导入。"
    )
