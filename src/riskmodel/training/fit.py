"""Learning a calibrated model from rows: one protocol for households, flat tables and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from riskmodel.errors import DataError, UsageError
from riskmodel.models import CalibratedModel, Calibration, Column, LightGBMModel, LightGBMParameters, LogisticModel
from riskmodel.models.rules import RuleModel, Wire
from riskmodel.training.splits import apart, group_folds, rolling_origins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.models import RiskModel

KINDS = ("rules", "rule_pack", "naive", "logistic", "lightgbm")
"""Every kind of model, from the simplest to the last."""
FALLBACK_FOLDS = 5
MOST_PER_EVENT = 20
"""Where events are rare, further rows without one cost much and teach little (docs/model.md)."""
THIN_LEAF = 60
"""Least rows per leaf of trees that learn from thinned rows: of these, each stands for several."""


@dataclass(frozen=True)
class Rows:
    """What a model learns from: one row per household and as-of date.

    x (n, F) float64 with NaN = missing; y (n,) int8; time (n,) int64 in periods; group (n,) int64, one number per
    household (never on both sides of a split); gap: periods until a label is known; weight (n,): how many households a
    row stands for, more than one where of those without the event only some were taken (`rows.gather`).
    """

    x: NDArray[np.float64] = field(repr=False)
    y: NDArray[np.int8] = field(repr=False)
    columns: tuple[Column, ...] = field(repr=False)
    time: NDArray[np.int64] = field(repr=False)
    group: NDArray[np.int64] = field(repr=False)
    gap: int = 1
    weight: NDArray[np.float64] = field(default_factory=lambda: np.empty(0), repr=False)
    """Empty when made: every row stands for itself."""

    def __post_init__(self) -> None:
        if not len(self.weight):
            object.__setattr__(self, "weight", np.ones(len(self.y)))

    def __len__(self) -> int:
        return len(self.y)

    def where(self, mask: NDArray[np.bool_]) -> Rows:
        """The rows for which the mask holds."""
        parts = (self.x[mask], self.y[mask], self.columns, self.time[mask], self.group[mask], self.gap)
        return Rows(*parts, self.weight[mask])


@dataclass(frozen=True)
class Recipes:
    """How each kind of model is fitted. `distance` is the column that naive models look at."""

    distance: str
    wires: tuple[Wire, ...] = ()
    trees: LightGBMParameters = field(default_factory=LightGBMParameters)
    pack: tuple[Wire, ...] = ()
    """The rule pack, see `rule_pack`."""
    most_per_event: int = MOST_PER_EVENT
    """Most rows without the event that a model learns from, per row with it; see `thinned`.

    Tests, calibration and level take all rows with their weights, so that the thinning changes no probability by
    itself. Nor does it that the rows are themselves a part (`rows.sampled`), which is why they are learned without
    weights, with which trees learn less (docs/model.md).
    """

    def fit(self, kind: str, rows: Rows, seed: int, among: NDArray[np.bool_] | None = None) -> RiskModel:
        """Fit one kind: `rules` (trip wires), `rule_pack`, `naive` (distance to the line), `logistic` or `lightgbm`.

        `among`: the rows to learn from, all when None. Raises UsageError for any other kind.
        """
        if kind in ("rules", "rule_pack"):
            return RuleModel(rows.columns, self.wires if kind == "rules" else self.pack)
        every = rows.weight.sum() if among is None else rows.weight[among].sum()
        rows = thinned(rows, self.most_per_event, seed, among)
        trees = self.trees if len(rows) == every else replace(self.trees, min_rows=min(THIN_LEAF, self.trees.min_rows))
        if kind == "naive":
            return LogisticModel.fit(rows.x, rows.y, rows.columns, c=1.0, only=(self.distance,))
        if kind == "logistic":
            return LogisticModel.fit(rows.x, rows.y, rows.columns)
        if kind == "lightgbm":
            return LightGBMModel.fit(rows.x, rows.y, rows.columns, parameters=trees, seed=seed)
        raise UsageError(f"there is no kind of model {kind!r}: choose one of {', '.join(KINDS)}")


def thinned(rows: Rows, most_per_event: int, seed: int, among: NDArray[np.bool_] | None = None) -> Rows:
    """All rows with the event, and at most so many per event of those without, drawn at random; the order stays.

    `among`: the rows to draw from, all when None.

    Thinning by the outcome moves the level of the margins and nothing else that a model of log-odds learns (Prentice
    and Pyke, "Logistic disease incidence models and case-control studies", Biometrika 1979); the calibration sets the
    level anew.
    """
    kept, without = rows.y == 1, rows.y == 0
    if among is not None:
        kept, without = kept & among, without & among
    most = most_per_event * int(kept.sum())
    if without.sum() <= most:
        return rows if among is None else rows.where(among)
    kept[np.random.default_rng(seed).choice(np.flatnonzero(without), most, replace=False)] = True
    return rows.where(kept)


@dataclass(frozen=True)
class Judged:
    """Risks of the rows (n,), NaN for rows that are in no test, and the mean number of training rows."""

    risk: NDArray[np.float64] = field(repr=False)
    n_train: int


def fit_calibrated(recipes: Recipes, kind: str, rows: Rows, seed: int) -> CalibratedModel:
    """Fit on all rows, and calibrate on rolling-origin predictions inside them.

    Every validation block is predicted by a model that saw only labels known before the block began, and none of its
    households. Where the rows span too few periods for that, folds by household take their place. The predictions of a
    block are first brought to the block's own level, so that they teach the shape only: three blocks say next to
    nothing about how the level will move next, and their drift would be carried forward. The level is that of all
    rows.
    """
    origins = rolling_origins(rows.time, rows.y, rows.gap)
    # one third of the households is enough for the shape, and the other two cost as much again
    folds = [pair for pair in (apart(*origin, rows.group, seed)[0] for origin in origins) if _teaches(rows, *pair)]
    if not folds:
        households = group_folds(rows.group, rows.y, FALLBACK_FOLDS, seed)
        folds = [pair for pair in households if _teaches(rows, *pair)]
    margins, outcomes, weights = [], [], []
    for train, valid in folds:
        margin = recipes.fit(kind, rows, seed, train).margin(rows.x[valid])
        margins.append(margin + Calibration.identity().levelled(margin, rows.y[valid], weight=rows.weight[valid]).shift)
        outcomes.append(rows.y[valid])
        weights.append(rows.weight[valid])
    if not margins:
        raise DataError(
            f"{len(rows)} training rows with {int(rows.y.sum())} events are too few to calibrate a model. "
            "Use more as-of dates, or wait until more labels have matured."
        )
    shape = Calibration.fit(np.concatenate(margins), np.concatenate(outcomes), weight=np.concatenate(weights))
    model = recipes.fit(kind, rows, seed)
    return CalibratedModel(model, shape.levelled(model.margin(rows.x), rows.y, weight=rows.weight))


def _teaches(rows: Rows, train: NDArray[np.bool_], valid: NDArray[np.bool_]) -> bool:
    """Whether both sides have events and non-events."""
    return all(0 < rows.y[side].sum() < side.sum() for side in (train, valid))


def judge(
    recipes: Recipes,
    kind: str,
    rows: Rows,
    pairs: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
    seed: int,
) -> Judged:
    """Risk of the test rows of (training, test) pairs, each fitted and calibrated on its training rows alone."""
    risk = np.full(len(rows), np.nan)
    sizes = []
    for train, test in pairs:
        model = fit_calibrated(recipes, kind, rows.where(train), seed)
        risk[test] = model.probability(rows.x[test])
        sizes.append(int(train.sum()))
    return Judged(risk, round(sum(sizes) / len(sizes)))
