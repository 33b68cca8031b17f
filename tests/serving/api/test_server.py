from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trained_county import Office

PATIENCE = 120
Started = tuple["subprocess.Popen[str]", str]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def started(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`riskmodel serve` in a process of its own, and its address; it is ready."""
    place, port = office.copied(tmp_path), free_port()
    words = ["--home", str(place.home), "serve", "--port", str(port), "--workers", str(request.param)]
    address, began = f"http://127.0.0.1:{port}", time.monotonic()
    command, pipe = [sys.executable, "-m", "riskmodel", *words], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        while not ready(address):
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() - began < PATIENCE
            time.sleep(0.2)
        yield process, address
        process.kill()


def ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz").status_code == 200
    except httpx2.HTTPError:
        return False


def test_asked_to_stop_it_is_first_not_ready_and_then_ends_without_an_error(
    started: Started,
) -> None:
    process, address = started
    assert httpx2.get(f"{address}/v1/model").status_code == 401
    os.kill(process.pid, signal.SIGTERM)
    began, refused = time.monotonic(), False
    while not refused and process.poll() is None and time.monotonic() - began < PATIENCE:
        try:
            refused = httpx2.get(f"{address}/readyz").status_code == 503
        except httpx2.HTTPError:
            break
    assert refused
    assert process.wait(PATIENCE) == 0
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read() == ""
    lines = process.stderr.read().splitlines()
    assert [line for line in lines if not line.startswith("{")] == []
    told = [json.loads(line) for line in lines]
    assert {"model in use", "request"} <= {line["event"] for line in told}
