"""The service of an empty workspace, and administrators of two areas."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Principal, Role
from riskmodel.settings import Settings
from riskmodel.workflows.service import Service
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with closing(Service(Workspace(Settings(tmp_path / "home")))) as found:
        yield found


@pytest.fixture
def boss(service: Service) -> Principal:
    """Answers for everywhere."""
    return service.users.make("boss", "王", (Role.ADMINISTRATOR,), "", "boss", NOW)[0].principal


@pytest.fixture
def county(service: Service) -> Principal:
    """Answers for a county."""
    return service.users.make("county", "赵", (Role.ADMINISTRATOR,), "990301", "county", NOW)[0].principal
