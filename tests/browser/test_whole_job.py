"""The whole job in a real browser, with and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Role

if TYPE_CHECKING:
    from browser_window import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_one_signs_in_changes_the_password_and_signs_out(site: Site, script: bool) -> None:
    with site.window(script=script) as window:
        window.enter(site, f"in-and-out-{script}".lower(), "张分析", Role.ANALYST)
        assert "本月总览" in window.page.inner_text("h1")
        window.page.get_by_role("button", name="退出").click()
        assert "已退出登录" in window.page.inner_text("main")
