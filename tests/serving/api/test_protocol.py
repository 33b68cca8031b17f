from __future__ import annotations

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from riskmodel.serving.api.protocol import MOST_HEAD, BoundedProtocol


class Wire(asyncio.Transport):
    """The other end of a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.told, self.closed = b"", False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.told += bytes(data)

    def pause_reading(self) -> None:
        """Bodies may be left unread."""

    def resume_reading(self) -> None:
        """As above."""

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


async def answers(_scope: object, _receive: object, _send: object) -> None:
    """An application that never answers."""
    await asyncio.Event().wait()


async def told(*portions: bytes) -> tuple[bytes, bool]:
    """What is answered to portions of a request that does not end, and whether the connection is closed."""
    config, wire = uvicorn.Config(answers, log_config=None), Wire()
    protocol = BoundedProtocol(config, ServerState(), {})
    protocol.connection_made(wire)
    for portion in portions:
        if not wire.closed:
            protocol.data_received(portion)
    return wire.told, wire.closed


@pytest.mark.parametrize("start", [b"GET /" + b"a" * 1000, b"GET / HTTP/1.1\r\nX-Long: "])
def test_a_head_without_end_is_refused(start: bytes) -> None:
    answer, closed = asyncio.run(told(start, *[b"a" * 10_000] * (MOST_HEAD // 10_000 + 1)))
    assert answer.startswith(b"HTTP/1.1 400")
    assert closed


def test_a_long_head_that_ends_is_read() -> None:
    portions = [b"a" * 10_000] * (MOST_HEAD // 10_000)
    head = b"POST / HTTP/1.1\r\nContent-Length: 99\r\nX-Long: "
    assert asyncio.run(told(head, *portions, b"\r\n\r\n")) == (b"", False)


def test_a_body_is_no_head() -> None:
    head = b"POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n"
    assert asyncio.run(told(head, *[b"a" * 10_000] * 20)) == (b"", False)
