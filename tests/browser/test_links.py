"""No link of a page leads to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser_pages import PAGES
from riskmodel.review.access import Role

if TYPE_CHECKING:
    from browser_window import Site

pytestmark = pytest.mark.browser


def test_every_link_of_every_page_leads_to_a_page(site: Site) -> None:
    with site.window() as window:
        window.enter(site, "follower", "李某某", Role.REVIEWER, Role.ANALYST, Role.ADMINISTRATOR, area="")
        found: dict[str, str] = {}
        for name, path in PAGES.items():
            window.page.goto(path.format(household=site.office.riskiest))
            links = window.page.locator("a[href^='/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
            found |= dict.fromkeys((link.partition("#")[0] for link in links), name)
        statuses = {link: window.context.request.get(link).status for link in found}
        assert {link: found[link] for link, status in statuses.items() if status != 200} == {}
        window.complaints[:] = [told for told in window.complaints if "404" not in told]
