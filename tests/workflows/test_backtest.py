from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.settings import Settings
from riskmodel.training.fit import KINDS
from riskmodel.training.folds import SCHEMES
from riskmodel.training.labels import LABELS, Question, label_named
from riskmodel.workflows import backtest as module
from riskmodel.workflows.backtest import BackTest, backtest
from riskmodel.workflows.workspace import Workspace
from tested_county import Backtested
from trained_county import NOW, SOON

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def place(tested: Backtested, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A copy of the office with its back-test that further ones may write into."""
    home = tmp_path_factory.mktemp("backtest") / "home"
    shutil.copytree(tested.workspace.home, home)
    yield Workspace(Settings(home))
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def done(tested: Backtested, place: Workspace) -> BackTest:
    """The back-test as if it had been made in the copy."""
    folder = place.home / Path(tested.done.folder).relative_to(tested.workspace.home)
    return replace(tested.done, folder=str(folder))


def test_every_scheme_tells_of_every_kind_and_of_the_champion(done: BackTest) -> None:
    assert done.released
    assert set(done.pooled) == set(SCHEMES)
    for found in done.pooled.values():
        assert tuple(found["metrics"]) == (*KINDS, "champion")
        assert found["metrics"]["lightgbm"]["n"] > 0
        assert set(found["intervals"]["logistic"]) >= {"average_precision", "recall_at_capacity", "lift_over_wires"}
        assert "lightgbm - logistic" in found["differences"]
        assert len(found["reliability"]["lightgbm"]) == 10
        assert {row["grouping"] for row in found["groups"]["lightgbm"]} >= {"all", "sex_of_head", "township"}
        assert found["lead_time"]["lightgbm"]["events"] > 0
    assert done.gate is not None
    assert done.gate.chosen == "naive"  # 600 households have too few events to show anything else


def test_no_fold_learned_what_was_not_known_when_its_test_began(done: BackTest) -> None:
    for fold in done.folds:
        assert fold["train_events"] >= 20
        assert set(fold["metrics"]) == {*KINDS, "champion"}
        assert sum(other["name"] == fold["name"] for other in done.folds) == 1


def test_the_numbers_of_the_file_are_those_of_the_answer(done: BackTest) -> None:
    stored = json.loads((Path(done.folder) / module.RESULT).read_text(encoding="utf-8"))
    assert stored["pooled"]["time"]["metrics"]["lightgbm"] == done.pooled["time"]["metrics"]["lightgbm"]
    assert stored["gate"]["chosen"] == "naive"
    assert "NaN" not in (Path(done.folder) / module.RESULT).read_text(encoding="utf-8")


def test_a_run_that_lost_folds_makes_them_again_and_says_the_same(place: Workspace, done: BackTest) -> None:
    folder = Path(done.folder)
    lost = [folder / done.folds[0]["name"] / "naive.parquet", folder / done.folds[-1]["name"] / "rules.parquet"]
    for path in lost:
        path.unlink()
    again = backtest(place, NOW, SOON, most_origins=1)
    assert again.pooled["time"]["metrics"] == done.pooled["time"]["metrics"]
    assert pl.read_parquet(lost[0]).columns == ["household_id", "village_code", "as_of", "y", "risk"]


def test_every_fold_has_numbers_with_intervals_and_paired_differences(done: BackTest) -> None:
    fold = next(found for found in done.folds if found["scheme"] == "time")
    told = fold["intervals"]["lightgbm"]["average_precision"]
    assert told["low"] <= told["value"] <= told["high"]
    assert told["value"] == fold["metrics"]["lightgbm"]["average_precision"]
    assert "lightgbm - rules" in fold["differences"]


@pytest.mark.long
def test_other_folds_have_a_folder_of_their_own(place: Workspace, done: BackTest) -> None:
    other = replace(place.settings, seed=5)
    found = backtest(Workspace(other), NOW, "new_entry_6m", most_origins=1)
    assert found.folder != done.folder


def test_a_horizon_without_matured_folds_is_not_released_and_says_so(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = label_named(SOON)

    def nobody(q: Question) -> pl.LazyFrame:
        return soon.outcome(q).with_columns(event=pl.lit(value=False))

    monkeypatch.setitem(LABELS, SOON, replace(soon, outcome=nobody))
    found = backtest(place, NOW, SOON, most_origins=1)
    assert (found.released, found.gate, found.pooled) == (False, None, {})
    assert "no fold has matured for time, area, space_time" in found.why_not
