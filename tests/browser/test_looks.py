"""How every page looks: nothing is cut off on an old PC, every control has a name, and pictures to be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser_pages import PAGES
from browser_window import SCREEN
from riskmodel.review.access import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser_window import Site, Window

PICTURES = Path(__file__).resolve().parents[2] / "screenshots"
CONTROLS = {"button", "checkbox", "combobox", "link", "radio", "searchbox", "spinbutton", "textbox", "Date", "listbox"}
"""Roles of the accessibility tree that need a name."""
ROLES = (Role.REVIEWER, Role.ANALYST, Role.ADMINISTRATOR)
ZOOMED = round(SCREEN["width"] / 1.5)
"""So many points are left across at 150 %."""


@pytest.fixture(scope="module")
def everything(site: Site) -> Iterator[Window]:
    """A window of somebody who may see all pages."""
    with site.window() as window:
        window.enter(site, "everything", "王某某", *ROLES, area="")
        yield window
        window.complaints[:] = [told for told in window.complaints if "404" not in told]  # asked for on purpose


def opened(site: Site, window: Window, name: str) -> None:
    """Open a page."""
    window.page.goto(PAGES[name].format(household=site.office.riskiest))


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_and_every_control_has_a_name(site: Site, everything: Window, name: str) -> None:
    opened(site, everything, name)
    for width in (SCREEN["width"], ZOOMED):
        everything.page.set_viewport_size({"width": width, "height": SCREEN["height"]})
        across = everything.page.evaluate("document.documentElement.scrollWidth")
        assert across <= width, f"{name} is {across} points wide on a screen of {width}"
    everything.page.set_viewport_size(SCREEN)
    assert nameless(everything) == []
    assert everything.page.title()


@pytest.mark.pictures
@pytest.mark.parametrize("name", PAGES)
def test_pictures_are_made_of_every_page(site: Site, everything: Window, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    opened(site, everything, name)
    for title, (width, height) in {"desktop": (1920, 1080), "1366": (SCREEN["width"], SCREEN["height"])}.items():
        everything.page.set_viewport_size({"width": width, "height": height})
        everything.page.screenshot(path=PICTURES / f"{name}-{title}.png", full_page=True)
    everything.page.pdf(path=PICTURES / f"{name}-print.pdf", format="A4", prefer_css_page_size=True)
    assert (PICTURES / f"{name}-print.pdf").stat().st_size > 0


def nameless(window: Window) -> list[dict[str, Any]]:
    """Controls of the page without a name in the browser's accessibility tree."""
    session = window.context.new_cdp_session(window.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        node
        for node in nodes
        if node.get("role", {}).get("value") in CONTROLS
        and not node.get("ignored")
        and not node.get("name", {}).get("value", "").strip()
    ]
