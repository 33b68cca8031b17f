from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from riskmodel.serving.api.sent_lines import SentLines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


def received(pieces: Sequence[bytes], most_lines: int = 100, most_kept: int = 10**6) -> tuple[SentLines, bool]:
    async def sent() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    lines = SentLines()
    return lines, asyncio.run(lines.receive(sent(), most_lines, most_kept))


@given(st.lists(st.text("ab\u2028\r ", max_size=5), max_size=9), st.integers(1, 7))
def test_lines_come_back_however_they_were_cut_and_blank_ones_do_not(texts: list[str], cut: int) -> None:
    body = "\n".join(texts).encode()
    lines, complete = received([body[at : at + cut] for at in range(0, len(body), cut)])
    assert complete
    wanted = [line.strip() for line in body.split(b"\n") if line.strip()]
    assert [line for portion in lines.portions(2, 10**6) for line in portion] == wanted
    assert bool(lines.lines) == bool(wanted)


def test_portions_are_small_in_lines_and_in_bytes() -> None:
    lines, _ = received([b"aaaa\nbb\nc\nd\ne\n"])
    assert list(lines.portions(2, 100)) == [[b"aaaa", b"bb"], [b"c", b"d"], [b"e"]]
    assert list(lines.portions(100, 5)) == [[b"aaaa", b"bb"], [b"c", b"d", b"e"]]


def test_more_lines_than_are_taken_stop_it_also_without_a_last_end() -> None:
    assert received([b"a\nb\n"], most_lines=2)[1]
    assert received([b"a\nb"], most_lines=2)[1]
    assert not received([b"a\nb\n", b"c"], most_lines=2)[1]


def test_what_is_kept_is_small_and_bounded() -> None:
    row = json.dumps({"month": "2025-01", "component": "wage_work", "amount": 1200}).encode() * 100 + b"\n"
    lines, complete = received([row] * 50)
    assert complete
    assert lines.size < len(row) * 50 / 20
    assert not received([row] * 50, most_kept=100)[1]
