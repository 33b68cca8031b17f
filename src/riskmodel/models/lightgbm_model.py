"""Gradient boosted trees by LightGBM, shallow and monotone, held as plain text."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.errors import BundleError, DataError, UsageError
from riskmodel.models import lightgbm_text, strict_json
from riskmodel.models.columns import Column, checked_columns, matrix
from riskmodel.models.targets import row_weights, targets

if TYPE_CHECKING:
    import lightgbm

    from riskmodel.models.shapley import TreeTables

# Fixed: sums of gradients, and so the trees, may depend on how many threads share them. One: threads that wait for each
# other on a busy machine take 20 times as long, and one learns 160 trees from 100,000 rows of 160 columns in 4 seconds.
_TRAINING_THREADS = 1
_PREDICTION_THREADS = 1  # counties and requests run side by side; a row's result does not depend on it
_DEEP_ROWS = 8192  # explained by LightGBM at a time, so that its answers take little memory


@dataclass(frozen=True)
class LightGBMParameters:
    """How the trees are grown; UsageError beyond 16 leaves or depth 6, which keep a tree explainable at the speed of
    a prediction."""

    trees: int = 160
    leaves: int = 16
    depth: int = 6
    rate: float = 0.055
    min_rows: int = 200
    row_share: float = 0.8
    column_share: float = 0.4
    l2: float = 5.0
    cat_smooth: float = 10.0
    cat_l2: float = 10.0
    min_rows_per_category: int = 100
    bins: int = 127
    """Steps that a column is cut into."""
    rows_for_bins: int = 50_000
    """Rows, drawn at random, by which the steps are chosen."""
    sets_from: int = 50
    """A category of at least this many levels is split into sets of levels, one of fewer by the position of its levels.

    Sets of few levels fit noise: inside the training window of the EPH panel positions rank as well and are better
    calibrated (docs/decisions/0005-categories-by-position.md).
    """

    def __post_init__(self) -> None:
        for name, (smallest, largest) in _RANGES.items():
            value = getattr(self, name)
            if not smallest <= value <= largest:
                raise UsageError(f"LightGBM parameter {name} is {value}: choose a value from {smallest} to {largest}")


_RANGES: dict[str, tuple[float, float]] = {
    "trees": (1, 2000),
    "leaves": (2, 16),
    "depth": (1, 6),
    "rate": (1e-4, 1),
    "min_rows": (1, 10**9),
    "row_share": (0.05, 1),
    "column_share": (0.01, 1),
    "l2": (0, 1e6),
    "cat_smooth": (0, 1e6),
    "cat_l2": (0, 1e6),
    "min_rows_per_category": (1, 10**9),
    "bins": (2, 255),
    "rows_for_bins": (1000, 10**9),
    "sets_from": (2, 10**9),
}


@dataclass(frozen=True)
class LightGBMModel:
    """The trees in LightGBM's own text, validated before LightGBM sees it; the margin is in log-odds.

    A missing value in a column that had none in training counts as 0 for LightGBM. Raises BundleError when the text is
    damaged, or was made for other columns or directions.
    """

    columns: tuple[Column, ...]
    text: str

    kind: ClassVar[str] = "lightgbm"

    def __post_init__(self) -> None:
        checked_columns(self.columns)
        lightgbm_text.validate(self.text, len(self.columns))
        directions = [column.direction for column in self.columns]
        written = lightgbm_text.header_line(self.text, "monotone_constraints")
        if (written or " ".join("0" for _ in directions)) != " ".join(map(str, directions)):
            raise BundleError("model.txt was trained with other directions than its columns have: train it again")

    @classmethod
    def fit(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        columns: Sequence[Column],
        *,
        weight: ArrayLike | None = None,
        parameters: LightGBMParameters | None = None,
        seed: int,
    ) -> LightGBMModel:
        """The model of these rows: x (n, F), y (n,) of 0 and 1, weight (n,) or None.

        The same input and seed give the same text. Where nothing can be split the model is the base rate.
        DataError when y holds one outcome only.
        """
        import lightgbm

        known = checked_columns(columns)
        rows = matrix(x, known)
        labels = targets(y, len(rows))
        growing = parameters or LightGBMParameters()
        settings = _settings(growing, known, seed)
        data = lightgbm.Dataset(
            rows,
            label=labels,
            weight=None if weight is None else row_weights(weight, labels),
            feature_name=[f"f{i}" for i in range(len(known))],
            categorical_feature=[i for i, c in enumerate(known) if len(c.levels or ()) >= growing.sets_from],
            params=settings,
        )
        try:
            booster = lightgbm.train(settings, data, num_boost_round=growing.trees)
        except lightgbm.basic.LightGBMError as error:
            raise DataError(f"LightGBM cannot learn from these rows ({error}): look for extreme weights") from error
        return cls(known, lightgbm_text.stored(booster.model_to_string()))

    @cached_property
    def base(self) -> float:
        """The expected margin, where the contributions start."""
        return float(self._explained(np.zeros((1, len(self.columns))))[0, -1])

    def margin(self, x: ArrayLike) -> NDArray[np.float64]:
        """The log-odds of each row, shape (n,)."""
        rows = matrix(x, self.columns)
        if not len(rows):
            return np.zeros(0)
        scores = self._booster.predict(rows, raw_score=True, num_threads=_PREDICTION_THREADS)
        return np.asarray(scores, dtype=np.float64)

    def contributions(self, x: ArrayLike) -> NDArray[np.float64]:
        """Exact path-dependent SHAP values, shape (n, F) (Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9)."""
        return self.explained(x)[1]

    def explained(self, x: ArrayLike, *, threads: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Margin (n,), with the bits of `margin`, and contributions (n, F), from one pass over tables of the trees.

        Neither depends on the other rows or on `threads`, which share the rows. The first call makes the tables; trees
        that are too deep for them are explained by LightGBM, at 30 to 100 times the cost, and the log says so.
        """
        rows = matrix(x, self.columns)
        margin, contributions = self._tables.explained(rows, threads)
        if not self._tables.deep:
            return margin, contributions
        for start in range(0, len(rows), _DEEP_ROWS):
            some = slice(start, start + _DEEP_ROWS)
            for first, count in _runs(self._tables.deep):
                contributions[some] += self._explained(rows[some], first, count)[:, :-1]
        return self.margin(rows), contributions

    def gain_importance(self) -> dict[str, float]:
        """How much each column's splits reduced the training loss, by column name; 0 for an unused column."""
        gains = self._booster.feature_importance("gain")
        return {column.name: float(gain) for column, gain in zip(self.columns, gains, strict=True)}

    def to_files(self) -> dict[str, bytes]:
        """The text."""
        return {"model.txt": self.text.encode("ascii")}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], columns: tuple[Column, ...]) -> LightGBMModel:
        """The model of these files; BundleError when they are damaged."""
        return cls(columns, files["model.txt"].decode("ascii", errors="replace"))

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        import lightgbm

        try:
            return lightgbm.Booster(model_str=self.text)
        except lightgbm.basic.LightGBMError as error:
            raise BundleError(f"LightGBM cannot read model.txt ({error}): {strict_json.REPAIR}") from error

    @cached_property
    def _tables(self) -> TreeTables:
        from riskmodel.models.lightgbm_splits import splits_of
        from riskmodel.models.shapley import TreeTables

        trees = lightgbm_text.trees(self.text, len(self.columns))
        tables = TreeTables.of(map(splits_of, trees))
        if tables.deep:
            message = "%d of %d trees are too deep to tabulate: LightGBM explains them, 30 to 100 times as slowly"
            logging.getLogger(__name__).warning(message, len(tables.deep), len(trees))
        return tables

    def _explained(self, rows: NDArray[np.float64], first: int = 0, trees: int = -1) -> NDArray[np.float64]:
        """LightGBM's own contributions, and the base in the last column, of all trees or of some."""
        values = self._booster.predict(
            rows, pred_contrib=True, start_iteration=first, num_iteration=trees, num_threads=_PREDICTION_THREADS
        )
        return np.asarray(values, dtype=np.float64)


