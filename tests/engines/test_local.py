from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pieces import doubled, faulty_at_three, killed_at_three, own_process, refused_at_three, under_way
from riskmodel.engines import Ended, Part
from riskmodel.engines.local import Local
from riskmodel.errors import LakeError, StoppedError

TWO = Local(2, memory=100)


def parts(*numbers: int) -> list[Part[int]]:
    return [Part(f"county {number}", number) for number in numbers]


def test_every_piece_ends_once_and_processes_are_used_again() -> None:
    found = list(TWO.map(doubled, parts(1, 2, 3, 4, 5)))
    assert sorted(found, key=lambda ended: ended.name) == [Ended(f"county {n}", 2 * n) for n in range(1, 6)]
    assert len({ended.result for ended in TWO.map(own_process, parts(1, 2, 3, 4))} - {os.getpid()}) <= 2


def test_a_single_piece_needs_no_process_of_its_own() -> None:
    assert [ended.result for ended in TWO.map(own_process, parts(1))] == [os.getpid()]


def test_no_more_is_under_way_than_memory_allows_and_the_largest_go_first() -> None:
    sizes = {"small": 40, "large": 80, "huge": 300}
    work = [Part(name, (name, 0.2), memory) for name, memory in sizes.items()]
    spans = {ended.name: ended.result for ended in TWO.map(under_way, work)}
    assert sorted(spans, key=lambda name: spans[name][0]) == ["huge", "large", "small"]
    assert spans["huge"][1] <= spans["large"][0]
    assert spans["large"][1] <= spans["small"][0]


@pytest.mark.parametrize(
    ("function", "kind", "said"),
    [
        (refused_at_three, LakeError, r"^the file of 3 is damaged\. Restore it\.\n"),
        (faulty_at_three, ZeroDivisionError, "division"),
        (killed_at_three, StoppedError, r"^county 3: .* died of signal 9\. .* run the command again\. .* / county 3："),
    ],
)
def test_an_error_is_told_as_it_was_and_a_death_by_the_name_of_its_piece(
    function: Callable[[int], Any], kind: type[Exception], said: str
) -> None:
    ended: list[Ended[Any]] = []
    with pytest.raises(kind, match=said) as raised:
        ended.extend(TWO.map(function, parts(3, 5)))
    assert raised.type is kind
    if kind is ZeroDivisionError:
        assert "faulty_at_three" in "".join(raised.value.__notes__)


def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "from pieces import forever; from riskmodel.engines import Part; from riskmodel.engines.local import Local\n"
        "import sys\n"
        "if __name__ == '__main__':\n"
        "    list(Local(2, 9).map(forever, [Part('a', sys.argv[1]), Part('b', sys.argv[1])]))\n"
    )
    (tmp_path / "run.py").write_text(script)
    (folder := tmp_path / "processes").mkdir()
    environment = {"PYTHONPATH": os.pathsep.join(map(str, [Path(__file__).parents[1], *sys.path]))}
    parent = subprocess.Popen([sys.executable, str(tmp_path / "run.py"), str(folder)], env=environment)
    until(lambda: len(list(folder.iterdir())) == 2)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    working = [int(path.name) for path in folder.iterdir()]
    until(lambda: not any(alive(process) for process in working))


def alive(process: int) -> bool:
    """Whether a process runs; one that ended and that nobody asked about yet does not."""
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def until(claim: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end
        time.sleep(0.02)
