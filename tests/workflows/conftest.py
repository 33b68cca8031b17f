"""The trained county, and the deliveries of an office, for the tests of workflows."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from office_files import workspace_in, write_deliveries
from riskmodel.settings import Settings
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.run_month import MonthRun, run_month
from riskmodel.workflows.workspace import Workspace
from tested_county import Backtested, tested_in
from trained_county import NOW, Office, office_in
from two_counties import APRIL, add_second_county

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def office(sample_workspace: Workspace) -> Office:
    """A workspace with a trained model and scores; made once for this folder and that of the command line."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture(scope="session")
def tested(office: Office) -> Backtested:
    """The office with a finished back-test; made once for this folder and that of the command line."""
    return tested_in(office.workspace.home, office.workspace.home.with_name("tested"))


@pytest.fixture(scope="session")
def ready(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two counties and a champion, nothing scored yet. For reading only."""
    place = office.copied(tmp_path_factory.mktemp("ready"))
    shutil.rmtree(place.results)
    add_second_county(place)
    return place


@pytest.fixture(scope="session")
def finished(ready: Workspace, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, MonthRun]:
    """The same with April run, undisturbed. For reading only."""
    home = tmp_path_factory.mktemp("month") / "home"
    shutil.copytree(ready.home, home)
    place = Workspace(Settings(home))
    return place, run_month(place, APRIL, None, "ann", lambda: NOW)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """An empty workspace with a key."""
    return workspace_in(tmp_path / "home")


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """The deliveries of the office."""
    return write_deliveries(tmp_path / "deliveries")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that took in all deliveries of the office at once, undisturbed. For reading only."""
    folder = tmp_path_factory.mktemp("whole")
    workspace = workspace_in(folder / "home")
    ingest(workspace, write_deliveries(folder / "deliveries"))
    return workspace
