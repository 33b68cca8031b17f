"""`riskmodel serve` in a process of its own, and a client that asks it over many connections at once."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.workspace import Workspace

PATIENCE = 120


@contextmanager
def served(workspace: Workspace, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A ready server of one process, and its port; its log lies in the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = [sys.executable, "-m", "riskmodel", "--home", str(workspace.home), "serve", "--port", str(port)]
    with (folder / "serve.log").open("ab") as log, subprocess.Popen(words, stderr=log) as process:
        try:
            wait_until_ready(process, port, PATIENCE)
            yield process, port
        finally:
            process.kill()


def wait_until_ready(process: subprocess.Popen[bytes], port: int, seconds: float) -> float:
    """Seconds until /readyz says 200; AssertionError where it ends before or takes longer."""
    began = time.monotonic()
    while not _ready(port):
        assert process.poll() is None
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def get(path: str, key: str) -> bytes:
    """A request; the connection stays open."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


def post(path: str, key: str, body: object, idempotency_key: str = "") -> bytes:
    """A request with a body."""
    sent = json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {key}"]
    lines += [f"Idempotency-Key: {idempotency_key}"] if idempotency_key else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + sent


def statuses(port: int, requests: Iterator[bytes], connections: int) -> list[int]:
    """The status of each answer that came, in the order of the answers; a connection that breaks off ends."""

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for sent in requests:
                writer.write(sent)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
                told.append(int(head.split(b" ", 2)[1]))
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def all_of_them() -> None:
        await asyncio.gather(*(connection() for _ in range(connections)))

    told: list[int] = []
    asyncio.run(all_of_them())
    return told


def resident_kb(process: subprocess.Popen[bytes]) -> int:
    """Memory in use."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
