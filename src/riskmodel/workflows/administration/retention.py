"""What is due for erasure, told without reading all of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from riskmodel.review.assessments import old_months
from riskmodel.review.audit import AuditLog
from riskmodel.review.case_texts import due_texts
from riskmodel.review.chain import taken_apart
from riskmodel.review.trail import line_before, place_of
from riskmodel.workflows.erase import ASSESSMENTS, CASE_TEXTS, LOG_TEXT, first_kept, old_folders, start
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.workflows.service import Service


@dataclass(frozen=True)
class Due:
    """What `riskmodel retention` would erase."""

    log_before: date | None
    """Texts of entries before this day; None where the policy says nothing."""
    log: bool
    """Whether there are such texts."""
    assessments_before: date | None
    """Assessments of as-of dates before this day; None where the policy says nothing."""
    months: list[date]
    """As-of dates in the database."""
    folders: list[str]
    """Names of folders of scores."""
    cases_before: date | None
    """Text of verdicts on visits, and of entries of the ledger closed, before this day; None as above."""
    verdicts: int
    """Versions of verdicts."""
    entries: int
    """Entries of the ledger."""


def due(service: Service, now: datetime) -> Due:
    """What is older than the policy allows on this day."""
    workspace, today = service.workspace, now.date()
    log_before, before, cases = (first_kept(workspace, kind, today) for kind in (LOG_TEXT, ASSESSMENTS, CASE_TEXTS))
    verdicts, entries = due_texts(service.store, cases, start(cases)) if cases else (0, 0)
    folders = old_folders(workspace.results, before) if before else []
    return Due(
        log_before=log_before,
        log=log_before is not None and _old_text(service, datetime(*log_before.timetuple()[:3], tzinfo=now.tzinfo)),
        assessments_before=before,
        months=old_months(service.store, before) if before else [],
        folders=[folder.relative_to(workspace.results).as_posix() for folder in folders],
        cases_before=cases,
        verdicts=verdicts,
        entries=entries,
    )


def _old_text(service: Service, before: datetime) -> bool:
    """Whether the last entry before a moment has its text still: text is erased from the first entry on."""
    with AuditLog(service.workspace.home / LOG).reading() as (log, size):
        line = line_before(log, place_of(log, size, before))
    entry = taken_apart(line).entry
    return entry is not None and not entry.erased
