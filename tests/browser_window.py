"""A real browser before the running service; nothing that it loads may come from elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from riskmodel.review.access import Role
from riskmodel.review.users import Users
from riskmodel.workflows.database import database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

    from riskmodel.workflows.workspace import Workspace
    from trained_county import Office

PASSWORD = "a-long-password-of-mine"
SCREEN: ViewportSize = {"width": 1366, "height": 768}
"""Of the old PCs in township offices."""


@dataclass(frozen=True)
class Site:
    """The service as a browser meets it."""

    address: str
    workspace: Workspace
    office: Office
    browser: Browser = field(repr=False)

    def user(self, login: str, name: str, *roles: Role, area: str = "990301") -> str:
        """Somebody new; returns the one-time password."""
        now = datetime.now(UTC)  # noqa: TID251 - the service reads the clock itself
        store = database(self.workspace)
        _, password = Users(store).make(login, name, roles, area, login, now)
        store.close()
        return password

    @contextmanager
    def window(self, *, script: bool = True, **options: Any) -> Iterator[Window]:
        """A fresh browser window without cookies; at its end nothing may have been said against the page."""
        context = self.browser.new_context(
            base_url=self.address, viewport=SCREEN, locale="zh-CN", java_script_enabled=script, **options
        )
        found = Window(context, context.new_page())
        found.listen(self.address)
        yield found
        context.close()
        assert found.complaints == []


@dataclass(frozen=True)
class Window:
    """A page, and what the browser complained about."""

    context: BrowserContext = field(repr=False)
    page: Page = field(repr=False)
    complaints: list[str] = field(default_factory=list)

    def listen(self, address: str) -> None:
        """Note every message of the console, every error of a script, every request to another host."""
        self.page.on("console", lambda told: self.complaints.append(f"console {told.type}: {told.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", lambda asked: self._own(asked.url, address))

    def _own(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.complaints.append(f"request to {url}")

    def sign_in(self, login: str, password: str) -> None:
        """Fill in the sign-in page."""
        self.page.goto("/sign-in")
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()

    def take_own_password(self, given: str) -> None:
        """Change the password that somebody else gave."""
        self.page.get_by_label("当前密码").fill(given)
        self.page.get_by_label("新密码（").fill(PASSWORD)
        self.page.get_by_label("再次输入新密码").fill(PASSWORD)
        self.page.get_by_role("button", name="修改并重新登录").click()

    def enter(self, site: Site, login: str, name: str, *roles: Role, area: str = "990301") -> None:
        """Make a user and go in as them."""
        given = site.user(login, name, *roles, area=area)
        self.sign_in(login, given)
        self.take_own_password(given)
        self.sign_in(login, PASSWORD)
