"""What a kill in the middle of an ingest leaves, and that the next run completes it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from office_files import counts, kept
from riskmodel.settings import Settings
from riskmodel.sources.intake import Intake
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.workspace import Workspace

KILLED = """
import os, sys
from pathlib import Path
from office_files import workspace_in
from riskmodel.workflows.ingest import ingest
sync, left = os.fsync, [int(sys.argv[3])]
def dying(handle):
    left[0] -= 1
    if not left[0]:
        os._exit(9)
    sync(handle)
os.fsync = dying
ingest(workspace_in(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("at", [75, 130, 215])
def test_a_killed_ingest_goes_on_where_it_stopped_and_nothing_is_lost(
    place: Workspace, delivered: Path, whole: Workspace, at: int
) -> None:
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "POLARS_MAX_THREADS": "1"}
    command = [sys.executable, "-c", KILLED, str(place.home), str(delivered), str(at)]
    assert subprocess.run(command, env=environment, check=False).returncode == 9
    taken = len(list(place.lake.folder.glob("receipts/*/*.json")))
    assert 0 < taken <= 15
    done = ingest(place, delivered)
    assert sum(account.known_before for account in done.accounts) == taken
    counts(done)
    assert kept(place) == kept(whole)


EVERY = 13
"""Of so many changes of files one is taken; all of them would take minutes."""


def test_a_kill_at_any_point_leaves_what_a_second_run_completes(
    place: Workspace, delivered: Path, whole: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before each change of a file of the lake the folder is copied: each copy is what a kill there would leave."""
    copies: list[Path] = []
    calls = 0

    def copying(call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(path: Path, *arguments: object, **named: object) -> object:
            nonlocal calls
            calls += place.lake.folder in path.parents
            if calls % EVERY == 0 and place.lake.folder in path.parents:
                copies.append(tmp_path / f"copy{len(copies)}")
                shutil.copytree(place.home, copies[-1])
            return call(path, *arguments, **named)

        return wrapped

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink"):
            patch.setattr(Path, name, copying(getattr(Path, name)))
        ingest(place, delivered)
    assert len(copies) > 10
    for copy in copies:
        again = Workspace(Settings(copy))
        ingest(again, delivered)
        assert kept(again) == kept(whole), copy.name


def test_rows_that_waited_are_tried_by_the_run_after_a_kill_as_a_whole(
    place: Workspace, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [delivered / day for day in ("2025-01-10", "2025-03-10")]
    (days[1] / "medical_settlements.csv").unlink()
    (days[1] / "social_assistance.csv").unlink()
    (days[1] / "delivery.toml").unlink()
    ingest(place, days[0])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            ingest(place, days[1])
    done = ingest(place, days[1])
    assert not any(account.known_before for account in done.accounts), "a delivery broken off is told whole"
    assert done.rows_released == 1
