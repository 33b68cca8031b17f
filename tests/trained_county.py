"""The generated county with a trained and scored model, made once for all tests that read it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import polars as pl

from made_once import made_once
from riskmodel.settings import Settings
from riskmodel.workflows.promote import promote
from riskmodel.workflows.score import Scored, newest_as_of, score
from riskmodel.workflows.train import Trained, train
from riskmodel.workflows.workspace import Workspace

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))
LABEL, SOON = "new_entry_12m", "new_entry_6m"


@dataclass(frozen=True)
class Office:
    """A workspace in which a model was trained twice and the newest month scored. For reading only; see `copied`."""

    workspace: Workspace
    trained: Trained
    again: Trained
    """A second training with the same inputs and seed."""
    scored: Scored

    @property
    def as_of(self) -> date:
        """Day of the scores."""
        return date.fromisoformat(self.scored.as_of)

    @property
    def results(self) -> Path:
        """Folder of the scores."""
        return Path(self.scored.folder)

    @property
    def riskiest(self) -> str:
        """Household of the highest risk."""
        return str(pl.read_parquet(self.results / "990301.parquet")["household_id"][0])

    def copied(self, folder: Path) -> Workspace:
        """A copy that a test may write into."""
        shutil.copytree(self.workspace.home, folder / "home")
        return Workspace(Settings(folder / "home"))


@cache
def office_in(source: Path, home: Path) -> Office:
    """The office in a copy of an ingested workspace, made once for all processes of the run."""
    return made_once(home, lambda folder: _made(source, folder))


def _made(source: Path, home: Path) -> Office:
    """Train twice and score."""
    shutil.copytree(source, home)
    workspace = Workspace(Settings(home))
    trained, again = (train(workspace, NOW + timedelta(hours=h), kind="lightgbm") for h in (0, 1))
    for label in (LABEL, SOON):  # the county is too small for the gate to let trees pass
        promote(workspace, 1, NOW, label, reason="for the tests")
    scored = score(workspace, newest_as_of(workspace))
    return Office(Workspace(Settings(home)), trained, again, scored)  # a new one: it goes to other processes
