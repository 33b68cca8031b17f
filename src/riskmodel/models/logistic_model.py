"""L2-regularised logistic regression: the model to beat, and the one to take when it is as good."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.errors import UsageError
from riskmodel.models import strict_json
from riskmodel.models.columns import Column, checked_columns, matrix, position
from riskmodel.models.logistic_design import block_of
from riskmodel.models.logistic_terms import Term, terms_from_json, terms_to_json
from riskmodel.models.targets import row_weights, targets


@dataclass(frozen=True)
class LogisticModel:
    """The margin, in log-odds, is the mean margin of the training rows (`base`) plus one term per column.

    The directions of the columns are not enforced: a coefficient takes the sign that the data give it.
    """

    columns: tuple[Column, ...]
    base: float
    terms: tuple[Term, ...]

    kind: ClassVar[str] = "logistic"

    @classmethod
    def fit(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        columns: Sequence[Column],
        *,
        weight: ArrayLike | None = None,
        c: float = 0.05,
        only: Sequence[str] | None = None,
    ) -> LogisticModel:
        """The model of these rows: x (n, F), y (n,) of 0 and 1, weight (n,) or None; c is the inverse of the penalty.

        only: the names of the columns that may contribute (all when None); the others contribute 0.
        DataError when y holds one outcome only.
        """
        known = checked_columns(columns)
        if not (c > 0 and math.isfinite(c)):
            raise UsageError(f"c={c} is not a positive number: a smaller c is a stronger penalty, the default is 0.05")
        rows = matrix(x, known)
        labels = targets(y, len(rows))
        weights = row_weights(weight, labels)
        used = range(len(known)) if only is None else sorted({position(name, known) for name in only})
        blocks = [block_of(rows[:, i], known[i], i) for i in used]
        widths = [block.design.shape[1] for block in blocks]
        ends = np.cumsum(widths)[:-1]
        design = np.empty((len(rows), sum(widths)), order="F")
        for block, own in zip(blocks, np.split(np.arange(sum(widths)), ends), strict=True):
            design[:, own] = block.design
        base, slopes, centres = _fitted(design, labels, weights, c)
        parts = zip(blocks, np.split(slopes, ends), np.split(centres, ends), strict=True)
        return cls(known, base, tuple(block.term(*numbers) for block, *numbers in parts))

    def margin(self, x: ArrayLike) -> NDArray[np.float64]:
        """The log-odds of each row, shape (n,)."""
        rows = matrix(x, self.columns)
        total = np.full(len(rows), self.base)
        for term in self.terms:
            total += term.effect(rows[:, term.column])
        return total

    def contributions(self, x: ArrayLike) -> NDArray[np.float64]:
        """What each column adds relative to the mean of the training rows, shape (n, F)."""
        return self.explained(x)[1]

    def explained(self, x: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Margin (n,) and contributions (n, F) from one pass."""
        rows = matrix(x, self.columns)
        total, result = np.full(len(rows), self.base), np.zeros_like(rows)
        for term in self.terms:
            effect = term.effect(rows[:, term.column])
            total += effect
            result[:, term.column] = effect
        return total, result

    def to_files(self) -> dict[str, bytes]:
        """One JSON file with the terms."""
        return {"model.json": strict_json.encoded({"base": self.base, "terms": terms_to_json(self.terms)})}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], columns: tuple[Column, ...]) -> LogisticModel:
        """The model of these files; BundleError when they are damaged."""
        value = strict_json.decoded(files["model.json"], "model.json")
        found = strict_json.record(value, ("base", "terms"), "model.json")
        base = strict_json.number(found["base"], "model.json, base")
        return cls(columns, base, terms_from_json(found["terms"], columns, "model.json, terms"))


def _fitted(
    design: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64], c: float
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Mean margin, slopes and means of the design columns, which are standardised in place; a constant one: slope 0."""
    means = weights @ design / weights.sum()
    design -= means
    deviations = np.sqrt(np.einsum("i,ij,ij->j", weights, design, design) / weights.sum())
    varies = deviations > 1e-12 * np.maximum(1.0, np.abs(means))
    slopes = np.zeros(design.shape[1])
    if not varies.any():
        rate = float(weights @ labels / weights.sum())
        return math.log(rate / (1 - rate)), slopes, means
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    design /= np.where(varies, deviations, 1.0)
    chosen = np.flatnonzero(varies)
    first, place, alike = _distinct(design, chosen)
    # k equal columns with a penalty each are one column, sqrt(k) times as large, with one: the same slopes, cheaper
    larger = np.sqrt(alike)
    regression = LogisticRegression(C=c, solver="newton-cholesky", max_iter=200)
    with threadpool_limits(1):  # the last digits of a product depend on how many threads share it
        regression.fit(np.asfortranarray(design[:, chosen[first]] * larger), labels, sample_weight=weights)
    slopes[chosen] = (regression.coef_[0] / larger)[place] / deviations[chosen]
    return float(regression.intercept_[0]), slopes, means


def _distinct(
    design: NDArray[np.float64], chosen: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Which of the chosen columns are distinct, for each chosen one which of those it equals, and how many equal each.

    Many are equal: what one source does not know is missing in all its columns at once.
    """
    digests = [hashlib.blake2b(design[:, i].tobytes()).hexdigest() for i in chosen]
    _, first, place, alike = np.unique(digests, return_index=True, return_inverse=True, return_counts=True)
    return first, place, alike
