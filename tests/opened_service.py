"""A service of an empty office with two published households, and people of two townships to ask it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from published_households import publish_households
from riskmodel.review.access import Principal, Role
from riskmodel.settings import Settings
from riskmodel.workflows.service import Service
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
AS_OF = date(2026, 1, 4)
HERE, THERE = f"H{1:024x}", f"H{2:024x}"
HOMES = {HERE: "990301001001", THERE: "990302001001"}


@contextmanager
def opened_service(home: Path) -> Iterator[Service]:
    """The service, closed afterwards."""
    service = Service(Workspace(Settings(home)))
    publish_households(service.store, HOMES, AS_OF)
    yield service
    service.close()


def made(service: Service, login: str, *roles: Role, area: str = "990301") -> Principal:
    """A user of the office."""
    user, _ = service.users.make(login, f"{login}某", roles, area, f"K{login}", NOW)
    return user.principal