def _runs(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending positions as runs without a gap: where each starts, and how many they are."""
    runs = np.split(np.array(positions), np.flatnonzero(np.diff(positions) > 1) + 1)
    return [(int(run[0]), len(run)) for run in runs]


def _settings(parameters: LightGBMParameters, columns: tuple[Column, ...], seed: int) -> dict[str, Any]:
    if not 0 <= seed < 2**31:
        raise UsageError(f"seed {seed} is not a whole number from 0 to 2147483647")
    return {
        "objective": "binary",
        "seed": seed,
        "num_leaves": parameters.leaves,
        "max_depth": parameters.depth,
        "learning_rate": parameters.rate,
        "min_data_in_leaf": parameters.min_rows,
        "bagging_fraction": parameters.row_share,
        "bagging_freq": 1,
        "feature_fraction": parameters.column_share,
        "lambda_l2": parameters.l2,
        "cat_smooth": parameters.cat_smooth,
        "cat_l2": parameters.cat_l2,
        "min_data_per_group": parameters.min_rows_per_category,
        "max_bin": parameters.bins,
        "bin_construct_sample_cnt": parameters.rows_for_bins,
        "monotone_constraints": [column.direction for column in columns],
        "monotone_constraints_method": "basic",
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": _TRAINING_THREADS,
        "verbosity": -1,
    }
