"""Precision along the ranking: what lists of every length would have found, each with its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.training.cells import Cells, checked, limits, over

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from riskmodel.training.intervals import Resampling

POINTS: Final = 20
"""Most points of a curve."""
SHORTEST: Final = 0.002
"""Share of the rows on the shortest list."""


def precision_recall(y: ArrayLike, risk: ArrayLike, resampling: Resampling) -> list[dict[str, float | None]]:
    """The precision-recall curve of risks (n,) against outcomes (n,), from the shortest list to all rows.

    A point is the list of all rows whose risk reaches a threshold, so equal risks are never parted: `share` of the rows
    listed, `recall`, `precision` with its interval `precision_low` and `precision_high` at that threshold. None: cannot
    be told. Raises DataError where rows do not fit each other.
    """
    outcome, p = checked(y, risk)
    falling, weight = np.argsort(-p), resampling.weight
    reached = np.cumsum(weight[falling])
    wanted = np.searchsorted(reached, np.geomspace(SHORTEST, 1, POINTS) * reached[-1])
    thresholds = np.unique(p[falling][wanted])  # ascending: a row of high risk has reached many
    step = len(thresholds) - np.searchsorted(thresholds, p, side="right")
    cells = Cells.of(pl.DataFrame({"step": [f"{number:03}" for number in step.tolist()]}), ("step",))
    amounts = {"rows": weight, "events": weight * outcome}
    listed = {name: np.cumsum(cells.sums(amount)[1:]) for name, amount in amounts.items()}
    draws = {name: np.cumsum(drawn[:, 1:], axis=1) for name, drawn in cells.draws(amounts, resampling).items()}
    precision = over(listed["events"], listed["rows"])
    columns = {
        "share": listed["rows"] / weight.sum(),
        "recall": over(listed["events"], np.full(len(precision), weight @ outcome)),
        "precision": precision,
        **limits(precision, over(draws["events"], draws["rows"]), "precision"),
    }
    return [_point(columns, place) for place in range(len(precision))]


def _point(columns: dict[str, NDArray[np.float64]], place: int) -> dict[str, float | None]:
    values = {name: float(column[place]) for name, column in columns.items()}
    return {name: value if np.isfinite(value) else None for name, value in values.items()}
