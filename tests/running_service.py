"""The service in this process, and keys to ask it with."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.testclient import TestClient

from riskmodel.review.access import Role
from riskmodel.serving.api.app import Limits, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.publish import PublishedMonth
    from riskmodel.workflows.service import Service
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class Running:
    """A client of the service, and the service behind it."""

    client: TestClient
    workspace: Workspace
    published: PublishedMonth | None = None

    @property
    def service(self) -> Service:
        found: Service = self.client.app.state.service  # type: ignore[attr-defined]  # an ASGI application of ours
        return found

    def key(self, *roles: Role, area: str = "", per_minute: int = 100_000) -> str:
        """The text of a new key."""
        now = datetime.now(UTC)  # noqa: TID251 - the service reads the clock itself
        asked = roles or (Role.CASE_SYSTEM,)
        return self.service.keys.make("test", asked, area, now + timedelta(days=1), now, per_minute)[1]

    def get(self, path: str, key: str = "", **options: Any) -> Any:
        """The answer to a GET with a key."""
        return self.client.get(path, headers={"Authorization": f"Bearer {key}"} if key else {}, **options)


@contextmanager
def running(
    workspace: Workspace, limits: Limits | None = None, month: PublishedMonth | None = None
) -> Iterator[Running]:
    """The service of a workspace, started and stopped; `month`: what was published there."""
    with TestClient(create_app(workspace, limits), raise_server_exceptions=False) as client:
        yield Running(client, workspace, month)
