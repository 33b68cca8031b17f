"""The numbers by which models are judged.

A row counts as often as it stands for a household (`fit.Rows`): n is the sum of the weights. The top tenth are the
ceil(n/10) rows of highest risk, ties in the order of the rows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

METRICS = ("roc_auc", "average_precision", "brier", "ece", "recall_top10", "precision_top10")


def metrics(y: ArrayLike, p: ArrayLike, weight: ArrayLike | None = None) -> dict[str, float | int | None]:
    """Metrics of risks `p` (n,) against outcomes `y` (n,) of 0 and 1, with `n` and `prevalence`; weight (n,) or all 1.

    ROC AUC, average precision (area under the precision-recall steps), Brier score, ECE (see `ece`), recall and
    precision of the top tenth. What needs both outcomes is None where only one occurs.
    """
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    outcome, risk = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if not len(outcome):
        return {"n": 0, "prevalence": None, **dict.fromkeys(METRICS)}
    w = np.ones(len(outcome)) if weight is None else np.asarray(weight, dtype=np.float64)
    both = 0 < outcome.sum() < len(outcome)
    top, events = top_tenth(risk, w), float(w @ outcome)
    return {
        "n": round(float(w.sum())),
        "prevalence": events / float(w.sum()),
        "roc_auc": float(roc_auc_score(outcome, risk, sample_weight=w)) if both else None,
        "average_precision": float(average_precision_score(outcome, risk, sample_weight=w)) if both else None,
        "brier": float(brier_score_loss(outcome, risk, sample_weight=w, labels=[0, 1])),
        "ece": ece(outcome, risk, w),
        "recall_top10": float(w[top] @ outcome[top]) / events if events else None,
        "precision_top10": float(np.average(outcome[top], weights=w[top])),
    }


def top_tenth(risk: Numbers, weight: Numbers) -> NDArray[np.intp]:
    """Positions of the ceil(n/10) rows of highest risk, highest first; the last one if at least half of it belongs."""
    order = np.argsort(-risk, kind="stable")
    middle = np.cumsum(weight[order]) - weight[order] / 2
    return order[: max(1, np.searchsorted(middle, math.ceil(weight.sum() / 10), side="right"))]


def reliability(y: Numbers, p: Numbers, weight: Numbers, bins: int = 10) -> list[tuple[int, float, float]]:
    """(rows, mean risk, observed share) of groups of almost equal size, ordered by risk."""
    order = np.argsort(p, kind="stable")
    middle = np.cumsum(weight[order]) - weight[order] / 2
    cuts = np.searchsorted(middle, np.arange(1, bins) * weight.sum() / bins)
    groups = [(g, weight[g]) for g in np.split(order, cuts) if len(g)]
    return [(round(w.sum()), float(np.average(p[g], weights=w)), float(np.average(y[g], weights=w))) for g, w in groups]


def ece(y: Numbers, p: Numbers, weight: Numbers, bins: int = 10) -> float:
    """Expected calibration error: sum over ten groups of equal size of share of rows x |observed - mean risk|."""
    found = reliability(y, p, weight, bins)
    return sum(n / sum(rows for rows, *_ in found) * abs(observed - mean) for n, mean, observed in found)
