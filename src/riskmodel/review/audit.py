"""The audit log: who looked behind the ids, when and what for; lines that can be added and not changed unseen.

Each line holds the SHA-256 of the line before it. Who edits, removes or inserts a line breaks the chain there; lines
cut off at the end, or a file written anew as a whole, show only against a copy kept elsewhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Final

from riskmodel.tables.files import make_folder, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FIRST: Final = "0" * 64
"""What the first line holds in place of a hash."""

_TAIL: Final = 65_536


@dataclass(frozen=True)
class Entry:
    """One line of the log. Names, numbers and keys have no place in it."""

    when: str
    """ISO 8601 with the offset."""
    who: str
    action: str
    purpose: str
    ids: tuple[str, ...]
    """Hashes of the households and persons concerned."""


_TEXTS: Final = ("when", "who", "action", "purpose")


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
            if torn:
                last += b"\n"
            added = bytearray(b"\n" * torn)
            for entry in entries:
                before = hashlib.sha256(last).hexdigest() if last else FIRST
                last = json.dumps({"before": before, **asdict(entry)}, ensure_ascii=False).encode() + b"\n"
                added += last
            log.seek(0, os.SEEK_END)
            log.write(added)
            log.flush()
            os.fsync(log.fileno())

    def verify(self) -> int | None:
        """Number of the first line, from 1, that does not fit the line before it; None when all fit."""
        before = FIRST
        for number, line in enumerate(self._lines(), start=1):
            if _before(line) != before:
                return number
            before = hashlib.sha256(line).hexdigest()
        return None

    def entries(self) -> Iterator[Entry | None]:
        """What each line says, the oldest first; None for one that is no entry, as a power cut may leave it."""
        return map(_entry, self._lines())

    def _lines(self) -> Iterator[bytes]:
        """The lines with their ends, none where there is no file; waits for a process that is adding one."""
        if not self.path.exists():
            return
        with self.path.open("rb") as log:
            fcntl.flock(log, fcntl.LOCK_SH)
            yield from log

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        """The file, held by this process alone; waits for another one to end its line."""
        make_folder(self.path.parent)
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            if is_new:
                sync_folder(self.path.parent)
            yield log


def _last_line(log: IO[bytes]) -> bytes:
    """The last line with its end; empty for an empty file."""
    size, read = log.seek(0, os.SEEK_END), _TAIL
    while True:
        log.seek(max(0, size - read))
        lines = log.read().splitlines(keepends=True)
        if len(lines) > 1 or read >= size:
            return lines[-1] if lines else b""
        read *= 2


def _before(line: bytes) -> str | None:
    """The hash that a line holds; None for what is no line of a log."""
    try:
        return str(json.loads(line)["before"])
    except (ValueError, KeyError, TypeError):
        return None


def _entry(line: bytes) -> Entry | None:
    """What a line says; None for what is no entry."""
    try:
        found = json.loads(line)
        when, who, action, purpose = texts = [found[name] for name in _TEXTS]
        ids = tuple(found["ids"])
        datetime.fromisoformat(when)
    except (ValueError, KeyError, TypeError):
        return None
    sound = all(isinstance(text, str) for text in (*texts, *ids))
    return Entry(when, who, action, purpose, ids) if sound else None
