"""The audit log for a service: many entries at once share one write to the disk, and nobody is answered before it."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from riskmodel.review.audit import AuditLog, Entry

    _Waiting = tuple[Entry, Future[Any], Any]

T = TypeVar("T")
_STOP: Final = None
_MOST: Final = 1000
"""Entries of one write."""


class GroupCommit:
    """A thread that writes what waits. `close` writes the rest and ends it."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def append(self, entry: Entry) -> Future[None]:
        """Have an entry written. The result is there when it would survive a power cut; OSError when it cannot be."""
        return self.answered(entry, None)

    def answered(self, entry: Entry, answer: T) -> Future[T]:
        """Have an entry written; the result is the answer, which so cannot be told before the entry is there."""
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()  # who stops waiting must not stop the writer
        if not self._thread.is_alive():
            raise OSError("the audit log was closed")
        self._waiting.put((entry, done, answer))
        return done

    def close(self) -> None:
        """Write what waits and stop."""
        self._waiting.put(_STOP)
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._log.append_all([entry for entry, _, _ in batch])
            except BaseException as error:
                for _, done, _ in batch:
                    done.set_exception(error)
            else:
                for _, done, answer in batch:
                    done.set_result(answer)

    def _next(self) -> list[_Waiting]:
        """All that waits, at least one; empty at the end."""
        batch: list[_Waiting] = []
        while len(batch) < _MOST:
            try:
                item = self._waiting.get(block=not batch)
            except queue.Empty:
                break
            if item is _STOP:
                self._waiting.put(_STOP)
                break
            batch.append(item)
        return batch
