"""The audit log for those who answer for it: is it whole, and who looked at whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.identities import require_ids
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class Verified:
    """Whether the chain of hashes is whole."""

    log: str
    entries: int
    """Entries of the log; of a broken one, those before the break."""
    first: str | None
    """When the first of them was written; None without entries."""
    last: str | None
    broken_at: int | None
    """Number of the first line, from 1, that does not fit the line before it; None when all fit."""


@dataclass(frozen=True)
class Looks:
    """Who looked at which ids and what for, the oldest first."""

    log: str
    entries: list[Entry]
    unreadable: list[int]
    """Numbers of lines that hold no entry."""
    broken_at: int | None
    """As in `Verified`: what is listed from there on proves nothing."""


def verify(workspace: Workspace) -> Verified:
    """Check the chain of hashes; a log that is not there yet has no entries and is whole."""
    log = AuditLog(workspace.home / LOG)
    broken_at = log.verify()
    sound = islice(log.entries(), None if broken_at is None else broken_at - 1)
    times = [entry.when for entry in sound if entry]
    first, last = (times[0], times[-1]) if times else (None, None)
    return Verified(str(log.path), len(times), first, last, broken_at)


def looks(workspace: Workspace, ids: Collection[str] = (), since: date | None = None) -> Looks:
    """The entries that name one of these ids (without ids, all), from a day on. Raises UsageError for what is no id."""
    require_ids(ids)
    log = AuditLog(workspace.home / LOG)
    lines = list(log.entries())
    entries = [entry for entry in lines if entry and _concerns(entry, ids, since)]
    unreadable = [number for number, entry in enumerate(lines, start=1) if entry is None]
    return Looks(str(log.path), entries, unreadable, log.verify())


def _concerns(entry: Entry, ids: Collection[str], since: date | None) -> bool:
    named = not ids or not set(ids).isdisjoint(entry.ids)
    return named and (since is None or datetime.fromisoformat(entry.when).date() >= since)
