"""A client that costs little: raw HTTP over connections that stay open, and the CPU of a server's processes."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"


@dataclass(frozen=True)
class Load:
    """What a load of requests took."""

    requests: int
    refused: int
    """Answered otherwise than 2xx."""
    cpu_ms: float
    """Of the server's processes for one request, user and system."""
    per_second: float
    p50_ms: float
    p99_ms: float


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + _END + body


def measured(server: int, port: int, requests: list[bytes], concurrency: int) -> Load:
    """Send all requests over so many connections at once and tell what it took; `server` is the first process."""
    before, began = cpu_seconds(server), time.perf_counter()
    told = asyncio.run(_sent(port, requests, concurrency))
    took, spent = time.perf_counter() - began, cpu_seconds(server) - before
    times = sorted(seconds for seconds, _ in told)
    count = len(times)
    return Load(
        requests=count,
        refused=sum(not good for _, good in told),
        cpu_ms=round(1000 * spent / count, 3),
        per_second=round(count / took, 1),
        p50_ms=round(1000 * times[count // 2], 2),
        p99_ms=round(1000 * times[min(count - 1, count * 99 // 100)], 2),
    )


def cpu_seconds(process: int) -> float:
    """User and system CPU so far of a process and all below it."""
    ticks = 0
    for one in _tree(process):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int) -> float:
    """Memory in use of a process and all below it."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _tree(process))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _tree(process: int) -> Iterator[int]:
    yield process
    for thread in list(Path(f"/proc/{process}/task").iterdir()):
        try:
            children = (thread / "children").read_text().split()
        except OSError:  # the thread ended
            continue
        for child in children:
            yield from _tree(int(child))


async def _sent(port: int, requests: list[bytes], concurrency: int) -> list[tuple[float, bool]]:
    waiting, told = iter(requests), list[tuple[float, bool]]()
    await asyncio.gather(*(_connection(port, waiting, told) for _ in range(concurrency)))
    return told


async def _connection(port: int, waiting: Iterator[bytes], told: list[tuple[float, bool]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for sent in waiting:
        began = time.perf_counter()
        writer.write(sent)
        head = (await reader.readuntil(_END)).lower()
        start = head.index(_LENGTH) + len(_LENGTH)
        await reader.readexactly(int(head[start : head.index(b"\r\n", start)]))
        told.append((time.perf_counter() - began, head.split(b" ", 2)[1][:1] == b"2"))
        if b"\r\nconnection: close" in head:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
