"""Two horizons of one event: what is told of the longer one, and what a test of it has to judge.

What happens within 6 months happens within 12, so the probability of the longer horizon is told as the greater of the
two. That of the shorter one stays what its own model says. To cap the shorter one instead was tried, and refused by the
gate: its model sees what is near, and capped it told too little of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.errors import DataError
from riskmodel.training.fit import fit_calibrated
from riskmodel.training.folds import DIGITS
from riskmodel.training.gate import CHAMPION, PREFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from riskmodel.training.fit import Recipes
    from riskmodel.training.folds import Fold
    from riskmodel.training.rows import Collected

NO_FLOOR: Final = 0.0
"""Where the shorter horizon could not have been learned yet, the longer one is told as it is."""


@dataclass(frozen=True)
class Shorter:
    """The shorter horizon: its rows, and the kind of model that tells it."""

    collected: Collected = field(repr=False)
    kind: str
    unit: str
    """What was held out as a place, see `folds.places`."""
    name: str = ""
    """What it was made of, for files that keep it."""

    def floor(self, recipes: Recipes, longer: Collected, folds: Iterable[Fold], seed: int) -> NDArray[np.float64]:
        """Probability (n,) within the shorter horizon of the test rows of the folds, NaN for other rows.

        Each by a model of what the shorter horizon could teach when the fold's first test date was observed, in the
        fold's places.
        """
        found = np.full(len(longer.rows), np.nan)
        for fold in folds:
            x = longer.rows.x[fold.test]
            try:
                learned = self.collected.rows.where(self.taught(longer, fold))
                found[fold.test] = fit_calibrated(recipes, self.kind, learned, seed).probability(x)
            except DataError:
                found[fold.test] = NO_FLOOR
        return found

    def taught(self, longer: Collected, fold: Fold) -> NDArray[np.bool_]:
        """(m,): the rows of the shorter horizon that could teach in a fold of the longer one, in time and place."""
        rows, keys = self.collected.rows, self.collected.keys
        before: NDArray[np.bool_] = np.full(len(rows), fill_value=True)
        if fold.first is not None:
            before = rows.time <= fold.first - max(rows.gap, 1)
        if fold.part is None:
            return before
        tested = longer.keys.filter(pl.Series(fold.test))
        elsewhere = ~pl.col("household_id").is_in(tested["household_id"].unique().implode())
        if self.unit in DIGITS:
            place = pl.col("village_code").str.slice(0, DIGITS[self.unit])
            elsewhere &= ~place.is_in(tested.select(place).to_series().unique().implode())
        found: NDArray[np.bool_] = before & keys.select(elsewhere).to_series().to_numpy()
        return found


def as_told(
    risks: Mapping[str, NDArray[np.float64]], floor: NDArray[np.float64] | None
) -> dict[str, NDArray[np.float64]]:
    """Risks (n,) by kind as they would be told: those that may be chosen never below the floor (n,).

    The simple rules that a model has to beat stay as they are: no other model may lend them its order.
    """
    if floor is None:
        return dict(risks)
    told = (*PREFERENCE, CHAMPION)
    return {kind: np.maximum(risk, floor) if kind in told else risk for kind, risk in risks.items()}
