"""The work list back from visits: what a filled workbook would tell, which rows are stale or wrong; all or nothing.

A row carries a mark of what was known of the visits of its household when the workbook was made. Where something else
is known by now, somebody told of a visit meanwhile: the row is stale. What is known already as the row says it is left
alone, so the same workbook twice changes nothing. What is kept are findings of visits, as case systems send them.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import UsageError
from riskmodel.review.access import Right
from riskmodel.review.assessments import homes
from riskmodel.review.visited import standing
from riskmodel.sources.cells import read_cells
from riskmodel.sources.tabular_file import read_file
from riskmodel.tables import table
from riskmodel.tables.column import text
from riskmodel.tables.review import Visits
from riskmodel.workflows.list_books import FILLED, MARK, MOST_FORMS, mark_of
from riskmodel.workflows.sent_facts import WrongFacts
from riskmodel.workflows.visits import checked_visits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service

KEY: Final = ("household_id", "visited_on", "visitor_id")
_SAYS: Final = ("reason", "finding", "cause_1", "cause_2")


class _Marked(Visits):
    """Visits as the workbook has them."""

    row_mark = text(MARK, nullable=True)


_SHEET: Final = replace(table("visits"), schema=_Marked)


@dataclass(frozen=True)
class FilledRow:
    """A row with a finding."""

    row: int
    """Number as the office sees it."""
    mark: str
    values: Mapping[str, Any] = field(repr=False)
    """`household_id` and the columns `FILLED`."""


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

    rows: list[FilledRow] = field(repr=False)
    faults: list[Fault]
    blank: int
    """Households that nobody visited."""


@dataclass(frozen=True)
class ListPreview:
    """What would be kept."""

    new: list[FilledRow] = field(repr=False)
    known: int
    """Rows that say what is known already."""
    stale: list[FilledRow] = field(repr=False)
    faults: list[Fault]

    @property
    def usable(self) -> bool:
        """Whether it may be kept."""
        return not (self.stale or self.faults)


class NotTheirs(UsageError):
    """Rows about households that are not in the area of who sends them, or that nobody knows."""

    def __init__(self, rows: Sequence[int]) -> None:
        told = "、".join(map(str, rows[:10])) + ("等" if len(rows) > 10 else "")
        super().__init__(
            f"rows {', '.join(map(str, rows[:10]))}: no such household in your area; nothing was kept. / "
            f"第 {told} 行：您的辖区内没有这一户。整个表格没有导入。"
        )


def read_filled(content: bytes) -> FilledList:
    """What an uploaded workbook says. Raises RejectedFile for what is no such workbook, UsageError for too many rows.

    It is read as a delivery is: by its titles in whatever order, with the same care for what a file may hide.
    """
    with tempfile.TemporaryDirectory(prefix="riskmodel-") as folder:
        path = Path(folder) / "filled.xlsx"
        path.write_bytes(content)
        told = read_file(path, _SHEET)
    cells = read_cells(_SHEET, told.cells, told.scale, told.inverted)
    unreadable = [*told.torn.iter_rows(named=True), *cells.unreadable.iter_rows(named=True)]
    faults = [_fault(one["row"], one["column"], one["reason"]) for one in unreadable]
    wrong = {one.row for one in faults}
    rows, blank = [], 0
    for line in cells.values.iter_rows(named=True):
        values = {name: line.get(name) for name in ("household_id", *FILLED)}
        if line["row"] in wrong:
            continue
        if all(values[name] is None for name in FILLED if name != "reason"):
            blank += 1
            continue
        rows.append(FilledRow(line["row"], line.get("row_mark") or "", values))
    if len(rows) > MOST_FORMS:
        raise UsageError(f"{len(rows)} findings, at most {MOST_FORMS}. / 表中有 {len(rows)} 条走访结果，最多 500 条。")
    return FilledList(rows, faults, blank)


def preview_filled(service: Service, who: Principal, filled: FilledList, now: datetime) -> ListPreview:
    """What would be kept of a workbook; that its households were looked at is in the audit log before.

    Raises NotAllowed, and NotTheirs where one row is of another area: then the whole workbook is refused.
    """
    who.require(Right.VISIT)
    ids = list(dict.fromkeys(str(row.values["household_id"]) for row in filled.rows))
    places = homes(service.store, ids)
    strange = [row.row for row in filled.rows if not _theirs(places.get(str(row.values["household_id"])), who)]
    if strange:
        raise NotTheirs(strange)
    if ids:
        service.noted(who, "read", ids, "filled work list, preview", now).result()
    told = standing(service.store, ids)
    known, stale, new = 0, [], []
    for row in filled.rows:
        own = told[str(row.values["household_id"])]
        if any(_says(one) == _says(row.values) for one in own):
            known += 1
        elif mark_of(str(row.values["household_id"]), own) != (
            row.mark or mark_of(str(row.values["household_id"]), [])
        ):
            stale.append(row)
        else:
            new.append(row)
    return ListPreview(new, known, stale, [*filled.faults, *_faults(new, now)])


def keep_filled(service: Service, who: Principal, filled: FilledList, now: datetime) -> ListPreview:
    """Keep what a workbook says, all of it or nothing; what was kept. A second time it changes nothing.

    Raises what `preview_filled` raises, and UsageError where a row is stale or wrong by now. The findings and the entry
    of the audit log would survive a power cut.
    """
    found = preview_filled(service, who, filled, now)
    if not found.usable:
        raise UsageError(
            "nothing was kept: rows are stale or wrong. / 没有保存：有的行已被他人登记或不符合要求，请重新导入查看。"
        )
    rows = [dict(row.values) for row in found.new]
    if rows:
        said = json.dumps(rows, default=str, sort_keys=True, ensure_ascii=False)
        key = f"filled-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
        if service.visits(who, key, rows, {}, now) is None:
            raise NotTheirs([row.row for row in found.new])
    return found


def _faults(rows: Sequence[FilledRow], now: datetime) -> list[Fault]:
    """What breaks the contract of the table, and visits that stand in the workbook twice."""
    seen = Counter(tuple(row.values[name] for name in KEY) for row in rows)
    twice = [row for row in rows if seen[tuple(row.values[name] for name in KEY)] > 1]
    faults = [_fault(row.row, "household_id", "同一次走访在表中出现多次") for row in twice]
    if rows:
        try:
            checked_visits([row.values for row in rows], now.date())
        except WrongFacts as error:
            faults += [_fault(rows[one.row].row, one.column, one.rule) for one in error.found if one.rule]
    return faults


def _fault(row: int, column: str, why: str) -> Fault:
    fact = _SHEET.facts.get(column)
    return Fault(row, fact.headers[0] if fact and fact.headers else column, why.rpartition(" / ")[2])


def _theirs(village: str | None, who: Principal) -> bool:
    return village is not None and who.sees(village)


def _says(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in (*KEY, *_SAYS))
