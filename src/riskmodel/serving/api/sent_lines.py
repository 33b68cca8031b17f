"""A body of many lines (NDJSON), kept compressed until each line is read: facts repeat themselves a great deal.

A client sends all before it reads, so all has to be taken in before anything is answered. Nothing goes to a disk.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

LEVEL: Final = 1
"""Of the compression; more costs more than it saves."""
_PIECE: Final = 1 << 16


class SentLines:
    """Lines as they were received. Lines without anything in them count as none."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0
        """Bytes kept in memory."""
        self.lines = 0
        """Lines received; 0 where all that was received is blank."""

    async def receive(self, pieces: AsyncIterator[bytes], most_lines: int, most_kept: int) -> bool:
        """Take all in; False where it stopped because there are more lines or bytes to keep than that."""
        press, ends, said, rest = zlib.compressobj(LEVEL), 0, False, False
        async for piece in pieces:
            ends += piece.count(b"\n")
            blank = not piece.strip()
            said, rest = said or not blank, not piece.endswith(b"\n") if piece else rest
            self._keep(press.compress(piece))
            if ends + rest > most_lines or self.size > most_kept:
                return False
        self._keep(press.flush())
        self.lines = ends + rest if said else 0
        return self.size <= most_kept

    def portions(self, most_lines: int, most_bytes: int) -> Iterator[list[bytes]]:
        """The lines in their order, some at a time: at most so many, and no more once they have so many bytes."""
        portion: list[bytes] = []
        size = 0
        for line in self._lines():
            portion.append(line)
            size += len(line)
            if len(portion) == most_lines or size >= most_bytes:
                yield portion
                portion, size = [], 0
        if portion:
            yield portion

    def _keep(self, part: bytes) -> None:
        if part:
            self._parts.append(part)
            self.size += len(part)

    def _lines(self) -> Iterator[bytes]:
        begun: list[bytes] = []
        for piece in self._pieces():
            first, *others = piece.split(b"\n")
            begun.append(first)
            for line in others:
                yield from _said(b"".join(begun))
                begun = [line]
        yield from _said(b"".join(begun))

    def _pieces(self) -> Iterator[bytes]:
        """What was sent, a piece at a time."""
        press = zlib.decompressobj()
        for part in self._parts:
            while part:
                yield press.decompress(part, _PIECE)
                part = press.unconsumed_tail


def _said(line: bytes) -> Iterator[bytes]:
    if stripped := line.strip():
        yield stripped
