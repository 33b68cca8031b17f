from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.settings import Settings
from riskmodel.workflows.workspace import Workspace, model_name


def test_everything_lies_below_the_home_folder(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home"))
    folders = [place.lake.folder, place.models, place.results, place.reports, place.registry.folder]
    assert [folder.name for folder in folders] == ["lake", "models", "results", "reports", "mlflow"]
    assert {folder.parent for folder in folders} == {tmp_path / "home"}


def test_asking_where_things_lie_makes_no_folder(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home"))
    assert place.policy.version
    assert place.lake.counties() == []
    assert not place.home.exists()


def test_an_empty_workspace_says_what_to_do_next(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no data yet.*riskmodel ingest FOLDER"):
        Workspace(Settings(tmp_path)).counties()


def test_policy_files_of_the_office_complete_the_shipped_ones(tmp_path: Path) -> None:
    shipped = Workspace(Settings(tmp_path)).policy
    (tmp_path / "policy").mkdir()
    line = [
        *("[[monitoring_line]]", 'area = "990101"', "value = 8000.0", 'unit = "yuan/person/year"'),
        *("published_on = 2024-12-01", "effective_from = 2025-01-01", 'source = "Invented"', "confirmed = true"),
    ]
    (tmp_path / "policy" / "own.toml").write_text("\n".join(line), "utf-8")
    own = Workspace(Settings(tmp_path)).policy
    assert len(own.entries) == len(shipped.entries) + 1
    assert own.version != shipped.version


def test_every_label_has_a_model_of_its_own() -> None:
    assert model_name("new_entry_12m") == "household-risk-new_entry_12m"
    assert model_name("income_below_line_12m") != model_name("new_entry_12m")
