"""Fixtures and settings for all tests: the real EPH panel, and Hypothesis without a stopwatch."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# CI machines are shared and slow by spells: a time limit for each example would fail tests that are right.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for the panel, so that `pytest -m eph` runs just these."""
    for item in items:
        if "eph_path" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.eph)


@pytest.fixture(scope="session")
def eph_path() -> Path:
    """Folder of the EPH panel: EPH_PANEL, else the one beside the checkout.

    Without it the test is skipped, or failed where TESTS_REQUIRE names "eph": CI sets that when it has the panel,
    so that a lost panel cannot turn these tests off in silence.
    """
    environment = os.environ  # noqa: TID251 - where the panel lies is a fact of the machine that runs the tests
    path = Path(environment.get("EPH_PANEL") or ROOT.parent / "shared" / "data" / "eph")
    if (path / "raw").is_dir():
        return path
    reason = f"no EPH panel: {path} has no folder raw/. Set EPH_PANEL to the folder that holds raw/ and panel/."
    if "eph" in environment.get("TESTS_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)
