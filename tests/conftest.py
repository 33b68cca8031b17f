"""Fixtures and settings for all tests: the EPH panel, a generated county, and Hypothesis without a stopwatch."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from riskmodel.settings import prepare_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.training.rows import Collected
    from riskmodel.workflows.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]

# CI machines are shared and slow by spells: a time limit for each example would fail tests that are right.
settings.register_profile("house", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=1000)  # of `make test-long`
settings.load_profile("house")

prepare_process()  # as the program does, before Polars and numba are imported: else each test process pays for more


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for the panel, so that `pytest -m eph` runs just these, and begin with them.

    They are the longest of all: last, they would keep one process busy while the others have nothing left to do.
    """
    for item in items:
        if "eph_path" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.eph)
    items.sort(key=lambda item: item.get_closest_marker("eph") is None)


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


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with the generated county: 600 households, 40 months, ingested, nothing trained yet.

    For reading only: a test that writes takes a copy, `shutil.copytree(sample_workspace.home, tmp_path / "home")`.
    """
    from made_once import made_once
    from riskmodel.settings import Settings
    from riskmodel.workflows.workspace import Workspace

    home = tmp_path_factory.mktemp("sample-county") / "home"
    made_once(home.with_name("generated"), _write_sample)
    made_once(home, _ingest_sample)
    before = _state_of(home)
    yield Workspace(Settings(home))
    assert _state_of(home) == before, "a test wrote into sample_workspace; give that test a copy"


@pytest.fixture(scope="session")
def sample_rows(sample_workspace: Workspace) -> Collected:
    """Training rows of the generated county for the label `income_below_line_12m`, which has more events."""
    from made_once import made_once
    from riskmodel.tables.freshness import first_known
    from riskmodel.training.labels import label_named
    from riskmodel.training.rows import collect, schedule

    lake, policy, label = sample_workspace.lake, sample_workspace.policy, label_named("income_below_line_12m")
    read_on = lake.newest_delivery()
    dates = schedule(label, policy, sample_workspace.counties()[0], first_known(lake), read_on)
    return made_once(sample_workspace.home.with_name("rows"), lambda _: collect(lake, policy, label, dates, read_on))


def _write_sample(generated: Path) -> None:
    from sample.files import write_sample

    write_sample(generated, households=600, months=40, seed=7)


def _ingest_sample(home: Path) -> None:
    from riskmodel.settings import Settings
    from riskmodel.workflows.ingest import ingest
    from riskmodel.workflows.workspace import Workspace

    generated = home.with_name("generated")
    shutil.copytree(generated / "policy", home / "policy")
    ingest(Workspace(Settings(home)), generated / "deliveries")


def _state_of(home: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file."""
    files = (path for path in sorted(home.rglob("*")) if path.is_file())
    return {path.relative_to(home).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}
