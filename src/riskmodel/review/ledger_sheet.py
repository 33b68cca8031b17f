"""The ledger back from a workbook: what it would change, which rows are stale or break a rule; then all or nothing.

A row carries the hash of the values that were handed out. Where the values still have it, nobody touched the row. Where
the ledger says already what the row says, nothing is left to do; so the same workbook twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import UsageError
from riskmodel.review.free_text import free_text
from riskmodel.review.ledger import NoSuchEntry, change_entry, held, traced
from riskmodel.review.ledger_rules import TITLES, Actor, LedgerEntry, changed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from riskmodel.review.store import Store

MOST_ROWS: Final = 50_000
_TEXTS: Final = ("problem", "evidence")


@dataclass(frozen=True)
class SheetRow:
    """A row of a workbook: the entry, the hash that it was handed out with, and its values now."""

    row: int
    """Number as the office sees it."""
    id: int
    hash: str
    values: Mapping[str, Any] = field(repr=False)
    """Every field of `TITLES`, as `LedgerEntry` has it."""
    reason: str = field(default="", repr=False)


@dataclass(frozen=True)
class RowChange:
    """What a row would change."""

    row: SheetRow
    before: LedgerEntry
    after: LedgerEntry

    @property
    def fields(self) -> dict[str, tuple[str, str]]:
        """Field -> before and after, of those that differ."""
        old, new = traced(self.before), traced(self.after)
        return {name: (old[name], new[name]) for name in TITLES if old[name] != new[name]}


@dataclass(frozen=True)
class StaleRow:
    """A row whose entry was changed after the workbook was handed out, and says something else: both texts."""

    row: SheetRow
    stored: LedgerEntry


@dataclass(frozen=True)
class BrokenRow:
    """A row that cannot be used, and why."""

    row: SheetRow
    why: str


@dataclass(frozen=True)
class Preview:
    """What a workbook would do."""

    changes: list[RowChange]
    stale: list[StaleRow]
    broken: list[BrokenRow]
    unchanged: int

    @property
    def usable(self) -> bool:
        """Whether it may be applied."""
        return not (self.stale or self.broken)


class NotApplied(UsageError):
    """A workbook of which nothing was applied, because of some of its rows."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(
            f"nothing was changed: {len(preview.stale)} rows were changed by others meanwhile, {len(preview.broken)} "
            f"cannot be used. Correct them and send the workbook again. / 未作任何修改：{len(preview.stale)} 行已被他人"
            f"修改，{len(preview.broken)} 行不符合要求。请改正后重新导入。"
        )
        self.preview = preview


def row_hash(number: int, values: Mapping[str, Any]) -> str:
    """What a row was handed out with: 32 hex digits of its number and its values, in whatever order they stand."""
    told = [number, *(_plain(values[name]) for name in sorted(TITLES))]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:32]


def values_of(entry: LedgerEntry) -> dict[str, Any]:
    """The values of an entry that a workbook shows and may change."""
    return {name: getattr(entry, name) for name in TITLES}


def previewed(
    store: Store, rows: Sequence[SheetRow], actor: Actor, sees: Callable[[str], bool], today: date
) -> Preview:
    """What a workbook would do, without doing it."""
    with store.reading() as connection:
        return _preview(connection, rows, actor, sees, today)


def applied(
    connection: Connection, rows: Sequence[SheetRow], actor: Actor, sees: Callable[[str], bool], now: datetime
) -> Preview:
    """Do all that a workbook says; what was done. Raises NotApplied where a row is stale or broken."""
    found = _preview(connection, rows, actor, sees, now.date())
    if not found.usable:
        raise NotApplied(found)
    for change in found.changes:
        change_entry(connection, change.before, change.row.values, change.row.reason, actor, now)
    return found


def _preview(
    connection: Connection, rows: Sequence[SheetRow], actor: Actor, sees: Callable[[str], bool], today: date
) -> Preview:
    if len(rows) > MOST_ROWS:
        raise UsageError(f"a workbook of {len(rows):,} rows: at most {MOST_ROWS:,}. / 表格行数过多，请分次导入。")
    stored = held(connection, (row.id for row in rows), sees)
    found = Preview([], [], [], 0)
    seen: set[int] = set()
    unchanged = 0
    for row in rows:
        told = _told(row, stored.get(row.id), row.id in seen, actor, today)
        seen.add(row.id)
        unchanged += told is None
        if isinstance(told, RowChange):
            found.changes.append(told)
        elif isinstance(told, StaleRow):
            found.stale.append(told)
        elif told is not None:
            found.broken.append(told)
    return replace(found, unchanged=unchanged)


def _told(
    row: SheetRow, stored: LedgerEntry | None, seen: bool, actor: Actor, today: date
) -> RowChange | StaleRow | BrokenRow | None:
    """What one row would do; None where it would do nothing."""
    if stored is None:
        return BrokenRow(row, str(NoSuchEntry()))
    if seen:
        return BrokenRow(row, "the entry stands in the workbook twice. / 同一条台账在表中出现多次。")
    try:
        sent = _safe(row.values)
        if row_hash(row.id, sent) in (row.hash, row_hash(row.id, values_of(stored))):
            return None
        if row_hash(row.id, values_of(stored)) != row.hash:
            return StaleRow(row, stored)
        free_text(row.reason, "理由")
        after = changed(stored, row.values, row.reason, actor, today)
        return None if after is stored else RowChange(row, stored, after)
    except UsageError as error:
        return BrokenRow(row, str(error))


def _safe(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they would be kept, so that line ends of a spreadsheet change nothing."""
    return dict(values) | {name: free_text(values[name], TITLES[name]) for name in _TEXTS}


def _plain(value: Any) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)
