from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from riskmodel.serving.api.metrics import FILES, ROOM
from riskmodel.settings import Settings
from riskmodel.workflows.database import make_key
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trained_county import Office

PATIENCE = 120
Started = tuple["subprocess.Popen[str]", str]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def started(office: Office, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Started]:
    """`riskmodel serve` in a process of its own, and its address; it is ready."""
    with serving(office.copied(tmp_path), request.param, "/readyz") as found:
        yield found


@contextmanager
def serving(place: Workspace, workers: int, path: str) -> Iterator[Started]:
    """`riskmodel serve` once it answers 200 at a path."""
    port = free_port()
    words = ["--home", str(place.home), "serve", "--port", str(port), "--workers", str(workers)]
    address, began = f"http://127.0.0.1:{port}", time.monotonic()
    command, pipe = [sys.executable, "-m", "riskmodel", *words], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            while not answers(f"{address}{path}"):
                assert process.poll() is None, process.stderr and process.stderr.read()
                assert time.monotonic() - began < PATIENCE
                time.sleep(0.2)
            yield process, address
        finally:
            process.kill()


def answers(url: str) -> bool:
    try:
        return httpx2.get(url).status_code == 200
    except httpx2.HTTPError:
        return False


def workers_of(process: subprocess.Popen[str]) -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return {int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def told(address: str, name: str) -> float:
    """A number of /metrics, summed over its labels."""
    lines = httpx2.get(f"{address}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_processes_count_together_also_after_one_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, now = Workspace(Settings(tmp_path / "home")), datetime.now(UTC)  # noqa: TID251 - keys end by the service's clock
    keys = [make_key(place, f"key {number}", ["analyst"], "", 1, now, 12).text for number in range(2)]
    count, asked = "riskmodel_requests_total{", [f"Bearer {key}" for key in keys]
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving(place, 2, "/livez") as (process, address):
        (shared,) = tmp_path.glob("riskmodel-serve-*")
        with httpx2.Client() as one:
            codes = [one.get(f"{address}/v1/model", headers={"Authorization": asked[0]}).status_code for _ in range(20)]
        assert codes == [503] * 12 + [429] * 8, "503: no model is in use here"
        codes = [httpx2.get(f"{address}/v1/model", headers={"Authorization": asked[1]}).status_code for _ in range(8)]
        assert codes == [503] * 8
        before = told(address, count)
        assert [told(address, count) for _ in range(6)] == [before + number for number in range(1, 7)]
        old = workers_of(process)
        sizes = {(path.name, path.stat().st_size) for path in shared.glob("*.db")}
        assert sizes == {(f"{kind}_{pid}.db", ROOM) for kind in FILES for pid in old}, "all files have room"
        os.kill(min(old), signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while len(workers_of(process) | old) < 3 or len(workers_of(process)) < 2 or not answers(f"{address}/livez"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert told(address, count) > before, "what the killed one had counted stays"
        codes = [httpx2.get(f"{address}/v1/model", headers={"Authorization": asked[1]}).status_code for _ in range(8)]
        assert codes == [503] * 4 + [429] * 4
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert not shared.exists()


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
    events = {json.loads(line)["event"] for line in lines}
    assert {"model in use", "request"} <= events
