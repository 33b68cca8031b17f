"""The trained county, and the deliveries of an office, for the tests of workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from office_files import workspace_in, write_deliveries
from riskmodel.workflows.ingest import ingest
from tested_county import Backtested, tested_in
from trained_county import Office, office_in

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace


@pytest.fixture(scope="session")
def office(sample_workspace: Workspace) -> Office:
    """A workspace with a trained model and scores; made once for this folder and that of the command line."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture(scope="session")
def tested(office: Office) -> Backtested:
    """The office with a finished back-test; made once for this folder and that of the command line."""
    return tested_in(office.workspace.home, office.workspace.home.with_name("tested"))


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
