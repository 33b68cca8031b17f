"""Kills and faults during a month's run: what they leave, and that the next run completes it."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from riskmodel.errors import BundleError, LakeError, StorageError
from riskmodel.settings import Settings
from riskmodel.tables.files import fingerprint
from riskmodel.workflows.run_month import MonthRun, run_month
from riskmodel.workflows.score import champion_folder
from riskmodel.workflows.workspace import Workspace
from trained_county import LABEL, NOW
from two_counties import APRIL, FIRST, SECOND

TESTS = Path(__file__).parents[1]
Finished = tuple[Workspace, MonthRun]


def copied(ready: Workspace, folder: Path) -> Workspace:
    shutil.copytree(ready.home, folder / "home")
    return Workspace(Settings(folder / "home"))


def run(place: Workspace) -> MonthRun:
    """The run of April."""
    return run_month(place, APRIL, None, "ann", lambda: NOW)


def scores(place: Workspace) -> dict[str, str]:
    """Hashes of all published files."""
    found = (path for path in sorted(place.results.rglob("*")) if path.is_file())
    return {str(path.relative_to(place.results)): fingerprint(path) for path in found}


# --- kills ---


def killed(place: Workspace, work: str, *kills: str) -> list[dict[str, Any]]:
    """What each kill left, and the end."""
    paths = os.pathsep.join(map(str, [TESTS, *sys.path]))
    command = [sys.executable, str(TESTS / "killed_runs.py"), str(place.home), work, *kills]
    environment = {**os.environ, "PYTHONPATH": paths, "POLARS_MAX_THREADS": "1"}  # noqa: TID251 - of another process
    said = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr[-2000:]
    return [json.loads(line) for line in said.stdout.splitlines()]


def check_kills(found: list[dict[str, Any]], place: Workspace, finished: Finished) -> None:
    """No half month was ever seen, what was whole was never done again, and the end is that of an undisturbed run."""
    for before, after in pairwise(found):
        assert not before["half"]
        assert before["published"] in (0, 1200)
        assert len(before["shown"]) in (0, 2)
        files = {name.partition("-")[0]: number for name, number in before["parts"].items()} | before["shown"]
        later = {name.partition("-")[0]: number for name, number in after["parts"].items()} | after["shown"]
        assert {county: later[county] for county in files} == files
    end = found[-1]
    assert (end["killed"], end["half"], end["published"], end["parts"]) == (False, False, 1200, {})
    assert set(end["shown"]) == {FIRST, SECOND}
    assert scores(place) == scores(finished[0])
    assert run(place).done == []


def test_a_run_killed_three_times_shows_no_half_month_and_does_no_county_twice(
    ready: Workspace, finished: Finished, tmp_path: Path
) -> None:
    place = copied(ready, tmp_path)
    found = killed(place, "month", "30", "20", "25")  # in the second county, in the folder of the day, in the list
    assert [one["killed"] for one in found] == [True, True, True, False]
    assert [len(one["parts"]) for one in found] == [1, 2, 0, 0]
    check_kills(found, place, finished)


@pytest.mark.long  # two hundred works, each killed somewhere
@pytest.mark.parametrize(("work", "kills", "longest"), [("month", 90, 4), ("promote", 80, 2), ("train", 30, 12)])
def test_two_hundred_kills_at_random_moments_lose_nothing(
    ready: Workspace, finished: Finished, tmp_path: Path, work: str, kills: int, longest: float
) -> None:
    """What is killed ends in the end; meanwhile the champions could be loaded after every kill (`killed_runs`)."""
    chance, count = random.Random(9), 0
    while count < kills:
        place = copied(ready, folder := tmp_path / str(count))
        found = killed(place, work, *(f"{chance.uniform(0.05, longest):.2f}" for _ in range(8)))
        if work == "month":
            check_kills(found, place, finished)
        count += sum(one["killed"] for one in found)
        assert not found[-1]["killed"]
        shutil.rmtree(folder)


# --- faults ---


@contextmanager
def small_files(_: pytest.MonkeyPatch) -> Iterator[None]:
    """No file may grow beyond what the scores of a county take."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the kernel answers when a file cannot be flushed to a full disk."""
    with monkeypatch.context() as patched:

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        patched.setattr(os, "fsync", full)
        yield


@contextmanager
def read_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the kernel answers on a read-only disk; rights say nothing to an administrator, who may run this."""
    with monkeypatch.context() as patched:

        def refused(path: Path, *_: object, **__: object) -> None:
            raise OSError(30, "Read-only file system", str(path))

        patched.setattr(Path, "mkdir", refused)
        yield


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (small_files, r"scores\.parquet cannot be written .*File too large.*ulimit -f.* / .*无法写入"),
        (full_disk, r"cannot be written .*No space left.*the disk is full\. Make room .*磁盘已满"),
        (read_only, r"cannot be written .*Read-only.*mounted read-only .*磁盘是否只读"),
    ],
)
def test_a_disk_that_refuses_is_named_and_nothing_half_is_seen(
    ready: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], Any],
    said: str,
) -> None:
    place = copied(ready, tmp_path)
    with fault(monkeypatch), pytest.raises(StorageError, match=said) as raised:
        run(place)
    assert raised.value.exit_code == 3
    assert scores(place) == {}
    assert not list(place.home.rglob("*.tmp"))


def test_a_database_that_may_not_grow_is_named_and_nothing_is_half_published(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = copied(finished[0], tmp_path)
    for path in place.home.glob("riskmodel.sqlite*"):
        path.unlink()
    with (
        small_files(monkeypatch),
        pytest.raises(StorageError, match=r"riskmodel\.sqlite cannot be written .*ulimit -f.* / .*无法写入") as refused,
    ):
        run(place)
    assert "household_id" not in str(refused.value)
    with closing(sqlite3.connect(place.home / "riskmodel.sqlite")) as database:
        assert database.execute(
            "SELECT (SELECT count(*) FROM published_months), count(*) FROM assessments"
        ).fetchall() == [(0, 0)]
    assert run(place).done == ["publish"]


def test_a_truncated_file_of_the_lake_is_named_and_no_county_is_seen(
    ready: Workspace, finished: Finished, tmp_path: Path
) -> None:
    place = copied(ready, tmp_path)
    (path,) = place.lake.folder.glob(f"generations/county={SECOND}/*/incomes.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with pytest.raises(LakeError, match=r"incomes\.parquet is damaged: .* rebuild the county"):
        run(place)
    assert scores(place) == {}
    path.write_bytes(whole)
    assert run(place).scored == [FIRST, SECOND]
    assert scores(place) == scores(finished[0])


def test_a_model_with_one_flipped_bit_is_named_and_nothing_is_scored(ready: Workspace, tmp_path: Path) -> None:
    place = copied(ready, tmp_path)
    path = champion_folder(place, LABEL) / "model.txt"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BundleError, match=r"model\.txt.* / .*请从备份恢复"):
        run(place)
    assert scores(place) == {}
