"""A strictly increasing map from margins to probabilities, held as four numbers.

Beta calibration: Kull, Silva Filho and Flach, "Beta calibration: a well-founded and easily implemented improvement on
logistic calibration for binary classifiers", AISTATS 2017. With s = sigmoid(margin) and softplus(m) = log(1 + exp(m)),
    logit(p) = c + a log(s) - b log(1 - s) = c - a softplus(-m) + b softplus(m),
whose slope a sigmoid(-m) + b sigmoid(m) is positive for a, b > 0, so the order of the households never changes. The
shape (a, b, c) and the level (`shift`, added to the margin first) can be set apart: see `levelled`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.errors import BundleError, DataError
from riskmodel.models import strict_json
from riskmodel.models.targets import row_weights, targets

_SMALLEST, _LARGEST = np.finfo(np.float64).tiny, 1.0 - 2.0**-53  # strictly inside (0, 1)
_SLOPES = (1e-3, 1e3)  # bounds of a and b
_FARTHEST = 1e6  # of a shift
_PRIOR = 1.0  # ridge on a - 1 and b - 1, in units of log loss: outweighed by a few dozen events


@dataclass(frozen=True)
class Calibration:
    """logit(p) = c - a softplus(-m) + b softplus(m), with m = margin + shift and a, b > 0."""

    a: float
    b: float
    c: float
    shift: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.a, self.b, self.c, self.shift))) or self.a <= 0 or self.b <= 0:
            raise BundleError(
                f"calibration {self.to_json()} does not increase with the margin: "
                "a and b must be positive and all four finite; calibrate again"
            )

    @classmethod
    def identity(cls) -> Calibration:
        """The calibration that takes the margin for log-odds."""
        return cls(1.0, 1.0, 0.0)

    @classmethod
    def fit(cls, margin: ArrayLike, y: ArrayLike, *, weight: ArrayLike | None = None) -> Calibration:
        """The maximum a posteriori calibration; the weak prior a = b = 1 holds the slopes when events are few.

        margin, y, weight: shape (n,). DataError unless both outcomes occur and every margin is finite.
        """
        margins = np.asarray(margin, dtype=np.float64)
        if margins.ndim != 1 or not np.isfinite(margins).all():
            raise DataError("calibration needs one finite margin per row: score the rows with a fitted model first")
        labels = targets(y, len(margins))
        return cls(*_fitted(_design(margins), labels, row_weights(weight, labels)))

    def levelled(self, margin: ArrayLike, y: ArrayLike, *, weight: ArrayLike | None = None) -> Calibration:
        """The same shape, shifted so that the mean probability of these rows is their share of events.

        margin, y, weight: shape (n,). DataError unless both outcomes occur.
        """
        from scipy.optimize import brentq

        margins = np.asarray(margin, dtype=np.float64)
        labels = targets(y, len(margins))
        weights = row_weights(weight, labels)
        share = float(weights @ labels / weights.sum())

        def excess(shift: float) -> float:
            return float(weights @ replace(self, shift=shift).probability(margins) / weights.sum()) - share

        reach = 1.0
        while not excess(-reach) < 0 < excess(reach):
            reach *= 2
            if reach > _FARTHEST:
                raise DataError(f"no shift of the margins gives the observed share of events, {share:.4g}")
        return replace(self, shift=float(brentq(excess, -reach, reach, xtol=1e-12)))

    def probability(self, margin: ArrayLike) -> NDArray[np.float64]:
        """The probability of each margin, strictly between 0 and 1."""
        falling, rising, one = np.moveaxis(_design(np.asarray(margin, dtype=np.float64) + self.shift), -1, 0)
        # term by term: a matrix product rounds differently for one row than for many
        log_odds = self.a * falling + self.b * rising + self.c * one
        risk: NDArray[np.float64] = np.clip(np.exp(-np.logaddexp(0.0, -log_odds)), _SMALLEST, _LARGEST)
        return risk

    def to_json(self) -> dict[str, float]:
        """The four numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object, where: str = "calibration") -> Calibration:
        """The calibration of four numbers; BundleError when they are none."""
        keys = ("a", "b", "c", "shift")
        found = strict_json.record(value, keys, where)
        return cls(**{key: strict_json.number(found[key], f"{where}, {key}") for key in keys})


def _design(margin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns -softplus(-m), softplus(m) and 1: the model is a logistic regression on them."""
    return np.stack([-np.logaddexp(0.0, -margin), np.logaddexp(0.0, margin), np.ones_like(margin)], axis=-1)


def _fitted(
    design: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float, float]:
    from scipy.optimize import minimize

    prior = np.array([1.0, 1.0, 0.0])
    strength = np.array([_PRIOR, _PRIOR, 0.0])

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_odds = design @ theta
        risk = np.exp(-np.logaddexp(0.0, -log_odds))
        value = weights @ (np.logaddexp(0.0, log_odds) - labels * log_odds)
        pull = strength * (theta - prior)
        return float(value + 0.5 * pull @ (theta - prior)), design.T @ (weights * (risk - labels)) + pull

    bounds = [_SLOPES, _SLOPES, (None, None)]
    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000, "ftol": 1e-14})
    if not np.isfinite(found.x).all():
        raise DataError(f"calibration did not converge ({found.message}): check the margins for extreme values")
    a, b, c = map(float, found.x)
    return a, b, c
