"""Trip wires: the baseline that any official could apply by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.errors import BundleError, UsageError
from riskmodel.models import strict_json
from riskmodel.models.columns import Column, checked_columns, matrix, position


@dataclass(frozen=True)
class Wire:
    """Fires when the value of a column reaches a threshold; a missing value does not fire."""

    code: str
    column: str
    threshold: float
    weight: float = 1.0
    below: bool = False
    """Fires under the threshold, not at it or above it."""

    def __post_init__(self) -> None:
        if not self.code or not math.isfinite(self.threshold) or not (0 < self.weight < math.inf):
            raise UsageError(f"wire {self.code!r}: give it a code, a finite threshold and a finite weight above 0")


@dataclass(frozen=True)
class RuleModel:
    """The margin is the number of wires that fired (the sum of their weights); 0 when none did."""

    columns: tuple[Column, ...]
    wires: tuple[Wire, ...]

    kind: ClassVar[str] = "rules"
    base: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        checked_columns(self.columns)
        if len({wire.code for wire in self.wires}) != len(self.wires):
            raise UsageError("two wires have the same code: give every wire its own")
        for wire in self.wires:
            if self.columns[position(wire.column, self.columns)].levels is not None:
                raise UsageError(f"wire {wire.code}: column {wire.column} holds categories, which have no threshold")

    def margin(self, x: ArrayLike) -> NDArray[np.float64]:
        """The sum of the weights of the wires that fired, shape (n,)."""
        return self.explained(x)[0]

    def contributions(self, x: ArrayLike) -> NDArray[np.float64]:
        """The same sum by column, shape (n, F)."""
        rows = matrix(x, self.columns)
        result = np.zeros_like(rows)
        for wire in self.wires:
            index = position(wire.column, self.columns)
            values = rows[:, index]
            result[:, index] += wire.weight * (values < wire.threshold if wire.below else values >= wire.threshold)
        return result

    def explained(self, x: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Margin (n,) and contributions (n, F) from one pass."""
        contributions = self.contributions(x)
        return contributions.sum(axis=1), contributions

    def to_files(self) -> dict[str, bytes]:
        """One JSON file with the wires."""
        wires = [[wire.code, wire.column, wire.threshold, wire.weight, wire.below] for wire in self.wires]
        return {"model.json": strict_json.encoded({"wires": wires})}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], columns: tuple[Column, ...]) -> RuleModel:
        """The model of these files; BundleError when they are damaged."""
        found = strict_json.record(strict_json.decoded(files["model.json"], "model.json"), ("wires",), "model.json")
        wires = [
            _wire(item, f"model.json, wire {i}") for i, item in enumerate(strict_json.items(found["wires"], "wires"))
        ]
        try:
            return cls(columns, tuple(Wire(*wire) for wire in wires))
        except UsageError as error:
            raise BundleError(f"model.json: {error}; {strict_json.REPAIR}") from error


def _wire(value: object, where: str) -> tuple[str, str, float, float, bool]:
    parts = strict_json.items(value, where)
    if len(parts) != 5 or not isinstance(parts[4], bool):
        raise BundleError(f"{where} must be [code, column, threshold, weight, below]: {strict_json.REPAIR}")
    code, column, threshold, weight, below = parts
    return (
        strict_json.text(code, where),
        strict_json.text(column, where),
        strict_json.number(threshold, where),
        strict_json.number(weight, where),
        below,
    )
