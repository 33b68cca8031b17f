"""The trained county with a finished back-test, and what a report of it is made of; made once for all tests."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from made_once import made_once
from riskmodel.settings import Settings
from riskmodel.workflows.backtest import BackTest, backtest
from riskmodel.workflows.model_report.material import Material, material
from riskmodel.workflows.workspace import Workspace
from trained_county import LABEL, NOW, SOON

HOSTILE = '<script>alert("x")</script> | <img src=x onerror=alert(1)>'


@dataclass(frozen=True)
class Backtested:
    """A workspace with back-tests of both horizons. For reading only; see `copied`."""

    workspace: Workspace
    done: BackTest
    """What the back-test of the shorter horizon answered."""
    material: Material
    """Of the longer horizon, with the shorter one beside it."""

    @property
    def result(self) -> dict[str, Any]:
        """The result of the longer horizon."""
        return self.material.tests[0]

    def copied(self, folder: Path) -> Workspace:
        """A copy that a test may write into."""
        shutil.copytree(self.workspace.home, folder / "home")
        return Workspace(Settings(folder / "home"))


@cache
def tested_in(source: Path, home: Path) -> Backtested:
    """Back-test the horizon of 6 months in a copy of an office; a hostile reason stands behind the champion.

    The result of 12 months is that of 6 months under another name: a second back-test would take as long again
    and show a report nothing that it has not seen. Made once for all processes of the run.
    """
    workspace = Workspace(Settings(home))
    done = made_once(home, lambda folder: _made(source, folder))
    return Backtested(workspace, done, material(workspace, NOW))


def _made(source: Path, home: Path) -> BackTest:
    """The back-test of 6 months."""
    shutil.copytree(source, home)
    workspace = Workspace(Settings(home))
    done = backtest(workspace, NOW, SOON, most_origins=1)
    made = json.loads((Path(done.folder) / "result.json").read_text("utf-8")) | {"label": LABEL, "horizon_months": 12}
    longer = home / "backtests" / LABEL / "made"
    longer.mkdir(parents=True)
    (longer / "result.json").write_text(json.dumps(made), encoding="utf-8")
    workspace.registry.note(f"household-risk-{LABEL}", 1, "gate_overridden", HOSTILE)
    return done
