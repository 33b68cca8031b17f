from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.samples import COLUMNS, boosted, labels, rows
from riskmodel.errors import BundleError
from riskmodel.models import (
    BundleFacts,
    CalibratedModel,
    Calibration,
    LogisticModel,
    RiskModel,
    RuleModel,
    Wire,
    bundle,
)

CALIBRATION = Calibration(0.9, 1.1, -0.2)


def facts(seed: int = 0) -> BundleFacts:
    return BundleFacts(
        feature_set="ab12",
        groups={"自付医疗 比例": "illness"},
        policy="2026-01",
        label="fall",
        horizon_months=12,
        first_as_of=date(2022, 1, 31),
        last_as_of=date(2024, 12, 31),
        metrics={"average_precision": 0.31},
        seed=seed,
        created_at=datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
        golden=rows(16),
    )


def _logistic() -> LogisticModel:
    x = rows()
    return LogisticModel.fit(x, labels(x), COLUMNS)


def _rules() -> RuleModel:
    return RuleModel(COLUMNS, (Wire("M1", "自付医疗 比例", 0.5),))


MAKERS: list[Callable[[], RiskModel]] = [boosted, _logistic, _rules]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "模型 1"
    bundle.write(path, CalibratedModel(boosted(), CALIBRATION), facts())
    return path


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_written_is_read_back(make: Callable[[], RiskModel], tmp_path: Path) -> None:
    model = CalibratedModel(make(), CALIBRATION)
    name = bundle.write(tmp_path / "b", model, facts())
    found = bundle.read(tmp_path / "b")
    assert found.hash == name
    assert found.model == model
    x = rows(100, seed=3)
    np.testing.assert_array_equal(found.model.probability(x), model.probability(x))
    np.testing.assert_array_equal(found.model.contributions(x), model.contributions(x))
    np.testing.assert_array_equal(found.facts.golden, facts().golden)
    assert replace(found.facts, golden=np.zeros((1, 1))).__dict__.keys() == facts().__dict__.keys()
    assert (found.facts.groups, found.facts.metrics) == (facts().groups, facts().metrics)
    assert (found.facts.first_as_of, found.facts.created_at) == (facts().first_as_of, facts().created_at)
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_the_hash_names_the_model_and_not_the_day_or_the_metrics(tmp_path: Path) -> None:
    model = CalibratedModel(boosted(), CALIBRATION)
    later = replace(facts(), created_at=datetime(2027, 1, 1, tzinfo=UTC), metrics={})
    first = bundle.write(tmp_path / "a", model, facts())
    assert bundle.write(tmp_path / "b", CalibratedModel(boosted(), CALIBRATION), later) == first
    assert bundle.write(tmp_path / "c", replace(model, calibration=Calibration.identity()), facts()) != first
    assert bundle.write(tmp_path / "d", CalibratedModel(boosted(seed=1), CALIBRATION), facts()) != first


