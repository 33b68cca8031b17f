"""Erase text about people whose time is over, by the policy's months: of the audit log, assessments, findings."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final

from riskmodel.features.windows import months_before
from riskmodel.review.assessments import erase_months, old_months
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.visits import erase_visits, old_visits
from riskmodel.tables.files import sync_folder
from riskmodel.workflows.database import FILE, database
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

ACTION: Final = "erase"
"""Named in the audit log."""
LOG_TEXT: Final = "retention.audit_text"
ASSESSMENTS: Final = "retention.assessments"
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
    visits_before: str | None
    """Findings that were sent before this day and are in the lake; None where the policy says nothing."""
    visits: int

    @property
    def nothing(self) -> bool:
        """Whether the time of nothing is over."""
        return not (self.log_entries or self.months or self.results or self.visits)


def erase(workspace: Workspace, who: str, now: datetime, *, do: bool) -> Erased:
    """Find what is older than the policy allows, and with `do` erase it; again changes nothing.

    The audit log says first what is going to be erased; its chain stays whole. BusyError where somebody else writes the
    database for too long.
    """
    log, today = AuditLog(workspace.home / LOG), now.date()
    kinds = (LOG_TEXT, ASSESSMENTS, VISITS)
    log_before, before, visits_before = (first_kept(workspace, kind, today) for kind in kinds)
    through, texts = log.due(log_before) if log_before else (0, 0)
    months, visits = _stored(workspace, before, visits_before)
    folders = old_folders(workspace.results, before) if before else []
    found = Erased(
        done=do,
        log_before=log_before.isoformat() if log_before else None,
        log_entries=texts,
        log_broken_at=log.verify(),
        assessments_before=before.isoformat() if before else None,
        months=[day.isoformat() for day in months],
        results=[folder.relative_to(workspace.home).as_posix() for folder in folders],
        visits_before=visits_before.isoformat() if visits_before else None,
        visits=visits,
    )
    if do and not found.nothing:
        _note(log, through if texts else 0, Entry(now.isoformat(), who, ACTION, _purpose(found), ()))
        if months or visits:
            _erase_stored(workspace, months, visits_before if visits else None)
        _erase_folders(folders)
    return found


def first_kept(workspace: Workspace, kind: str, today: date) -> date | None:
    """The first day that is kept: the longest time that one of the counties asks for; None where one asks for none."""
    areas = workspace.lake.counties() or [""]
    asked = [workspace.policy.find(kind, area, on=today, known=today) for area in areas]
    values = [entry.value for entry in asked if entry]
    return months_before(today, int(max(values))) if len(values) == len(asked) else None


def _stored(workspace: Workspace, before: date | None, visits_before: date | None) -> tuple[list[date], int]:
    """Old dates of the database and its number of old findings; a workspace without one gets none."""
    if not workspace.settings.database_url and not (workspace.home / FILE).exists():
        return [], 0
    with closing(database(workspace)) as store:
        return old_months(store, before) if before else [], old_visits(store, visits_before) if visits_before else 0


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
    if found.visits:
        parts.append(f"{found.visits} findings before {found.visits_before}")
    return "; ".join(parts)


def _note(log: AuditLog, through: int, entry: Entry) -> None:
    if through:
        log.erase(through, entry)
    else:
        log.append(entry)


def _erase_stored(workspace: Workspace, months: list[date], visits_before: date | None) -> None:
    with closing(database(workspace)) as store:
        if months:
            erase_months(store, months)
        if visits_before:
            erase_visits(store, visits_before)


def _erase_folders(folders: list[Path]) -> None:
    for folder in folders:
        gone = folder.with_name(f".{folder.name}.erased.tmp")  # at once invisible; never put back
        shutil.rmtree(gone, ignore_errors=True)
        folder.rename(gone)
        sync_folder(folder.parent)
        shutil.rmtree(gone)
