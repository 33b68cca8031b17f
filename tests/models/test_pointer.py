from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.samples import COLUMNS
from models.test_bundle import facts
from riskmodel.errors import BundleError
from riskmodel.models import CalibratedModel, Calibration, RuleModel, Wire, bundle
from riskmodel.models.pointer import FOLDER, Pointer, load, point, pointed


def made(registry: Path, threshold: float = 0.5) -> Pointer:
    """A bundle inside a registry's folder, named champion."""
    folder = registry / "artifacts" / f"bundle-{threshold}"
    model = RuleModel(COLUMNS, (Wire("M1", "自付医疗 比例", threshold),))
    found = Pointer(3, folder.absolute(), bundle.write(folder, CalibratedModel(model, Calibration.identity()), facts()))
    point(registry, "fall-12m", found)
    return found


def test_the_champion_is_found_again_also_where_the_registry_was_moved(tmp_path: Path) -> None:
    found = made(tmp_path / "here")
    assert pointed(tmp_path / "here", "fall-12m") == found
    assert load(found).hash == found.hash
    (tmp_path / "here").rename(tmp_path / "there")
    moved = pointed(tmp_path / "there", "fall-12m")
    assert moved is not None
    assert load(moved).hash == found.hash


def test_where_nobody_was_named_there_is_none(tmp_path: Path) -> None:
    assert pointed(tmp_path, "fall-12m") is None


def test_another_bundle_in_the_place_of_the_champion_is_refused(tmp_path: Path) -> None:
    found, other = made(tmp_path), made(tmp_path, 0.7)
    with pytest.raises(BundleError, match="not the bundle that was named champion"):
        load(Pointer(3, other.path, found.hash))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", json.dumps({"bundle": "x", "hash": "y", "version": "3"}), '{"bundle": 1}', "x" * 5000,
             json.dumps({"bundle": "../../elsewhere", "hash": "y", "version": 3})]
)  # fmt: skip
def test_a_pointer_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    made(tmp_path)
    (tmp_path / FOLDER / "fall-12m.json").write_text(text, "utf-8")
    with pytest.raises(BundleError):
        pointed(tmp_path, "fall-12m")
