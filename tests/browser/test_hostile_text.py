"""Whatever is typed into whatever field stays text: in the answer to its form, and on every page afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser_pages import PAGES
from riskmodel.review.access import Role

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from browser_window import Site, Window

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>{{7777*7777}}＝HYPERLINK(1)=HYPERLINK(1)\u202e" + "字" * 9_900
MADE = "60481729"
"""What a template would make of it."""
TYPED = "input:not([type]), input[type=text], input[type=search], textarea"
LEFT_ALONE = ("sign-in", "password", "not-there")


def test_hostile_text_in_every_field_of_every_form_stays_text(site: Site) -> None:
    with site.window() as window:
        window.enter(site, "hostile", "贺某", Role.REVIEWER, Role.ANALYST, Role.ADMINISTRATOR, area="")
        window.page.on("dialog", lambda told: window.complaints.append(f"dialog {told.message}"))
        sent = sum(filled_in(site, window, path) for name, path in PAGES.items() if name not in LEFT_ALONE)
        assert sent > len(PAGES) / 2, "the forms of the pages were sent"
        for path in PAGES.values():
            window.page.goto(path.format(household=site.office.riskiest))
            assert MADE not in window.page.content(), path
        window.complaints[:] = [told for told in window.complaints if "Failed to load resource" not in told]


def filled_in(site: Site, window: Window, path: str) -> int:
    """Send every form of a page that has fields for text, each with hostile text in all of them; how many."""
    address, sent = path.format(household=site.office.riskiest), 0
    window.page.goto(address)
    for number in range(window.page.locator("main form").count()):
        window.page.goto(address)
        form = window.page.locator("main form").nth(number)
        if form.locator(TYPED).count():
            fill(form)
            with window.page.expect_navigation():
                form.evaluate("form => form.requestSubmit()")
            assert "程序出错" not in window.page.content()
            assert MADE not in window.page.content(), address
            sent += 1
    return sent


def fill(form: Locator) -> None:
    """Put hostile text into each field for text, and something that may be sent into the others."""
    form.evaluate(
        """(form, [text, typed]) => {
            form.noValidate = true;
            const sent = form.method === 'get' ? text.slice(0, 90) : text;
            form.querySelectorAll(typed).forEach(field => { field.value = sent; });
            form.querySelectorAll('input[type=date]').forEach(field => { field.value = '2024-06-01'; });
            form.querySelectorAll('select').forEach(field => { field.selectedIndex = field.options.length - 1; });
            const radio = form.querySelector('input[type=radio]');
            if (radio) { radio.checked = true; }
        }""",
        [HOSTILE, TYPED],
    )
