"""Functions that engines map in their tests: importable by name, as those of real work are."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from riskmodel.errors import LakeError


def doubled(number: int) -> int:
    """Twice the number."""
    return 2 * number


def own_process(_: int) -> int:
    """The id of the process that works."""
    return os.getpid()


def refused_at_three(number: int) -> int:
    """An error of ours for 3."""
    if number == 3:
        raise LakeError("the file of 3 is damaged. Restore it.")
    return number


def faulty_at_three(number: int) -> float:
    """A fault of the program for 3."""
    return number / (number - 3)


def killed_at_three(number: int) -> int:
    """As when memory ran out at 3."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def under_way(task: tuple[str, float]) -> tuple[float, float]:
    """When it was begun and ended, after so many seconds."""
    begun = time.monotonic()
    time.sleep(task[1])
    return begun, time.monotonic()


def forever(folder: str) -> None:
    """Say which process works, and never end."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(600)


def filed(task: tuple[str, int]) -> int:
    """Write a number into its file, once, and note each attempt; the first attempt at an odd one dies in mid-write."""
    from riskmodel.tables.publish import written_once  # the others do without

    folder, number = Path(task[0]), task[1]
    attempts = folder / f"attempts-{number}"
    with attempts.open("a") as note:
        note.write("x")
    with written_once(folder / f"done-{number}") as filling:
        (filling / "first").write_text(str(number))
        if number % 2 and attempts.stat().st_size == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        (filling / "second").write_text(str(number * number))
    return number
