from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.models.pointer import FOLDER, pointed
from riskmodel.settings import Settings
from riskmodel.workflows.champions import Champions
from riskmodel.workflows.promote import promote
from riskmodel.workflows.workspace import Workspace, model_name
from trained_county import LABEL, NOW, Office


@pytest.fixture
def place(office: Office, tmp_path: Path) -> Workspace:
    return office.copied(tmp_path)


def test_both_horizons_are_taken_and_nothing_is_read_again_without_need(place: Workspace) -> None:
    models = Champions(place)
    assert models.refresh()
    assert models.current is not None
    assert models.current.shorter is not None
    assert (models.current.version, models.current.bundle.facts.label) == (1, LABEL)
    assert not models.refresh()


def test_another_champion_takes_its_place_and_can_be_taken_back(place: Workspace) -> None:
    models = Champions(place)
    models.refresh()
    promote(place, 2, NOW, reason="a test")
    assert models.refresh()
    assert (models.current and models.current.version, models.previous and models.previous.version) == (2, 1)
    assert models.rollback().version == 1
    assert not models.refresh()


def test_a_bad_champion_is_refused_and_the_old_one_goes_on(place: Workspace) -> None:
    models = Champions(place)
    models.refresh()
    promote(place, 2, NOW, reason="a test")
    bad = pointed(place.registry.folder, model_name(LABEL))
    assert bad is not None
    text = bad.path / "model.txt"
    text.write_bytes(text.read_bytes().replace(b"leaf_value=", b"leaf_value=9", 1))
    assert not models.refresh()
    assert models.current is not None
    assert models.current.version == 1
    assert models.refused == f"the champion's files are damaged: version 2 of {LABEL}"
    assert f"{bad.path}/model.txt" in models.why


def test_a_bad_champion_is_taken_once_its_files_are_mended(place: Workspace) -> None:
    models, text = Champions(place), place.registry.bundle_path(model_name(LABEL), "champion") / "model.txt"
    sound = text.read_bytes()
    text.write_bytes(sound + b" ")
    assert not models.refresh()
    assert not models.refresh()
    assert models.refused
    text.write_bytes(sound)
    assert models.refresh()
    assert (models.refused, models.why) == ("", "")
    assert not models.refresh()


def test_a_pointer_that_is_damaged_is_refused_and_read_again_when_it_is_mended(place: Workspace) -> None:
    models, path = Champions(place), place.registry.folder / FOLDER / f"{model_name(LABEL)}.json"
    sound = path.read_bytes()
    path.write_bytes(b"{")
    assert not models.refresh()
    assert models.refused.startswith(f"what names the champion of {LABEL} is damaged")
    assert f"{path} is not valid JSON" in models.why
    path.write_bytes(sound)
    assert models.refresh()
    assert (models.refused, models.why) == ("", "")
    path.write_bytes(b"{")
    assert not models.refresh()
    assert models.refused
    path.write_bytes(sound)
    assert not models.refresh(), "it is in use already"
    assert (models.refused, models.why) == ("", "")


def test_a_champion_of_other_features_is_refused_without_naming_a_file(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskmodel.scoring.score.set_hash", lambda: "0")
    models = Champions(place)
    assert not models.refresh()
    assert models.refused == (
        f"version 1 of {LABEL} learned from other features than this program has: riskmodel train"
    )


def test_where_nobody_was_named_it_says_what_to_do(tmp_path: Path) -> None:
    models = Champions(Workspace(Settings(tmp_path / "home")))
    assert not models.refresh()
    assert "riskmodel train" in models.refused
    with pytest.raises(UsageError, match="nothing to go back to"):
        models.rollback()


def test_without_a_shorter_horizon_the_longer_one_is_used_alone(place: Workspace) -> None:
    shutil.rmtree(place.registry.folder / FOLDER)
    promote(place, 1, NOW, reason="a test")
    models = Champions(place)
    assert models.refresh()
    assert models.current is not None
    assert models.current.shorter is None
