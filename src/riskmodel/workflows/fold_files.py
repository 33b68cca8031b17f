"""The risks of the folds of a back-test, kept in files, so that a run that was stopped goes on where it stopped."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel import __version__
from riskmodel.features import set_hash
from riskmodel.tables.files import write_parquet
from riskmodel.training.fit import KINDS, Recipes
from riskmodel.training.folds import SCHEMES, Fold
from riskmodel.training.trial import predicted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from riskmodel.training.horizons import Shorter
    from riskmodel.training.rows import Collected
    from riskmodel.workflows.progress import Progress

    Risks = dict[str, NDArray[np.float64]]

FLOOR: Final = "floor"
"""Stands for a kind where the probability of the shorter horizon is kept, see `training.horizons`."""


def risks_of_folds(
    folder: Path,
    cut: list[Fold],
    collected: Collected,
    recipes: Recipes,
    seed: int,
    shorter: Shorter | None,
    show: Progress,
) -> tuple[dict[str, Risks], Risks]:
    """Risks (n,) by scheme and kind, and by scheme what no risk is told below; NaN for rows that are in no test."""
    rows = collected.rows
    asked = (*KINDS, FLOOR) if shorter else KINDS
    found: dict[str, Risks] = {scheme: {kind: np.full(len(rows), np.nan) for kind in asked} for scheme in SCHEMES}
    work = [(fold, kind) for fold in cut for kind in asked]
    for fold, kind in show.track(work, "folds", len(work)):
        if kind == FLOOR and shorter:
            name, made = f"{FLOOR}-{shorter.name}", partial(shorter.floor, recipes, collected, [fold], seed)
        else:
            name, made = kind, partial(predicted, recipes, kind, rows, [fold], seed)
        found[fold.scheme][kind][fold.test] = _kept(folder / fold.name / f"{name}.parquet", fold, collected, made)
    floors = {scheme: by_kind.pop(FLOOR) for scheme, by_kind in found.items() if FLOOR in by_kind}
    return found, floors


def fingerprint(collected: Collected, recipes: Recipes, seed: int, most: int) -> str:
    """16 hex digits of everything that the risks of the folds depend on."""
    rows = collected.rows
    told = hashlib.sha256()
    for part in (rows.x, rows.y, rows.time, rows.group, rows.weight):
        told.update(np.ascontiguousarray(part).tobytes())
    told.update(repr((recipes, seed, most, rows.gap, set_hash(), __version__)).encode())
    told.update(",".join(collected.keys["village_code"]).encode())
    return told.hexdigest()[:16]


def _kept(path: Path, fold: Fold, collected: Collected, made: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Risks of the fold's test rows, read where an earlier run wrote them."""
    if path.exists():
        return pl.read_parquet(path, glob=False)["risk"].to_numpy()
    risk = made()[fold.test]
    keys = collected.keys.filter(fold.test.tolist())
    write_parquet(path, keys.with_columns(pl.Series("y", collected.rows.y[fold.test]), pl.Series("risk", risk)))
    return risk
