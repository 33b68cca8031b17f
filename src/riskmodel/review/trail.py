"""The audit log read from its end: what was written last first, a bounded piece at a time, however long the log is."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING, Final

from riskmodel.review.chain import FIRST, Entry, taken_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from riskmodel.review.audit import AuditLog

MOST_BYTES: Final = 8_000_000
"""Read for one answer; a line takes 300 bytes and more."""
MOST_PARSED: Final = 300
"""Lines that are taken apart for one answer."""
_ROOM: Final = 65_536


@dataclass(frozen=True)
class Sought:
    """Which entries are looked for; what is empty or None asks for nothing."""

    actor: str = ""
    """As the log names them; of an account of the machine, also what it did for others (`os root for Li Ming`)."""
    action: str = ""
    id: str = ""
    """Of a household or person."""
    since: datetime | None = None
    until: datetime | None = None
    """Not in it any more."""
    seen: Callable[[str], bool] = field(default=lambda _actor: True, repr=False)
    """Whether entries of an actor may be told."""


@dataclass(frozen=True)
class Traced:
    """An entry that was found."""

    entry: Entry
    fits: bool
    """Whether the line is unchanged, and follows the line before it."""


@dataclass(frozen=True)
class Stretch:
    """What a piece of the log holds, the newest first."""

    found: list[Traced]
    looked_at: int
    """Bytes of the log that were looked through."""
    size: int
    """Bytes of the whole log."""
    back_to: str | None
    """When the oldest line that was looked at was written; None for an empty piece."""
    go_on: int | None
    """Where the next piece ends; None where nothing older is asked for."""


def traced(log: AuditLog, sought: Sought, end: int | None = None, most: int = 50) -> Stretch:
    """Look for entries from a place on (default: the end of the log) backwards, `most` of them or as far as it goes."""
    with log.reading() as (file, size):
        stop = size if sought.until is None else place_of(file, size, sought.until)
        stop = stop if end is None else _line_start(file, min(max(end, 0), stop))
        floor = 0 if sought.since is None else place_of(file, size, sought.since)
        start = _line_start(file, max(floor, stop - MOST_BYTES))
        ahead = _line_start(file, max(0, start - 1))  # the line before the piece, which the first line must follow
        file.seek(ahead)
        piece = file.read(max(0, stop - ahead))
    found, reached = _searched(piece, start - ahead, sought, most)
    oldest = _when(piece[reached : piece.find(b"\n", reached) + 1])
    back_to, at = oldest.isoformat() if oldest else None, ahead + reached
    return Stretch(found, len(piece) - reached, size, back_to, at if at > floor else None)


def place_of(file: IO[bytes], size: int, moment: datetime) -> int:
    """The place of the first line that was written at a moment or later, found by halving; lines stand by time."""
    low, high = 0, size
    while low < high:
        start, line = _line_at(file, (low + high) // 2)
        after, when = start + len(line), _when(line)
        while when is None and after < high:  # no entry, as a power cut may leave it: the next one tells the time
            line = file.readline()
            after, when = after + len(line), _when(line)
        if when is not None and when < moment:
            low = after
        else:
            high = start
    return low


def line_before(file: IO[bytes], place: int) -> bytes:
    """The line that ends at a place; empty at the beginning."""
    return _line_at(file, place - 1)[1] if place > 0 else b""


def _searched(piece: bytes, first: int, sought: Sought, most: int) -> tuple[list[Traced], int]:
    """What is found among the lines of a piece from `first` on, and how far back it was looked at."""
    found: list[Traced] = []
    for parsed, (start, end) in enumerate(_candidates(piece, first, _needle(sought)), start=1):
        line = taken_apart(_ended(piece[start:end]))
        if line.entry and _asked_for(line.entry, sought):
            found.append(Traced(line.entry, _link_before(piece, start) == line.before))
        if len(found) == most or parsed == MOST_PARSED:
            return found, start
    return found, first


def _candidates(piece: bytes, first: int, needle: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of every line that holds the needle, the last first."""
    end = len(piece)
    while end > first:
        hit = piece.rfind(needle, first, end) if needle else end - 1
        if hit < 0:
            return
        start = piece.rfind(b"\n", 0, hit) + 1
        stop = piece.find(b"\n", hit) + 1 or len(piece)
        yield start, stop
        end = start


def _needle(sought: Sought) -> bytes:
    """What every line that is sought holds, as it is written; empty where all may be."""
    if sought.actor and not sought.id:
        return json.dumps(sought.actor, ensure_ascii=False)[:-1].encode()  # a name may go on, see `_by`
    text = sought.id or sought.action
    return json.dumps(text, ensure_ascii=False).encode() if text else b""


def _by(who: str, actor: str) -> bool:
    """Whether an entry is of an actor, or of an account that did it for somebody."""
    return actor in ("", who) or (actor.startswith("os ") and who.startswith(f"{actor} for "))


def _asked_for(entry: Entry, sought: Sought) -> bool:
    return (
        sought.action in ("", entry.action)
        and _by(entry.who, sought.actor)
        and (not sought.id or sought.id in entry.ids)
        and sought.seen(entry.who)
        and _within(datetime.fromisoformat(entry.when), sought)
    )


def _within(when: datetime, sought: Sought) -> bool:
    """Lines stand by time but for seconds, which processes that wait for each other may exchange."""
    return (sought.since is None or when >= sought.since) and (sought.until is None or when < sought.until)


def _link_before(piece: bytes, start: int) -> str:
    """The link of the line that ends where another one starts."""
    if start == 0:
        return FIRST
    return taken_apart(piece[piece.rfind(b"\n", 0, start - 1) + 1 : start]).link


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


def _when(line: bytes) -> datetime | None:
    entry = taken_apart(_ended(line)).entry
    return datetime.fromisoformat(entry.when) if entry else None


def _line_start(file: IO[bytes], place: int) -> int:
    """Where the line starts in which a place lies; a start is its own."""
    back = place
    while back > 0:
        step = min(_ROOM, back)
        file.seek(back - step)
        at = file.read(step).rfind(b"\n")
        if at >= 0:
            return back - step + at + 1
        back -= step
    return 0


def _line_at(file: IO[bytes], place: int) -> tuple[int, bytes]:
    """Start and text of the line in which a place lies."""
    start = _line_start(file, place)
    file.seek(start, os.SEEK_SET)
    return start, file.readline()
