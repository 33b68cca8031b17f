"""The header row of a file: which row it is, and which of its cells holds which column of a table."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from riskmodel.errors import RejectedFile
from riskmodel.sources.personal import PERSONAL
from riskmodel.tables.column import Type, normal_header
from riskmodel.tables.table import TAIL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from riskmodel.tables import Table

HEADER_ROWS: Final = 10
"""The header is searched in so many first rows."""
MOST_COLUMNS: Final = 16_384
"""Columns of the widest sheet that Excel and WPS can show; a line with more was not made by them."""
WAN: Final = 10_000
"""万元 in yuan."""


class NoHeader(RejectedFile):
    """No row of a file is the header of the table."""


@dataclass(frozen=True)
class Layout:
    """Where a file holds the columns of a table. Positions count cells of a row from 0."""

    row: int
    """Number of the header row, from 1; what stands below it is data."""
    width: int
    """Cells of the header row up to its last title."""
    first: int
    """Position of the first title: a total (合计) names itself there."""
    columns: Mapping[str, int]
    """Column of the table, or personal column, -> position; two columns may share one."""
    repeats: Mapping[int, str]
    """Position -> title of columns that stand a second time under the same title; they must be empty."""
    scale: Mapping[str, int]
    """Column -> 10000 where its title says 万元."""
    inverted: frozenset[str]
    """Columns of yes and no whose title asks for a problem, while the column says that all is well."""
    remarks: tuple[str, ...]

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of all cells that are needed, ascending."""
        return tuple(sorted({self.first, *self.columns.values(), *self.repeats}))


def has_header(rows: Sequence[Sequence[str]], spec: Table) -> bool:
    """Whether one of the first rows is the header of the table, as `find_layout` would find it."""
    return _header_index(_head(rows), spec, _titles(spec)) is not None


def find_layout(rows: Sequence[Sequence[str]], spec: Table, path: Path, advice: tuple[str, str] = ("", "")) -> Layout:
    """The layout of a file that starts with `rows`; `advice` says, in both languages, where else a header may be.

    The header is the first row with at least half of the columns that the table must have; else the row with most
    titles, if it has two and one of them is an id or the village code. Raises NoHeader where there is none, and
    RejectedFile where a column stands twice, and where amounts seem to be in 万元 without their titles saying so.
    """
    known = _titles(spec)
    head = _head(rows)
    index = _header_index(head, spec, known)
    if index is None:
        raise NoHeader(_no_header(head, spec, known, path, advice))
    if (count := len(rows[index])) > MOST_COLUMNS:
        raise RejectedFile(
            f"{path}: row {index + 1} has {count} cells, a sheet has at most {MOST_COLUMNS}. Deliver the table "
            f"itself. / 第 {index + 1} 行有 {count} 个单元格，工作表最多 {MOST_COLUMNS} 列。请报送表格本身。"
        )
    titles = head[index]
    columns, repeats = _columns(titles, known, path)
    said = {name: titles[position] for name, position in columns.items() if name in spec.facts}
    amounts = {name: title for name, title in said.items() if spec.facts[name].type is Type.YUAN}
    _refuse_loose_unit(head[:index], list(amounts.values()), path)
    filled = [position for position, title in enumerate(titles) if title]
    used = {*columns.values(), *repeats}
    return Layout(
        row=index + 1,
        width=filled[-1] + 1,
        first=filled[0],
        columns=columns,
        repeats=repeats,
        scale={name: WAN for name, title in amounts.items() if "(万元)" in _plain(title)},
        inverted=frozenset(n for n, title in said.items() if spec.facts[n].inverted and normal_header(title) != n),
        remarks=_remarks(
            index + 1, [titles[p] for p in filled if p not in used], filled[-1] + 1 - filled[0] - len(filled)
        ),
    )


