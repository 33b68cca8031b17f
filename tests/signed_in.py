"""People signed in to the pages of a running service, and what they send with their forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.testclient import TestClient

from riskmodel.review.access import Role

if TYPE_CHECKING:
    from running_service import Running

PASSWORD = "a-long-password-of-mine"


@dataclass(frozen=True)
class Person:
    """A browser of somebody who is signed in."""

    client: TestClient
    login: str

    def get(self, path: str, **options: Any) -> Any:
        """A page; where it leads elsewhere, that page is not asked for."""
        return self.client.get(path, follow_redirects=False, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a form of this session."""
        marked = {"csrf": self.csrf()} | (data or {})
        return self.client.post(path, data=marked, follow_redirects=False, **options)

    def csrf(self) -> str:
        """The mark of this session's forms."""
        return field_of(self.client.get("/password").text, "csrf")


def person(service: Running, *roles: Role, area: str = "", login: str = "") -> Person:
    """Somebody new with these roles, signed in with a password of their own."""
    now = datetime.now(UTC)  # noqa: TID251 - the service reads the clock itself
    users = service.service.users
    name = login or f"p{len(users.all())}"
    user, _ = users.make(name, f"{name}某", roles or (Role.ANALYST,), area, name, now)
    users.set_password(user, PASSWORD)
    client = TestClient(service.client.app, raise_server_exceptions=False)  # its own cookies; no second start
    sign_in(client, name, PASSWORD)
    return Person(client, name)


def sign_in(client: TestClient, login: str, password: str) -> Any:
    """The answer to the sign-in form."""
    mark = field_of(client.get("/sign-in").text, "mark")
    return client.post(
        "/sign-in", data={"mark": mark, "login": login, "password": password, "next": "/"}, follow_redirects=False
    )


def field_of(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has no field {name}: {page[:500]}"
    return found[1]
