"""Models side by side on the same test rows: every number with its interval, every difference paired."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from riskmodel.training.calibration_check import in_top_tenth, logit, recalibration
from riskmodel.training.capacity import as_many_as, listed
from riskmodel.training.intervals import Interval
from riskmodel.training.ranking import Ranking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskmodel.training.intervals import Resampling

PAIRED: Final = ("average_precision", "roc_auc", "recall_at_capacity")
"""Numbers of which differences between models are told."""
WIRES: Final = "rules"
"""The kind whose list another list of equal size is compared with: the trip wires that offices use today."""


@dataclass(frozen=True)
class Trial:
    """Test rows and what each kind of model said of them. All arrays (n,)."""

    y: NDArray[np.float64] = field(repr=False)
    risks: Mapping[str, NDArray[np.float64]] = field(repr=False)
    """By kind, calibrated, without missing values."""
    place: NDArray[np.int64] = field(repr=False)
    """One number per township and as-of date: what a list of visits is made for."""
    capacity: NDArray[np.int64] = field(repr=False)
    """Households of the row's place that can be visited."""
    order: NDArray[np.int64] = field(repr=False)
    """Decides between equal risks, see `capacity.tie_order`."""
    fired: NDArray[np.bool_] = field(repr=False)
    """Whether a trip wire fired."""
    sampling: Resampling = field(repr=False)

    @property
    def events(self) -> int:
        """Test rows with the event."""
        return int(self.y.sum())

    @cached_property
    def lists(self) -> dict[str, NDArray[np.bool_]]:
        """By kind, the rows that the lists at capacity hold."""
        return {kind: self._listed(risk, self.capacity) for kind, risk in self.risks.items()}

    @cached_property
    def wire_lists(self) -> dict[str, NDArray[np.bool_]]:
        """By kind, the rows of lists as long as that of the trip wires, place by place; of the wires their own."""
        size = as_many_as(self.fired, self.place, self.sampling.weight)
        found = {kind: self._listed(risk, size) for kind, risk in self.risks.items()}
        return found | ({WIRES: self.fired} if WIRES in self.risks else {})

    def _listed(self, risk: NDArray[np.float64], most: NDArray[np.generic]) -> NDArray[np.bool_]:
        return listed(risk, self.place, most, self.order, self.sampling.weight)


@dataclass(frozen=True)
class Comparison:
    """What the test says: numbers by kind and name, and differences (first less second) by pair of kinds and name."""

    events: int
    rows: int
    values: Mapping[str, Mapping[str, Interval]]
    differences: Mapping[tuple[str, str], Mapping[str, Interval]] = field(repr=False)

    def intervals(self) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
        """`intervals` by kind, and `differences` by `one - other`, each by name: value, low, high; to be written."""
        return {
            "intervals": {k: {n: asdict(i) for n, i in v.items()} for k, v in self.values.items()},
            "differences": {
                f"{a} - {b}": {n: asdict(i) for n, i in v.items()} for (a, b), v in self.differences.items()
            },
        }


def compare(tested: Trial) -> Comparison:
    """Every kind by average precision, ROC AUC, Brier score, calibration and its lists, with intervals.

    Names: `average_precision`, `roc_auc`, `brier`, `slope`, `top_ratio` (observed over expected events in the tenth of
    highest risk), `total_ratio` (the same of all), `recall_at_capacity`, `precision_at_capacity`,
    `recall_at_wires` (of a list as long as that of the trip wires), `lift_over_wires` (events found by it, over those
    that the wires found). All models are judged on the same draws. The calibration `slope` has no limits here: it would
    cost more than all else (`calibration_check` has them).
    """
    told = _Numbers(tested)
    found = tested.sampling.intervals(told)
    kinds = list(tested.risks)
    values = {kind: {name: found[f"{kind}|{name}"] for name in told.names} for kind in kinds}
    for kind, risk in tested.risks.items():
        values[kind]["slope"] = Interval(_slope(tested, risk), float("nan"), float("nan"))
    pairs = [(a, b) for a in kinds for b in kinds if a != b]
    differences = {(a, b): {name: found[f"{a}|{b}|{name}"] for name in PAIRED} for a, b in pairs}
    return Comparison(tested.events, len(tested.y), values, differences)


class _Numbers:
    """All numbers of all kinds for rows of given weights; what does not depend on the weights is made once."""

    names = ("average_precision", "roc_auc", "brier", "top_ratio", "total_ratio", "recall_at_capacity",
             "precision_at_capacity", "recall_at_wires", "lift_over_wires")  # fmt: skip

    def __init__(self, tested: Trial) -> None:
        self._tested = tested
        self._rankings = {kind: Ranking.of(tested.y, risk) for kind, risk in tested.risks.items()}
        self._top = {kind: in_top_tenth(risk, tested.sampling.weight) for kind, risk in tested.risks.items()}

    def __call__(self, weights: NDArray[np.float64]) -> dict[str, float]:
        """By `kind|name`, and `kind|other|name` for differences."""
        by_kind = {kind: self.of(kind, weights) for kind in self._tested.risks}
        found = {f"{kind}|{name}": value for kind, values in by_kind.items() for name, value in values.items()}
        for one, values in by_kind.items():
            for other, theirs in by_kind.items():
                if one != other:
                    found |= {f"{one}|{other}|{name}": values[name] - theirs[name] for name in PAIRED}
        return found

    def of(self, kind: str, weights: NDArray[np.float64]) -> dict[str, float]:
        """The numbers of one kind by name."""
        tested, ranking, top = self._tested, self._rankings[kind], self._top[kind]
        y, p = tested.y, tested.risks[kind]
        events, at_wires = weights * y, tested.wire_lists[kind]
        by_wires = float(events @ tested.fired)
        on_list, total = tested.lists[kind], float(events.sum())
        return {
            "average_precision": ranking.average_precision(weights),
            "roc_auc": ranking.roc_auc(weights),
            "brier": _ratio(float(weights @ (y - p) ** 2), float(weights.sum())),
            "top_ratio": _ratio(float(events @ top), float((weights * top) @ p)),
            "total_ratio": _ratio(total, float(weights @ p)),
            "recall_at_capacity": _ratio(float(events @ on_list), total),
            "precision_at_capacity": _ratio(float(events @ on_list), float(weights @ on_list)),
            "recall_at_wires": _ratio(float(events @ at_wires), total),
            "lift_over_wires": _ratio(float(events @ at_wires), by_wires),
        }


def _slope(tested: Trial, risk: NDArray[np.float64]) -> float:
    return recalibration(tested.y, logit(risk), tested.sampling.weight)[0]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
