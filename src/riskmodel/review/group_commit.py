"""The audit log for a service: many entries at once share one write to the disk, and nobody is answered before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from riskmodel.review.gathering import Gathering

if TYPE_CHECKING:
    from concurrent.futures import Future

    from riskmodel.review.audit import AuditLog, Entry

T = TypeVar("T")
_MOST: Final = 1000
"""Entries of one write."""


class GroupCommit:
    """A thread that writes what waits. `close` writes the rest and ends it."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log
        self._gathering: Gathering[tuple[Entry, Any], Any] = Gathering("the audit log", _MOST, self._written)

    def append(self, entry: Entry) -> Future[None]:
        """Have an entry written. The result is there when it would survive a power cut; OSError when it cannot be."""
        return self.answered(entry, None)

    def answered(self, entry: Entry, answer: T) -> Future[T]:
        """Have an entry written; the result is the answer, which so cannot be told before the entry is there."""
        return self._gathering.ask((entry, answer))

    def close(self) -> None:
        """Write what waits and stop."""
        self._gathering.close()

    def _written(self, waiting: list[tuple[Entry, Any]]) -> list[Any]:
        self._log.append_all([entry for entry, _ in waiting])
        return [answer for _, answer in waiting]
