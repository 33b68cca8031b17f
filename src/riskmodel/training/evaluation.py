"""The numbers by which models are judged.

All on unweighted rows. The top tenth are the ceil(n/10) rows of highest risk, ties in the order of the rows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

METRICS = ("roc_auc", "average_precision", "brier", "ece", "recall_top10", "precision_top10")


def metrics(y: ArrayLike, p: ArrayLike) -> dict[str, float | int | None]:
    """Metrics of risks `p` (n,) against outcomes `y` (n,) of 0 and 1, with `n` and `prevalence`.

    ROC AUC, average precision (area under the precision-recall steps), Brier score, ECE (see `ece`), recall and
    precision of the top tenth. What needs both outcomes is None where only one occurs.
    """
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    outcome, risk = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if not len(outcome):
        return {"n": 0, "prevalence": None, **dict.fromkeys(METRICS)}
    both = 0 < outcome.sum() < len(outcome)
    top = top_tenth(risk)
    return {
        "n": len(outcome),
        "prevalence": float(outcome.mean()),
        "roc_auc": float(roc_auc_score(outcome, risk)) if both else None,
        "average_precision": float(average_precision_score(outcome, risk)) if both else None,
        "brier": float(brier_score_loss(outcome, risk, labels=[0, 1])) if len(outcome) else None,
        "ece": ece(outcome, risk),
        "recall_top10": float(outcome[top].sum() / outcome.sum()) if outcome.sum() else None,
        "precision_top10": float(outcome[top].mean()),
    }


def top_tenth(risk: NDArray[np.float64]) -> NDArray[np.intp]:
    """Positions of the ceil(n/10) rows of highest risk, highest first."""
    return np.argsort(-risk, kind="stable")[: math.ceil(len(risk) / 10)]


def reliability(y: NDArray[np.float64], p: NDArray[np.float64], bins: int = 10) -> list[tuple[int, float, float]]:
    """(rows, mean risk, observed share) of groups of almost equal size, ordered by risk."""
    order = np.argsort(p, kind="stable")
    groups = [g for g in np.array_split(order, bins) if len(g)]
    return [(len(g), float(p[g].mean()), float(y[g].mean())) for g in groups]


def ece(y: NDArray[np.float64], p: NDArray[np.float64], bins: int = 10) -> float:
    """Expected calibration error: sum over ten groups of equal size of share of rows x |observed - mean risk|."""
    return sum(n / len(y) * abs(observed - mean) for n, mean, observed in reliability(y, p, bins))
