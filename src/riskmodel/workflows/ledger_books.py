"""The ledger as a workbook, and back: a sheet to be filled in, whose rows know what they were handed out with."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from riskmodel.errors import RejectedFile, UsageError
from riskmodel.policy import LedgerClass, LedgerState, Measure, Track
from riskmodel.rendering.workbook import Sheet, workbook_bytes
from riskmodel.review.ledger_rules import TITLES
from riskmodel.review.ledger_sheet import MOST_ROWS, SheetRow, row_hash, values_of
from riskmodel.sources.grid import read_grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from riskmodel.policy.term import Term
    from riskmodel.rendering.workbook import Cell
    from riskmodel.review.lamps import Lamps
    from riskmodel.review.ledger_rules import LedgerEntry

Word = TypeVar("Word", bound="Term")

NUMBER, HASH, HOUSEHOLD, VILLAGE, LAMP, REASON = "台账编号", "校验码", "户编号", "村", "预警灯", "修改理由"
BETWEEN: Final = "、"
"""Stands between measures."""
NOTES: Final = (
    "内部资料，含农户个人信息，不得外传。",
    "可修改“台账类别”至“办理情况”各列，并在“修改理由”中写明理由（更换责任人、重新打开、销号时必填）；"
    "多项帮扶措施用顿号分开。台账编号和隐藏的校验码不要改动。改好后在台账页面导入；"
    "导出之后被他人修改过的行不会被覆盖。",
)
_WORDS: Final[Mapping[str, type[Term]]] = {"kind": LedgerClass, "track": Track, "state": LedgerState}
_HEADER: Final = (NUMBER, HOUSEHOLD, VILLAGE, LAMP, *TITLES.values(), REASON, HASH)


def ledger_workbook(entries: Sequence[LedgerEntry], villages: Mapping[str, str], lamps: Lamps, made_on: date) -> bytes:
    """An xlsx file of entries; `villages`: names by code."""
    rows = [_line(entry, villages.get(entry.village_code, entry.village_code), lamps) for entry in entries]
    choices = {TITLES[name]: [word.zh for word in words] for name, words in _WORDS.items()}
    return workbook_bytes([Sheet("台账", _HEADER, rows, NOTES, choices, (HASH,))], made_on)


def ledger_rows(path: Path) -> list[SheetRow]:
    """The rows of a workbook that came back, without empty ones.

    Raises RejectedFile for a file that is none of ours, and UsageError that names row, column and value of the first
    cell that cannot be read: nothing of such a workbook is used.
    """
    lines = read_grid(path)
    header = next((at for at, (_, cells) in enumerate(lines) if NUMBER in map(_text, cells)), None)
    if header is None:
        raise RejectedFile(
            f"{path.name}: no row with the title {NUMBER!r}. Send the workbook that the ledger page handed out. / "
            f"表中没有标题“{NUMBER}”，请使用从台账页面导出的表格。"
        )
    places = {_text(cell): at for at, cell in enumerate(lines[header][1])}
    if lacking := [title for title in (HASH, *TITLES.values()) if title not in places]:
        raise RejectedFile(
            f"{path.name}: the columns {', '.join(lacking)} are missing. / 表中缺少列：{BETWEEN.join(lacking)}。"
        )
    body = [(number, cells) for number, cells in lines[header + 1 :] if any(map(_text, cells))]
    if len(body) > MOST_ROWS:
        raise UsageError(f"{len(body):,} rows, at most {MOST_ROWS:,}. / 行数过多，请分次导入。")
    return [_row(number, {title: _cell(cells, at) for title, at in places.items()}) for number, cells in body]


def _line(entry: LedgerEntry, village: str, lamps: Lamps) -> list[Cell]:
    values = values_of(entry)
    told = [_told(values[name]) for name in TITLES]
    hashed = row_hash(entry.id, values)
    return [entry.id, entry.household_id, village, lamps.lamp(entry).zh, *told, None, hashed]


def _told(value: Any) -> Cell:
    """A value as a cell shows it."""
    if isinstance(value, tuple):
        return BETWEEN.join(word.zh for word in value)
    if isinstance(value, date):
        return value
    return getattr(value, "zh", str(value))


def _row(number: int, cells: Mapping[str, Any]) -> SheetRow:
    values = {name: _value(name, number, title, cells[title]) for name, title in TITLES.items()}
    entry = _text(cells[NUMBER])
    if not entry.isdecimal() or len(entry) > 12:
        raise _unreadable(number, NUMBER, entry, "请保留导出时的编号")
    return SheetRow(number, int(entry), _text(cells[HASH]), values, _text(cells.get(REASON)))


def _value(name: str, number: int, title: str, cell: Any) -> Any:
    """A cell as an entry has it."""
    if name in _WORDS:
        return _word(_WORDS[name], number, title, _text(cell))
    if name == "measures":
        parts = re.split(r"[、，,；;]", _text(cell))
        return tuple(_word(Measure, number, title, part.strip()) for part in parts if part.strip())
    return _day(number, title, cell) if name == "deadline" else _text(cell)


def _word(words: type[Word], number: int, title: str, text: str) -> Word:
    found = words.from_label(text)
    if found is None:
        raise _unreadable(number, title, text, f"应为：{BETWEEN.join(word.zh for word in words)}")
    return found


def _day(number: int, title: str, cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(_text(cell).replace("/", "-"))
    except ValueError:
        raise _unreadable(number, title, _text(cell), "应为日期，例如 2026-01-31") from None


def _unreadable(number: int, title: str, text: str, then: str) -> UsageError:
    return UsageError(
        f"row {number}, {title}: {text[:100]!r} cannot be read; nothing was changed. / "
        f"第 {number} 行“{title}”的内容“{text[:100]}”无法识别，{then}。未作任何修改。"
    )


def _cell(cells: Sequence[Any], at: int) -> Any:
    return cells[at] if at < len(cells) else None


def _text(cell: Any) -> str:
    """A cell as text; a whole number without its decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
