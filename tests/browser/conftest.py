"""Chromium and a running service with a trained county."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from browser_window import Site
from live_service import live
from riskmodel.workflows.publish import publish
from riskmodel.workflows.service import Service
from sent_forms import written_case, written_verdict
from trained_county import NOW, office_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from riskmodel.workflows.workspace import Workspace


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Without it tests are skipped, or fail where TESTS_REQUIRE names "chromium"."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        environment = os.environ  # noqa: TID251 - what has to be there is a fact of the machine that runs the tests
        reason = "no Chromium on this machine. On Debian: apt-get install chromium fonts-noto-cjk"
        if "chromium" in environment.get("TESTS_REQUIRE", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(chromium: Browser, sample_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service of a copy of the trained county, its newest month published."""
    office = office_in(sample_workspace.home, sample_workspace.home.with_name("office"))
    place = office.copied(tmp_path_factory.mktemp("browser"))
    publish(place, lambda: NOW)
    with closing(Service(place)) as service:  # a verdict and an entry, so that their pages can be looked at
        written_verdict(service, office.riskiest, office.as_of)
        written_case(service, office.riskiest)
    with live(place) as address:
        yield Site(address, place, office, chromium)
