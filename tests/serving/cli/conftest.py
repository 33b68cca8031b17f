"""The trained county for the tests of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tested_county import Backtested, tested_in
from trained_county import Office, office_in

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace


@pytest.fixture(scope="session")
def office(sample_workspace: Workspace) -> Office:
    """A workspace with a trained model and scores; made once for this folder and that of the workflows."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture(scope="session")
def tested(office: Office) -> Backtested:
    """The office with a finished back-test; made once for this folder and that of the workflows."""
    return tested_in(office.workspace.home, office.workspace.home.with_name("tested"))
