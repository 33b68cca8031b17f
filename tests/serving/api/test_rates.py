from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Role
from riskmodel.review.keys import Key
from riskmodel.serving.api import rates
from riskmodel.serving.api.rates import Rates

if TYPE_CHECKING:
    from pathlib import Path

HELD = """
import fcntl, os, sys, time
fcntl.flock(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


def key(per_minute: int, number: int = 1) -> Key:
    return Key(f"{number:012x}", "x", (Role.ANALYST,), "", per_minute, "", "9")


def test_a_key_over_its_rate_waits_until_its_minute_ends() -> None:
    seconds = [0.0]
    alone = Rates(clock=lambda: seconds[0])
    assert [alone.seconds_to_wait(key(2)) for _ in range(3)] == [0, 0, 60]
    seconds[0] = 59.5
    assert alone.seconds_to_wait(key(2)) == 1
    seconds[0] = 60
    assert [alone.seconds_to_wait(key(2)) for _ in range(3)] == [0, 0, 60]
    alone.close()


def test_all_processes_together_let_a_key_through_at_its_rate(tmp_path: Path) -> None:
    one, other = Rates(tmp_path / "rates"), Rates(tmp_path / "rates")
    waits = [(one, other)[turn % 3 == 0].seconds_to_wait(key(60)) for turn in range(90)]
    assert waits[:60] == [0] * 60
    assert all(waits[60:])
    assert other.seconds_to_wait(key(60, number=2)) == 0, "another key has a minute of its own"
    one.close()
    other.close()


def test_a_process_that_was_killed_while_it_counted_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "rates"
    counted = Rates(path)
    with subprocess.Popen([sys.executable, "-c", HELD, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        os.kill(holder.pid, signal.SIGKILL)
        assert counted.seconds_to_wait(key(1)) == 0
    assert counted.seconds_to_wait(key(1)) > 0
    counted.close()


def test_where_there_are_more_keys_than_rows_the_last_ones_are_counted_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates, "MOST_KEYS", 2)
    few = Rates()
    assert [few.seconds_to_wait(key(1, number)) > 0 for number in (1, 2, 3, 1)] == [False, False, True, True]
    few.close()
