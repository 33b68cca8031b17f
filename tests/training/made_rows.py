"""Rows made on the spot for the tests of training: households seen at many times, some of which fall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from riskmodel.models import Column, LightGBMParameters
from riskmodel.models.rules import Wire
from riskmodel.training.fit import Recipes, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = (Column("income", -1, log=True), Column("ill", 1), Column("job", levels=("none", "farm", "town")))
RECIPES = Recipes(
    "income",
    (Wire("ILL", "ill", 2.0),),
    LightGBMParameters(trees=20, rate=0.15, min_rows=20, min_rows_per_category=20, column_share=0.8),
)
KINDS = ("rules", "naive", "logistic", "lightgbm")


def made_rows(
    households: int = 250, times: int = 12, gap: int = 2, *, stay: int = 2, seed: int = 0, **changes: Any
) -> Rows:
    """`households` x `times` rows, almost half of them events; `changes` replaces whole fields.

    A household is seen `stay` times in a row, then another takes its place, as in a rotating panel.
    """
    random = np.random.default_rng(seed)
    count = households * times
    x = np.column_stack(
        [
            random.lognormal(0.3, 0.6, count),
            random.poisson(0.5, count).astype(np.float64),
            random.integers(0, 3, count).astype(np.float64),
        ]
    )
    log_odds = -1.2 - 1.5 * np.log(x[:, 0]) + 0.6 * x[:, 1] + 0.5 * (x[:, 2] == 0)
    y = (random.random(count) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    x[random.random(x.shape) < 0.05] = np.nan
    facts: dict[str, Any] = {
        "x": x,
        "y": y,
        "columns": COLUMNS,
        "time": np.repeat(np.arange(times, dtype=np.int64), households),
        "group": np.array([t // stay * households + h for t in range(times) for h in range(households)]),
        "gap": gap,
    }
    return Rows(**(facts | changes))


def out_of_time(rows: Rows, first: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(training, test) masks: test from the time `first` on, training at least the gap before it."""
    return rows.time <= first - rows.gap, rows.time >= first
