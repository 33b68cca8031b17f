"""The alarm for columns that know the future: alone, they foresee better than a model made of all the honest ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import roc_auc_score

from riskmodel.models import LightGBMModel, LightGBMParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskmodel.training.fit import Rows

GROUPS = 30
"""A number is looked at in so many groups of training rows of equal size; a missing value is a group of its own."""
LEAST_MARGIN = 0.05
ERRORS = 3.0
"""Standard errors of the test's ROC AUC; what a column is above the honest model by less may be chance."""
TREES = LightGBMParameters(trees=60, rate=0.08, min_rows=30, depth=4, leaves=8)


@dataclass(frozen=True)
class Alarm:
    """A column whose out-of-time ROC AUC, `alone`, is implausibly above that of the model of the honest columns."""

    column: str
    alone: float
    honest: float


def alarms(rows: Rows, train: NDArray[np.bool_], test: NDArray[np.bool_]) -> list[Alarm]:
    """Columns that seem to be made from the future, weakest first.

    Columns are taken from the weakest to the strongest. As long as one is about as good as what is honest so far, it is
    honest too; one that jumps above is compared with a model of all honest columns, and only then raises the alarm. So
    a second leak does not hide the first.
    """
    alone = [_out_of_time(rows.y, _event_rates(rows, index, train), test) for index in range(len(rows.columns))]
    margin = max(LEAST_MARGIN, ERRORS * _standard_error(rows.y[test]))
    found: list[Alarm] = []
    honest: list[int] = []
    best = 0.5
    for index in np.argsort(alone, kind="stable").tolist():
        if alone[index] > best + margin:
            best = max(best, _out_of_time(rows.y, _model(rows, honest, train), test))
        if alone[index] > best + margin:
            found.append(Alarm(rows.columns[index].name, alone[index], best))
        else:
            honest.append(index)
            best = max(best, alone[index])
    return found


def _event_rates(rows: Rows, index: int, train: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of events in the group of the training rows to which the value of each row belongs: any shape of a leak."""
    values = rows.x[:, index]
    known = values[train & ~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, GROUPS + 1)[1:-1])) if len(known) else np.zeros(0)
    group = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))
    events = np.bincount(group[train], weights=rows.y[train], minlength=len(edges) + 2)
    seen = np.bincount(group[train], minlength=len(edges) + 2)
    overall = rows.y[train].mean()
    rates: NDArray[np.float64] = ((events + overall) / (seen + 1))[group]
    return rates


def _model(rows: Rows, columns: Sequence[int], train: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Margins of all rows by a small model of these columns, learned from the training rows."""
    if not columns:
        return np.zeros(len(rows))
    chosen = rows.x[:, columns]
    declared = [rows.columns[index] for index in columns]
    return LightGBMModel.fit(chosen[train], rows.y[train], declared, parameters=TREES, seed=0).margin(chosen)


def _out_of_time(y: NDArray[np.int8], risk: NDArray[np.float64], test: NDArray[np.bool_]) -> float:
    return float(roc_auc_score(y[test], risk[test]))


def _standard_error(y: NDArray[np.int8]) -> float:
    """Of a ROC AUC of one half: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747; it is largest there."""
    events, others = int(y.sum()), len(y) - int(y.sum())
    return float(np.sqrt((events + others + 1) / (12 * events * others)))
