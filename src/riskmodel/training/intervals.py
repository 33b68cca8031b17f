"""How sure a number is: the rows drawn again and again, whole villages (or households) at a time.

Rows of one household at several dates, and households of one village, fall together; drawn one by one they would look
like more news than they are. Every model is judged on the same draws, so that differences between models are paired.
Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993; Davison and Hinkley, Bootstrap Methods, 1997.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import ArrayLike, NDArray

    Weighted = Callable[[NDArray[np.float64]], Mapping[str, float]]

REPLICATES = 400
LEVEL = 0.95
LEAST_CLUSTERS = 20
"""Fewer villages than this cannot stand for others; then households are drawn."""


@dataclass(frozen=True)
class Interval:
    """A number, and the limits that hold it in 95 of 100 samples; limits are NaN where they cannot be told."""

    value: float
    low: float
    high: float

    @property
    def above_zero(self) -> bool:
        """Whether all of the interval lies above zero; False where it is not known."""
        return self.low > 0

    def __str__(self) -> str:
        return f"{self.value:.4f} [{self.low:.4f}, {self.high:.4f}]"


@dataclass(frozen=True)
class Resampling:
    """Draws of whole clusters with replacement. `cluster` (n,): the cluster of each row, as numbers from 0 on."""

    cluster: NDArray[np.intp] = field(repr=False)
    seed: int = 0
    replicates: int = REPLICATES
    weight: NDArray[np.float64] = field(default_factory=lambda: np.empty(0), repr=False)
    """(n,): how many households each row stands for, see `fit.Rows`. Empty when made: each for itself."""

    def __post_init__(self) -> None:
        if not len(self.weight):
            object.__setattr__(self, "weight", np.ones(len(self.cluster)))

    @classmethod
    def of(
        cls,
        villages: ArrayLike,
        households: ArrayLike,
        seed: int,
        replicates: int = REPLICATES,
        weight: NDArray[np.float64] | None = None,
    ) -> Resampling:
        """By village where there are enough of them, else by household; both (n,) of any sortable kind."""
        for names in (villages, households):
            distinct, cluster = np.unique(np.asarray(names), return_inverse=True)
            if len(distinct) >= LEAST_CLUSTERS:
                break
        return cls(cluster, seed, replicates, np.empty(0) if weight is None else weight)

    def drawn(self) -> Iterator[NDArray[np.float64]]:
        """How often each row (n,) is drawn, replicate by replicate; the same for every caller."""
        random = np.random.default_rng(self.seed)
        count = int(self.cluster.max()) + 1 if len(self.cluster) else 0
        for _ in range(self.replicates if count else 0):
            drawn = np.bincount(random.integers(0, count, count), minlength=count)
            yield drawn[self.cluster].astype(np.float64)

    def intervals(self, numbers: Weighted) -> dict[str, Interval]:
        """Percentile intervals of weighted numbers: `numbers` takes weights (n,) and gives them by name.

        The value is that of the rows as they are, each with its own weight. Replicates in which a number is NaN do not
        count; a number that is NaN in more than one of ten has no limits.
        """
        whole = dict(numbers(self.weight))
        draws = [numbers(times * self.weight) for times in self.drawn()]
        return {name: interval(value, np.array([draw[name] for draw in draws])) for name, value in whole.items()}


def interval(value: float, draws: NDArray[np.float64]) -> Interval:
    """The percentile interval of the draws (replicates,) around a value."""
    told = draws[~np.isnan(draws)]
    if not len(draws) or len(told) < 0.9 * len(draws):
        return Interval(value, float("nan"), float("nan"))
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(told, [tail, 1 - tail])
    return Interval(value, float(low), float(high))