def _head(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    first = [row[:MOST_COLUMNS] for row in rows[:HEADER_ROWS]]
    return [[_INVISIBLE.sub("", title).strip() for title in row] for row in first]


_INVISIBLE: Final = re.compile("[\u200b-\u200d\u2060\ufeff]")
"""Marks of no width that programs leave in exports."""


def _titles(spec: Table) -> Mapping[str, tuple[str, ...]]:
    """Normal title -> the columns that it feeds, personal ones included."""
    personal = {
        normal_header(title): (name,) for name, titles in PERSONAL.items() for title in (name, *titles)
    }  # a title of the table comes before the same title of a person
    return {**personal, **spec.headers}


def _header_index(rows: Sequence[Sequence[str]], spec: Table, known: Mapping[str, tuple[str, ...]]) -> int | None:
    required = {name for name in spec.required if name not in TAIL}
    found = [{name for title in row for name in known.get(normal_header(title), ())} for row in rows]
    for index, names in enumerate(found):
        if 2 * len(names & required) >= len(required):
            return index
    best = max(range(len(rows)), key=lambda index: len(found[index]), default=None)
    keys = {name for name, fact in spec.facts.items() if fact.type is Type.ID} | {"village_code"}
    return best if best is not None and len(found[best]) > 1 and found[best] & keys else None


def _columns(
    titles: Sequence[str], known: Mapping[str, tuple[str, ...]], path: Path
) -> tuple[dict[str, int], dict[int, str]]:
    columns: dict[str, int] = {}
    repeats: dict[int, str] = {}
    for position, title in enumerate(titles):
        for name in known.get(normal_header(title), ()):
            before = columns.setdefault(name, position)
            if before == position:
                continue
            if _plain(titles[before]) != _plain(title):
                raise RejectedFile(
                    f"{path}: the column {name} stands twice, as {titles[before]} and as {title}. Remove one of them. "
                    f"/ “{titles[before]}”和“{title}”是同一列，出现了两次。请删去其中一列。"
                )
            repeats[position] = title
    return columns, repeats


def _refuse_loose_unit(above: Sequence[Sequence[str]], amounts: Sequence[str], path: Path) -> None:
    """Amounts are taken as yuan unless their titles say 万元; a unit above the table would make them wrong 10000 times.

    The rows above the header are ignored, but not where that would be dangerous.
    """
    unclear = [title for title in amounts if not re.search(r"\((?:万元|元)\)", _plain(title))]
    for number, row in enumerate(above, start=1):
        if unclear and any(re.search(r"单位.*万元", _plain(cell)) for cell in row):
            raise RejectedFile(
                f"{path}: row {number} says 万元, which is read only in the titles. Write {unclear[0]}(万元) "
                f"or, if that amount is in 元, (元), and so for every amount. / 第 {number} 行写着“万元”，"
                f"但单位只从标题中读取。请把标题写成“{unclear[0]}(万元)”；该金额如以元计，写“(元)”；其他金额也一样。"
            )


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def _remarks(row: int, ignored: Sequence[str], untitled: int) -> tuple[str, ...]:
    above = [f"the header is row {row}, rows above it were not read / 表头在第{row}行,以上各行未读取"]
    blank = [f"{untitled} column(s) without a title were not read / 无标题的列未读取"]
    shown = [listed(ignored, "columns ignored / 未使用的列")]
    return (*(above if row > 1 else []), *(shown if ignored else []), *(blank if untitled else []))


def listed(words: Sequence[str], label: str, most: int = 30) -> str:
    """`label: a, b, c`, cut after `most` words with the number of the others."""
    rest = f" ... (+{len(words) - most})" if len(words) > most else ""
    return f"{label}: {', '.join(words[:most])}{rest}"


def _no_header(
    rows: Sequence[Sequence[str]],
    spec: Table,
    known: Mapping[str, tuple[str, ...]],
    path: Path,
    advice: tuple[str, str],
) -> str:
    """What was found and what was expected. Cells with digits are left out: they may be numbers of persons."""
    best = max(
        rows, key=lambda row: (sum(normal_header(t) in known for t in row), any(map(str.strip, row))), default=[]
    )
    titles = [title.strip()[:20] for title in best if title.strip() and not re.search(r"\d", title)]
    facts = [spec.facts[name] for name in spec.required if name not in TAIL]
    expected = [f"{fact.headers[0]} ({fact.name})" if fact.headers else fact.name for fact in facts]
    words = [fact.headers[0] if fact.headers else fact.name for fact in facts]
    return (
        f"{path}: none of the first {HEADER_ROWS} rows is the header of {spec.name} ({spec.title}). "
        + (listed(titles, "Found") if titles else "No title was found")
        + f". {listed(expected, 'Expected')}. Check that the file is of this table and give its columns these titles. "
        + f"{advice[0]}/ 前 {HEADER_ROWS} 行中没有“{spec.title}”的表头。"
        + (listed(titles, "找到的标题") if titles else "没有找到标题")
        + f"。{listed(words, '应有的标题')}。请检查文件是不是这张表，并按这些标题命名各列。{advice[1]}"
    )
