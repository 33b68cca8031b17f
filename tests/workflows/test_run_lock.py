from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from riskmodel.errors import BusyError
from riskmodel.workflows.run_lock import run_lock

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))
HOLDER = """
import os, sys, signal
from datetime import datetime
from pathlib import Path
from riskmodel.workflows.run_lock import run_lock
with run_lock(Path(sys.argv[1]), "the run", "bob", datetime.fromisoformat("2026-01-05T08:00:00+08:00")):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_owner_and_the_age_of_a_lock_are_told(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    told = r"^the run is under way already: ann, process \d+ on .*, since 2026-01-05T09:30:00\+08:00, 90 minutes ago\. "
    with run_lock(lock, "the run", "ann", NOW):
        with (
            pytest.raises(BusyError, match=told) as raised,
            run_lock(lock, "the run", "bob", NOW + timedelta(minutes=90)),
        ):
            pass
        assert raised.value.exit_code == 75
    with run_lock(lock, "the run", "bob", NOW):
        pass


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert subprocess.run([sys.executable, "-c", HOLDER, str(lock)], check=False).returncode == -9
    assert "bob" in lock.read_text("utf-8")
    with run_lock(lock, "the run", "ann", NOW):
        assert lock.read_text("utf-8").startswith("ann, process")


def test_an_error_inside_frees_the_lock(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), run_lock(tmp_path / "lock", "the run", "ann", NOW):
            raise ZeroDivisionError
