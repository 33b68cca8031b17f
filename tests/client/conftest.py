"""A running service on the trained county, and clients of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from riskmodel.workflows.publish import publish
from riskmodel.workflows.workspace import Workspace
from running_service import Running, running
from trained_county import NOW, Office, office_in

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def office(sample_workspace: Workspace) -> Office:
    """A workspace with a trained model and scores; made once for this folder and those of the service and commands."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture(scope="module")
def service(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service of a copy of the office, its newest month published."""
    place = office.copied(tmp_path_factory.mktemp("service"))
    with running(place, month=publish(place, lambda: NOW)) as found:
        yield found
