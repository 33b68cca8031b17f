"""The labels and weights of training rows, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.errors import DataError


def targets(y: ArrayLike, rows: int) -> NDArray[np.float64]:
    """Labels as floats, 1 = event, 0 = none. DataError unless there is one per row and both values occur."""
    labels = np.asarray(y, dtype=np.float64)
    if labels.shape != (rows,):
        raise DataError(f"{rows} rows need {rows} labels, but the labels have shape {labels.shape}")
    if not np.isin(labels, (0.0, 1.0)).all():
        raise DataError("a label is neither 0 nor 1: drop the censored rows before training")
    events = int(labels.sum())
    if events in (0, rows):
        raise DataError(
            f"{events} of {rows} rows have an event: nothing can be learned from one outcome only; "
            "take more months or a longer horizon"
        )
    return labels


def row_weights(weight: ArrayLike | None, labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of mean 1 (all 1 when none are given). DataError unless finite, >= 0 and positive for both outcomes."""
    if weight is None:
        return np.ones(len(labels))
    weights = np.asarray(weight, dtype=np.float64)
    if weights.shape != labels.shape:
        raise DataError(f"{len(labels)} rows need {len(labels)} weights, but the weights have shape {weights.shape}")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise DataError("a weight is negative, infinite or missing: weights are finite numbers of at least 0")
    if weights[labels == 1].sum() <= 0 or weights[labels == 0].sum() <= 0:
        raise DataError("all rows of one outcome have weight 0: give both outcomes some weight")
    scaled: NDArray[np.float64] = weights * (len(weights) / weights.sum())
    return scaled
