"""Erase text about people whose time is over, by the policy's months: in the audit log and in the database."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import TYPE_CHECKING, Final

from riskmodel.features.windows import months_before
from riskmodel.review.assessments import erase_months, old_months
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.case_texts import due_texts, erase_texts
from riskmodel.review.visits import erase_visits, old_visits
from riskmodel.tables.files import sync_folder
from riskmodel.workflows.database import FILE, database
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

ACTION: Final = "erase"
"""Named in the audit log."""
LOG_TEXT: Final = "retention.audit_text"
ASSESSMENTS: Final = "retention.assessments"
CASE_TEXTS: Final = "retention.case_text"
VISITS: Final = "retention.visits"


@dataclass(frozen=True)
class Erased:
    """What was erased, or would be."""

    done: bool
    """False where it was only asked what would be."""
    log_before: str | None
    """Purposes and ids of entries before this day; None where the policy says nothing."""
    log_entries: int
    log_broken_at: int | None
    """As in `audit verify`: entries from this line on are evidence and left alone."""
    assessments_before: str | None
    """Assessments of as-of dates before this day; None where the policy says nothing."""
    months: list[str]
    """As-of dates in the database."""
    results: list[str]
    """Folders of scores."""
    cases_before: str | None
    """Text of verdicts on visits, and of entries of the ledger closed, before this day; None where the policy says
    nothing."""
    verdicts: int
    """Versions of verdicts."""
    entries: int
    """Entries of the ledger."""
    visits_before: str | None
    """Findings that were sent before this day and are in the lake; None where the policy says nothing."""
    visits: int

    @property
    def nothing(self) -> bool:
        """Whether the time of nothing is over."""
        return not (self.log_entries or self.months or self.results or self.verdicts or self.entries or self.visits)


def erase(workspace: Workspace, who: str, now: datetime, *, do: bool) -> Erased:
    """Find what is older than the policy allows, and with `do` erase it; again changes nothing.

    The audit log says first what is going to be erased; its chain stays whole. BusyError where somebody else writes the
    database for too long.
    """
    log, today = AuditLog(workspace.home / LOG), now.date()
    log_before, *days = (first_kept(workspace, kind, today) for kind in (LOG_TEXT, ASSESSMENTS, CASE_TEXTS, VISITS))
    through, texts = log.due(log_before) if log_before else (0, 0)
    stored = _stored(workspace, *days) or _Stored()
    folders = old_folders(workspace.results, days[0]) if days[0] else []
    log_told, assessments, cases, visits = (day.isoformat() if day else None for day in (log_before, *days))
    found = Erased(
        done=do,
        log_before=log_told,
        log_entries=texts,
        log_broken_at=log.verify(),
        assessments_before=assessments,
        months=[day.isoformat() for day in stored.months],
        results=[folder.relative_to(workspace.home).as_posix() for folder in folders],
        cases_before=cases,
        verdicts=stored.verdicts,
        entries=stored.entries,
        visits_before=visits,
        visits=stored.visits,
    )
    if do and not found.nothing:
        _note(log, through if texts else 0, Entry(now.isoformat(), who, ACTION, _purpose(found), ()))
        _erase_stored(workspace, stored, *days[1:])
        _erase_folders(folders)
    return found


def first_kept(workspace: Workspace, kind: str, today: date) -> date | None:
    """The first day that is kept: the longest time that one of the counties asks for; None where one asks for none."""
    areas = workspace.lake.counties() or [""]
    asked = [workspace.policy.find(kind, area, on=today, known=today) for area in areas]
    values = [entry.value for entry in asked if entry]
    return months_before(today, int(max(values))) if len(values) == len(asked) else None


@dataclass(frozen=True)
class _Stored:
    """What is old in the database."""

    months: tuple[date, ...] = ()
    verdicts: int = 0
    entries: int = 0
    visits: int = 0


def _stored(workspace: Workspace, before: date | None, cases: date | None, visits: date | None) -> _Stored | None:
    """What a database has from before these days; None for a workspace without one, which gets none by asking."""
    if not workspace.settings.database_url and not (workspace.home / FILE).exists():
        return None
    with closing(database(workspace)) as store:
        return _Stored(
            tuple(old_months(store, before)) if before else (),
            *(due_texts(store, cases, start(cases)) if cases else (0, 0)),
            old_visits(store, visits) if visits else 0,
        )


def _erase_stored(workspace: Workspace, found: _Stored, cases: date | None, visits: date | None) -> None:
    if found == _Stored():
        return
    with closing(database(workspace)) as store:
        if found.months:
            erase_months(store, found.months)
        if cases and (found.verdicts or found.entries):
            erase_texts(store, cases, start(cases))
        if visits and found.visits:
            erase_visits(store, visits)


def start(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), UTC)


def old_folders(results: Path, before: date) -> list[Path]:
    """Folders of old dates of all labels, but for the newest date of each."""
    found = sorted([*results.glob("????-??-??"), *results.glob("*/????-??-??")])
    by_label = (sorted(group)[:-1] for _, group in groupby(found, lambda folder: folder.parent))
    return [folder for group in by_label for folder in group if folder.name < before.isoformat()]


def _purpose(found: Erased) -> str:
    parts = [f"text of {found.log_entries} entries before {found.log_before}"] if found.log_entries else []
    if found.months or found.results:
        dates = {*found.months, *(name.rpartition("/")[2] for name in found.results)}
        parts.append(f"assessments of {len(dates)} dates before {found.assessments_before}")
    if found.verdicts or found.entries:
        parts.append(f"text of {found.verdicts} verdicts, {found.entries} ledger entries before {found.cases_before}")
    if found.visits:
        parts.append(f"{found.visits} findings before {found.visits_before}")
    return "; ".join(parts)


def _note(log: AuditLog, through: int, entry: Entry) -> None:
    if through:
        log.erase(through, entry)
    else:
        log.append(entry)


def _erase_folders(folders: list[Path]) -> None:
    for folder in folders:
        gone = folder.with_name(f".{folder.name}.erased.tmp")  # at once invisible; never put back
        shutil.rmtree(gone, ignore_errors=True)
        folder.rename(gone)
        sync_folder(folder.parent)
        shutil.rmtree(gone)
