from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from riskmodel.training import trial
from riskmodel.training.fit import KINDS, fit_calibrated
from riskmodel.training.folds import Places, folds
from riskmodel.training.horizons import Shorter
from riskmodel.training.rows import Collected
from riskmodel.workflows import fold_files
from riskmodel.workflows.fold_files import FLOOR, fingerprint, risks_of_folds
from riskmodel.workflows.progress import Silent
from training.made_rows import RECIPES, made_rows

if TYPE_CHECKING:
    from pathlib import Path

ROWS = made_rows(households=60, times=8, gap=2)
KEYS = pl.DataFrame({"household_id": ROWS.group.astype(str)}).with_columns(
    village_code=pl.lit("990301001001"), as_of=pl.lit(date(2026, 1, 5))
)
GIVEN = Collected(ROWS, KEYS)
FOLDS = [fold for fold in folds(ROWS, Places(ROWS.group % 3, "household")) if fold.scheme == "space_time"]


def made(folder: Path, shorter: Shorter | None = None) -> Any:
    return risks_of_folds(folder, FOLDS, GIVEN, RECIPES, 0, shorter, Silent())


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two folds are taken away, as if they had not been done yet; nothing else is fitted again."""
    first, _ = made(tmp_path)
    fitted: list[str] = []

    def counting(recipes: Any, kind: str, rows: Any, seed: int) -> Any:
        fitted.append(kind)
        return fit_calibrated(recipes, kind, rows, seed)

    monkeypatch.setattr(trial, "fit_calibrated", counting)
    (tmp_path / FOLDS[0].name / "naive.parquet").unlink()
    (tmp_path / FOLDS[-1].name / "rules.parquet").unlink()
    again, _ = made(tmp_path)
    assert sorted(fitted) == ["naive", "rules"]
    for kind in KINDS:
        np.testing.assert_array_equal(again["space_time"][kind], first["space_time"][kind])


def test_the_floor_of_the_shorter_horizon_is_kept_beside_the_kinds(tmp_path: Path) -> None:
    assert made(tmp_path)[1] == {}
    risks, floors = made(tmp_path, Shorter(GIVEN, "naive", "household", "of-six"))
    assert tuple(risks["space_time"]) == KINDS
    tested = np.any([fold.test for fold in FOLDS], axis=0)
    assert (~np.isnan(floors["space_time"]) == tested).all()
    assert (tmp_path / FOLDS[0].name / f"{FLOOR}-of-six.parquet").exists()


def test_the_folder_is_named_after_everything_that_the_risks_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    same = fingerprint(GIVEN, RECIPES, 0, 4)
    assert same == fingerprint(GIVEN, RECIPES, 0, 4)
    assert len({same, fingerprint(GIVEN, RECIPES, 1, 4), fingerprint(GIVEN, RECIPES, 0, 3)}) == 3
    monkeypatch.setattr(fold_files, "set_hash", lambda: "other features")
    assert fingerprint(GIVEN, RECIPES, 0, 4) != same
