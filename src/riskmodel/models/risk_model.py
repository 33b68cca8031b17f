"""What every model can do: a margin for each row, and a sum of contributions that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.models.calibration import Calibration
from riskmodel.models.columns import Column


class RiskModel(Protocol):
    """A model of risk. Rows `x` have shape (n, F), one column per `columns`, NaN = missing.

    Every method raises BundleError when x has another number of columns, DataError for infinite values.
    """

    @property
    def kind(self) -> str:
        """The name of the kind of model, as in a bundle."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The F columns."""

    @property
    def base(self) -> float:
        """The margin from which the contributions start."""

    def margin(self, x: ArrayLike) -> NDArray[np.float64]:
        """The uncalibrated score, shape (n,): higher is riskier."""

    def contributions(self, x: ArrayLike) -> NDArray[np.float64]:
        """What each column adds, shape (n, F): each row's sum plus `base` is its margin within 1e-9."""

    def explained(self, x: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Margin and contributions from one pass, with the bits of `margin` and `contributions`."""

    def to_files(self) -> dict[str, bytes]:
        """The model as files (name -> content) that hold text and numbers only."""


@dataclass(frozen=True)
class CalibratedModel:
    """A model and the map from its margin to a probability."""

    model: RiskModel
    calibration: Calibration

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the model."""
        return self.model.columns

    def probability(self, x: ArrayLike) -> NDArray[np.float64]:
        """The risk of each row, shape (n,), strictly between 0 and 1."""
        return self.calibration.probability(self.model.margin(x))

    def margin(self, x: ArrayLike) -> NDArray[np.float64]:
        """The uncalibrated score of each row, shape (n,)."""
        return self.model.margin(x)

    def contributions(self, x: ArrayLike) -> NDArray[np.float64]:
        """What each column adds to the margin, shape (n, F)."""
        return self.model.contributions(x)

    def explained(self, x: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The margin of each row, shape (n,), and what each column adds to it, shape (n, F), from one pass."""
        return self.model.explained(x)
