"""The audit log for those who answer for it: is it whole, and who looked at whom."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from riskmodel.errors import CheckFailed
from riskmodel.review.assessments import last_published
from riskmodel.review.audit import AuditLog, Entry, Head
from riskmodel.review.identities import require_ids
from riskmodel.review.keys import Keys
from riskmodel.review.users import Users
from riskmodel.workflows.database import FILE, database
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
    head: str
    """Number and link of the last line, see `LogHead`."""
    noted: bool | None
    """Whether the head that was given is one that this log had; None where none was given."""
    lost: bool
    """Whether it has no line although the database holds keys, users or published months, each of which was one."""

    @property
    def whole(self) -> bool:
        """All lines fit, none was lost as a whole, and the log goes on from the head that was given."""
        return self.broken_at is None and self.noted is not False and not self.lost


@dataclass(frozen=True)
class LogHead:
    """How far the log goes, to be kept elsewhere: with it, lines that were cut off or written anew are noticed."""

    log: str
    head: str
    """NUMBER:HASH of the last line; the number is that of all lines."""
    last: str | None
    """When the last entry was written; None without entries."""


@dataclass(frozen=True)
class Looks:
    """Who looked at which ids and what for, the oldest first."""

    log: str
    entries: list[Entry]
    unreadable: list[int]
    """Numbers of lines that hold no entry."""
    broken_at: int | None
    """As in `Verified`: what is listed from there on proves nothing."""


def verify(workspace: Workspace, noted: str | None = None) -> Verified:
    """Check the chain of hashes, and that the log goes on from a head noted earlier (the text that `head` told).

    A log that is not there yet has no entries and is whole, as long as the database holds nothing that was written into
    it. Raises UsageError for what is no head.
    """
    log = AuditLog(workspace.home / LOG)
    found = log.examined(Head.of(noted) if noted is not None else None)
    sound = islice(log.entries(), None if found.broken_at is None else found.broken_at - 1)
    times = [entry.when for entry in sound if entry]
    first, last = (times[0], times[-1]) if times else (None, None)
    lost = found.head.entries == 0 and _written_down(workspace)
    return Verified(str(log.path), len(times), first, last, found.broken_at, str(found.head), found.noted, lost)


def head(workspace: Workspace) -> LogHead:
    """How far the log goes. Raises CheckFailed where its chain is broken: its head would vouch for nothing."""
    found = verify(workspace)
    if found.broken_at is not None:
        raise CheckFailed(
            f"the chain of {found.log} is broken at line {found.broken_at}: its head vouches for nothing. "
            "See riskmodel audit verify."
        )
    return LogHead(found.log, found.head, found.last)


def looks(workspace: Workspace, ids: Collection[str] = (), since: date | None = None) -> Looks:
    """The entries that name one of these ids (without ids, all), from a day on. Raises UsageError for what is no id."""
    require_ids(ids)
    log = AuditLog(workspace.home / LOG)
    lines = list(log.entries())
    entries = [entry for entry in lines if entry and _concerns(entry, ids, since)]
    unreadable = [number for number, entry in enumerate(lines, start=1) if entry is None]
    return Looks(str(log.path), entries, unreadable, log.verify())


def _written_down(workspace: Workspace) -> bool:
    """Whether the database holds what is never made without an entry; a workspace without one gets none by asking."""
    if not workspace.settings.database_url and not (workspace.home / FILE).exists():
        return False
    with closing(database(workspace)) as store:
        return bool(Keys(store).all() or Users(store).all() or last_published(store))


def _concerns(entry: Entry, ids: Collection[str], since: date | None) -> bool:
    named = not ids or not set(ids).isdisjoint(entry.ids)
    return named and (since is None or datetime.fromisoformat(entry.when).date() >= since)
