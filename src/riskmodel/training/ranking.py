"""The numbers of a ranking for rows drawn again and again: sorted once, weighted as often as asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Ranking:
    """Rows by falling risk; rows of equal risk are one step. Weights (n,) are given in the order of the rows."""

    order: NDArray[np.intp] = field(repr=False)
    ends: NDArray[np.intp] = field(repr=False)
    """Positions in the order at which a step of equal risk ends."""
    y: NDArray[np.float64] = field(repr=False)
    """Outcomes in the order."""

    @classmethod
    def of(cls, y: NDArray[np.float64], risk: NDArray[np.float64]) -> Ranking:
        """Of outcomes and risks (n,) without missing values."""
        order = np.argsort(-risk, kind="stable")
        sorted_risk = risk[order]
        ends = np.flatnonzero(np.append(np.diff(sorted_risk) != 0, [True] * bool(len(risk))))
        return cls(order, ends, np.asarray(y, dtype=np.float64)[order])

    def average_precision(self, weights: NDArray[np.float64]) -> float:
        """Area under the precision-recall steps; NaN without an event."""
        found, seen = self._cumulated(weights)
        if not len(found) or found[-1] == 0:
            return float("nan")
        precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
        return float(np.sum(np.diff(found, prepend=0.0) * precision) / found[-1])

    def roc_auc(self, weights: NDArray[np.float64]) -> float:
        """Share of pairs of an event and a non-event in which the event has the higher risk; NaN without pairs."""
        found, seen = self._cumulated(weights)
        if not len(found) or found[-1] == 0 or seen[-1] == found[-1]:
            return float("nan")
        others = seen - found
        area = np.sum(np.diff(others, prepend=0.0) * (found + np.concatenate([[0.0], found[:-1]])) / 2)
        return float(area / (found[-1] * others[-1]))

    def _cumulated(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weight of the events and of all rows down to the end of each step."""
        drawn = weights[self.order]
        return np.cumsum(drawn * self.y)[self.ends], np.cumsum(drawn)[self.ends]
