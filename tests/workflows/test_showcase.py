"""The county that notebooks show."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.models.bundle import read
from riskmodel.workflows.score import published
from riskmodel.workflows.showcase import KIND, REASON, showcase
from riskmodel.workflows.workspace import model_name
from trained_county import LABEL, NOW, Office


def test_a_workspace_with_scores_is_shown_as_it_is(office: Office) -> None:
    before = {path: path.stat().st_mtime_ns for path in office.results.rglob("*")}
    assert showcase(office.workspace.home, NOW).home == office.workspace.home
    assert {path: path.stat().st_mtime_ns for path in office.results.rglob("*")} == before
    assert not office.workspace.home.with_name(f"{office.workspace.home.name}-small").exists()


@pytest.mark.long  # 48 months have to be lived, for less leaves no training before the test
def test_without_scores_a_small_county_is_made_beside_it_once(tmp_path: Path) -> None:
    made = showcase(tmp_path / "demo", NOW, households=900, months=48)
    assert made.home == tmp_path / "demo-small"
    assert not (tmp_path / "demo").exists()
    assert published(made).is_dir()
    assert read(made.registry.bundle_path(model_name(LABEL), "champion")).model.model.kind == KIND
    (version,) = made.registry.versions(model_name(LABEL))
    assert version.tags["gate"] == "passed" or REASON in version.tags["gate_overridden"]
    assert showcase(tmp_path / "demo", NOW).home == made.home
    assert len(made.registry.versions(model_name(LABEL))) == 1
