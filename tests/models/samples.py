"""Rows for the model tests: numbers with directions, a category, missing values, and labels that depend on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskmodel.models import Column, LightGBMModel, LightGBMParameters

COLUMNS = (
    Column("自付医疗 比例", 1),
    Column("net_income", -1),
    Column("cause", levels=("病", "灾", "学", "other", "rare")),
    Column("members"),
)
QUICK = LightGBMParameters(
    trees=12, min_rows=20, min_rows_per_category=20, sets_from=5, rate=0.2, column_share=0.8
)  # small rows, and sets of levels so that these are tested too


def rows(count: int = 800, seed: int = 0, missing: float = 0.1) -> NDArray[np.float64]:
    """Rows for COLUMNS."""
    random = np.random.default_rng(seed)
    x = np.column_stack(
        [
            random.exponential(1.0, count),
            random.normal(9000, 6000, count),
            random.choice(5, count, p=[0.3, 0.3, 0.2, 0.18, 0.02]).astype(np.float64),
            random.integers(1, 9, count).astype(np.float64),
        ]
    )
    x[random.random(x.shape) < missing] = np.nan
    return x


def labels(x: NDArray[np.float64], seed: int = 1) -> NDArray[np.float64]:
    """Labels that rise with the first column, fall with the second and depend on the third."""
    filled = np.nan_to_num(x)
    log_odds = -1.5 + filled[:, 0] - filled[:, 1] / 9000 + (filled[:, 2] == 1)
    fallen: NDArray[np.bool_] = np.random.default_rng(seed).random(len(x)) < 1 / (1 + np.exp(-log_odds))
    return fallen.astype(np.float64)


def boosted(count: int = 800, seed: int = 0) -> LightGBMModel:
    """A small LightGBM model of these rows."""
    x = rows(count, seed)
    return LightGBMModel.fit(x, labels(x), COLUMNS, parameters=QUICK, seed=seed)
