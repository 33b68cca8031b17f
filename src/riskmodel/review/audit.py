"""The audit log: who looked behind the ids, when and what for; lines that can be added and not changed unseen.

Each line holds a hash of the line before it, see `chain.py`. Who edits, removes or inserts a line breaks the chain
there; lines cut off at the end, or a file written anew as a whole, show only against a head or a copy kept elsewhere.
"""

from __future__ import annotations

import fcntl
import io
import os
from contextlib import contextmanager
from datetime import datetime
from itertools import islice, takewhile
from typing import IO, TYPE_CHECKING, Final

from riskmodel.review.chain import FIRST, Entry, Examined, Head, erasing, examined, linked, taken_apart
from riskmodel.tables.files import make_folder, sync_folder, write_portions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

__all__ = ["FIRST", "AuditLog", "Entry", "Head"]

_TAIL: Final = 4096
"""Bytes in which the last line is looked for first; most lines have some 500."""


class AuditLog:
    """JSON lines in one file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entry: Entry) -> None:
        """Add an entry. When this returns, the entry survives a power cut; two processes wait for each other."""
        self.append_all([entry])

    def append_all(self, entries: Sequence[Entry]) -> None:
        """Add entries in their order with one write to the disk; a power cut leaves some of them, from the first on."""
        with self._locked() as log:
            last = _last_line(log)
            torn = bool(last) and not last.endswith(b"\n")  # by a power cut; its look-up was never answered
            link = taken_apart(_ended(last)).link if last else FIRST
            added = bytearray(b"\n" * torn)
            for entry in entries:
                line, link = linked(entry, link)
                added += line
            log.seek(0, os.SEEK_END)
            log.write(added)
            log.flush()
            os.fsync(log.fileno())

    def verify(self) -> int | None:
        """Number of the first line, from 1, that does not fit the line before it; None when all fit."""
        return self.examined().broken_at

    def examined(self, noted: Head | None = None) -> Examined:
        """What a look at all lines finds; `noted` is a head of this log that was kept elsewhere."""
        return examined(map(_ended, self._lines()), noted)

    def entries(self) -> Iterator[Entry | None]:
        """What each line says, the oldest first; None for one that is no entry, as a power cut may leave it."""
        return (taken_apart(_ended(line)).entry for line in self._lines())

    def due(self, before: date) -> tuple[int, int]:
        """Up to which line all entries are sound and older than a day, and how many of these still have their text."""
        broken_at = self.verify()
        sound = islice(self.entries(), None if broken_at is None else broken_at - 1)
        old = list(takewhile(lambda entry: entry is not None and _day(entry) < before, sound))
        return len(old), sum(entry is not None and not entry.erased for entry in old)

    def erase(self, through: int, entry: Entry) -> None:
        """Erase the text of the first lines, see `due`, and add the entry that says so: both at once, or neither."""
        with self._locked() as log:
            log.seek(0)
            write_portions(self.path, erasing(map(_ended, log), through, entry))

    def portions(self) -> Iterator[bytes]:
        """The file as it is now, piece by piece; what is added meanwhile is left out. Nothing where there is none."""
        return self._lines()

    @contextmanager
    def reading(self) -> Iterator[tuple[IO[bytes], int]]:
        """The open file and its size as it is now, at the end of a line; it waits for a process that is adding one, but
        holds up nobody. An empty file where there is none."""
        if not self.path.exists():
            yield io.BytesIO(), 0
            return
        with self.path.open("rb") as log:
            fcntl.flock(log, fcntl.LOCK_SH)
            size = os.fstat(log.fileno()).st_size
            fcntl.flock(log, fcntl.LOCK_UN)
            yield log, size

    def _lines(self) -> Iterator[bytes]:
        """The lines there are now, each with its end."""
        with self.reading() as (log, left):
            while left > 0 and (line := log.readline(left)):
                left -= len(line)
                yield line

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        """The file, held by this process alone; waits for another one to end its line."""
        make_folder(self.path.parent)
        while True:
            is_new = not self.path.exists()
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "r+b") as log:
                fcntl.flock(log, fcntl.LOCK_EX)
                if not self._is(log):  # while we waited, text was erased, and another file took the place of this one
                    continue
                if is_new:
                    sync_folder(self.path.parent)
                yield log
                return

    def _is(self, log: IO[bytes]) -> bool:
        """Whether an open file is still the one of this name."""
        try:
            return os.path.samestat(os.fstat(log.fileno()), self.path.stat())
        except FileNotFoundError:
            return False


def _day(entry: Entry) -> date:
    return datetime.fromisoformat(entry.when).date()


def _ended(line: bytes) -> bytes:
    """A line with its end, which a power cut may have taken."""
    return line if line.endswith(b"\n") else line + b"\n"


def _last_line(log: IO[bytes]) -> bytes:
    """The last line with its end; empty for an empty file."""
    size, read = log.seek(0, os.SEEK_END), _TAIL
    while True:
        log.seek(max(0, size - read))
        lines = log.read().splitlines(keepends=True)
        if len(lines) > 1 or read >= size:
            return lines[-1] if lines else b""
        read *= 2
