"""How often each key asks, counted over all processes of a service."""

from __future__ import annotations

import fcntl
import os
from math import ceil
from mmap import mmap
from struct import Struct
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskmodel.review.keys import Key

MINUTE: Final = 60
MOST_KEYS: Final = 4096
"""Keys with a row of their own; more than an office ever makes. Any further ones share the last row."""
_ID: Final = 16
"""Bytes of a row that hold the key's id, filled up with zeros."""
_COUNT: Final = Struct("=dq")
"""After them: when its minute began, by a clock that is the same in all processes, and the requests in it."""
_ROW: Final = _ID + _COUNT.size


class Rates:
    """The minute of each key, which begins with its first request: how many requests came in it.

    A row for each key in a file that every process maps into memory. The kernel's lock is held for one count, some
    microseconds, and goes with its process, however that ended. Asked by the event loop alone. Only valid keys are
    counted, so that there are as many rows as keys at most.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = monotonic) -> None:
        """`path`: the file, made where there is none; None: a process that shares with nobody. `clock`: seconds that
        only go on."""
        self._clock = clock
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600) if path else os.memfd_create("rates")
        os.posix_fallocate(self._file, 0, MOST_KEYS * _ROW)  # a disk that fills up later would end the process
        self._table = mmap(self._file, MOST_KEYS * _ROW)
        self._rows: dict[str, int] = {}
        """Where the rows of keys begin that this process has found; a row is never given to another key."""

    def seconds_to_wait(self, key: Key) -> int:
        """Count a request; 0, or the seconds until a key that is over its rate may ask again."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            at, place = self._clock(), self._row(key.id) + _ID
            began, count = _COUNT.unpack_from(self._table, place)
            if count == 0 or not began <= at < began + MINUTE:
                began, count = at, 0
            self._table[place : place + _COUNT.size] = _COUNT.pack(began, count + 1)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        return 0 if count < key.per_minute else max(1, ceil(began + MINUTE - at))

    def close(self) -> None:
        """Give the file back."""
        self._table.close()
        os.close(self._file)

    def _row(self, key_id: str) -> int:
        """Where the row of a key begins; the first free one becomes that of a key that has none."""
        found = self._rows.get(key_id)
        if found is None:
            found, wanted = 0, key_id.encode().ljust(_ID, b"\0")
            while found < len(self._table) - _ROW and self._table[found : found + _ID] not in (wanted, bytes(_ID)):
                found += _ROW
            self._table[found : found + _ID] = wanted
            self._rows[key_id] = found
        return found
