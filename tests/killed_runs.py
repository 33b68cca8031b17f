"""A process that does one work again and again, each time in a child that is killed, and tells what each kill left.

`python killed_runs.py HOME WORK KILL...`: WORK is month, train or promote; a KILL is the number of the flush to disk
(fsync) at which the child dies, or a number of seconds with a point in it after which it is killed from outside.
Nothing but imports happens before the children are made, so they start at once. A line of JSON per kill, of which a
further child makes sure that the champions can be loaded; the last child is not killed.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from riskmodel.settings import Settings, prepare_process

prepare_process()

import lightgbm as lightgbm
import mlflow as mlflow

from riskmodel.models import pointer
from riskmodel.models.shapley_compiled import compiled
from riskmodel.workflows.promote import promote
from riskmodel.workflows.run_month import run_month
from riskmodel.workflows.score import champion_folder
from riskmodel.workflows.train import train
from riskmodel.workflows.workspace import Workspace, model_name
from trained_county import LABEL, NOW, SOON
from two_counties import APRIL

DAY = "2024-05-05"


def main() -> None:
    """Do, kill, tell."""
    home, work = Path(sys.argv[1]), sys.argv[2]
    compiled()
    for kill in [*sys.argv[3:], ""]:
        killed = attempt(home, work, kill)
        attempt(home, "look", "")
        print(json.dumps(left(home) | {"killed": killed}), flush=True)


def attempt(home: Path, work: str, kill: str) -> bool:
    """Do the work in a child; True where it was killed."""
    child = os.fork()
    if child == 0:
        if kill.isdecimal():
            die_at(int(kill))
        try:
            WORKS[work](Workspace(Settings(home)))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if "." in kill:
        time.sleep(float(kill))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
        sys.exit(f"{work} failed after {kill}")
    return os.WIFSIGNALED(status)


def to_and_fro(place: Workspace) -> None:
    """Promotions, so many that there is something to be killed."""
    for version in (2, 1, 2):
        promote(place, version, NOW, LABEL, reason="for the tests")


def look(place: Workspace) -> None:
    """The champions are there and can be loaded, for MLflow and for services."""
    for label in (LABEL, SOON):
        assert champion_folder(place, label).is_dir()
        named = pointer.pointed(place.registry.folder, model_name(label))
        assert named
        assert pointer.load(named).hash == named.hash


WORKS: Final[dict[str, Callable[[Workspace], object]]] = {
    "month": lambda place: run_month(place, APRIL, None, "ann", lambda: NOW),
    "train": lambda place: train(place, NOW + timedelta(days=2), kind="lightgbm"),  # the office was trained at NOW
    "promote": to_and_fro,
    "look": look,
}


def die_at(number: int) -> None:
    """Die instead of the n-th flush to disk."""
    sync, count = os.fsync, 0

    def dying(handle: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        sync(handle)

    os.fsync = dying  # type: ignore[assignment]  # nobody calls it by the name of its parameter


def left(home: Path) -> dict[str, Any]:
    """What readers see, and the parts that are whole, each with the number of its file."""
    results = home / "results"
    parts = sorted(results.glob(f".{DAY}.parts/99*/scores.parquet"))
    shown = sorted((results / DAY).glob("*.parquet")) if (results / DAY / "_manifest.json").exists() else []
    return {
        "parts": {path.parent.name: path.stat().st_ino for path in parts},
        "shown": {path.stem: path.stat().st_ino for path in shown},
        "half": (results / DAY).exists() and not shown,
        "published": published(home / "riskmodel.sqlite"),
    }


def published(database: Path) -> int:
    """Households of the day that a service would answer about."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as store:
        if not store.execute("SELECT 1 FROM sqlite_master WHERE name = 'assessments'").fetchall():
            return 0
        return int(store.execute("SELECT count(*) FROM assessments").fetchone()[0])


if __name__ == "__main__":
    main()
