"""A running service on the trained county, and keys for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from database_servers import BACKENDS, database_url
from riskmodel.workflows.database import database
from riskmodel.workflows.publish import publish
from riskmodel.workflows.workspace import Workspace
from running_service import Running, running
from trained_county import NOW, Office, office_in

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The tests of a module that has `ON_EVERY_DATABASE = True` run with the service on each kind of database."""
    if "service" in metafunc.fixturenames and getattr(metafunc.module, "ON_EVERY_DATABASE", False):
        metafunc.parametrize("service", BACKENDS, indirect=True, scope="module")


@pytest.fixture(scope="session")
def office(sample_workspace: Workspace) -> Office:
    """A workspace with a trained model and scores; made once for this folder and those of workflows and commands."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture(scope="module")
def service(
    office: Office, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Running]:
    """The service of a copy of the office, its newest month published."""
    folder = tmp_path_factory.mktemp("service")
    place = office.copied(folder)
    backend = getattr(request, "param", "sqlite")
    if backend != "sqlite":
        place = Workspace(replace(place.settings, database_url=database_url(backend, folder)))
        database(place, migrate=True).close()
    with running(place, month=publish(place, lambda: NOW)) as found:
        yield found