def test_writing_again_does_nothing_and_another_bundle_is_refused(folder: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    bundle.write(folder, CalibratedModel(boosted(), CALIBRATION), facts())
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    with pytest.raises(BundleError, match="exists and holds another bundle"):
        bundle.write(folder, CalibratedModel(boosted(), Calibration.identity()), facts())


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.txt").write_text("mine")
    with pytest.raises(BundleError, match=r"holds notes\.txt"):
        bundle.write(tmp_path / "b", CalibratedModel(_rules(), CALIBRATION), facts())
    assert (tmp_path / "b" / "notes.txt").read_text() == "mine"


def test_no_file_name_is_missing_added_or_changed_without_notice(folder: Path) -> None:
    (folder / "extra.txt").write_text("x")
    with pytest.raises(BundleError, match=r"extra\.txt"):
        bundle.read(folder)
    (folder / "extra.txt").unlink()
    text = (folder / "model.txt").read_bytes()
    (folder / "model.txt").write_bytes(text.replace(b"leaf_value=0", b"leaf_value=1", 1))
    with pytest.raises(BundleError, match=r"model\.txt is not the file that MANIFEST\.json lists"):
        bundle.read(folder)
    (folder / "model.txt").unlink()
    with pytest.raises(BundleError, match="a bundle is"):
        bundle.read(folder)


def test_a_link_is_refused_even_to_the_right_content(folder: Path) -> None:
    (folder / "model.txt").rename(folder.parent / "elsewhere.txt")
    (folder / "model.txt").symlink_to(folder.parent / "elsewhere.txt")
    with pytest.raises(BundleError, match=r"model\.txt cannot be read or is a link"):
        bundle.read(folder)


def test_a_pipe_in_place_of_a_file_is_refused_without_waiting(folder: Path) -> None:
    (folder / "bundle.json").unlink()
    os.mkfifo(folder / "bundle.json")
    with pytest.raises(BundleError, match=r"bundle\.json is not a plain file"):
        bundle.read(folder)


def test_an_oversized_file_is_refused(folder: Path) -> None:
    with (folder / "bundle.json").open("ab") as file:
        file.truncate(2**23)
    with pytest.raises(BundleError, match="larger than"):
        bundle.read(folder)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not a folder that can be read"):
        bundle.read(tmp_path / "nowhere")


def _forge(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change bundle.json and make the manifest right again."""
    value = json.loads((folder / "bundle.json").read_text())
    change(value)
    data = json.dumps(value).encode()
    (folder / "bundle.json").write_bytes(data)
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    manifest["bundle.json"] = {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    (folder / "MANIFEST.json").write_text(json.dumps(manifest))


def test_a_forged_bundle_without_a_change_is_read(folder: Path) -> None:
    _forge(folder, dict.copy)
    bundle.read(folder)


@pytest.mark.parametrize(
    ("key", "new", "message"),
    [
        ("format", 2, "format 2"),
        ("kind", "pickle", "kind"),
        ("kind", "rules", "no such file"),
        ("columns", [], "at least one"),
        ("columns", [{"name": "a", "direction": 0}], "keys"),
        ("calibration", {"a": 0, "b": 1, "c": 0, "shift": 0}, "does not increase"),
        ("base", 99, "does not reproduce"),
        ("golden_margins", [0.0] * 16, "does not reproduce"),
        ("golden_margins", [], "does not reproduce"),
        ("golden", [[0, 0]], "4 values"),
        ("golden", [], "golden rows have shape"),
        ("golden", [[0, 0, 17, 0]], "column cause"),
        ("created_at", "2026-01-01T00:00:00", "no time zone"),
        ("first_as_of", "2030-01-01", "before it begins"),
        ("first_as_of", "January", "isoformat"),
        ("horizon_months", 0, "no horizon"),
        ("horizon_months", "12", "whole number"),
        ("metrics", {"a": None}, "finite number"),
        ("groups", {"a": 1}, "a text"),
        ("seed", 1.5, "whole number"),
        ("surprise", 1, "keys"),
    ],
)
def test_a_bundle_that_says_something_wrong_is_refused(folder: Path, key: str, new: object, message: str) -> None:
    _forge(folder, lambda value: value.update({key: new}))
    with pytest.raises(BundleError, match=message):
        bundle.read(folder)


def test_a_direction_that_the_model_was_not_trained_with_is_refused(folder: Path) -> None:
    _forge(folder, lambda value: value["columns"][0].update(direction=-1))
    with pytest.raises(BundleError, match="other directions"):
        bundle.read(folder)


def test_a_manifest_that_lists_other_files_is_refused(folder: Path) -> None:
    (folder / "MANIFEST.json").write_text("{}")
    with pytest.raises(BundleError, match=r"MANIFEST\.json must be an object with the keys"):
        bundle.read(folder)
    (folder / "MANIFEST.json").write_text("[NaN]")
    with pytest.raises(BundleError, match=r"MANIFEST\.json is not valid JSON"):
        bundle.read(folder)


def test_golden_rows_of_another_feature_set_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="expects"):
        bundle.write(tmp_path / "b", CalibratedModel(_rules(), CALIBRATION), replace(facts(), golden=np.zeros((1, 3))))
    assert not list(tmp_path.iterdir())
