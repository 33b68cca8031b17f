"""The columns of a data matrix, and the check that a matrix has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.errors import BundleError, DataError, UsageError

_CHECKED_TOGETHER = 4096  # rows


@dataclass(frozen=True)
class Column:
    """One column: its name, what raising it may do to the risk, and its levels when it is categorical.

    direction: 1 = raising the value never lowers the risk, -1 = never raises it, 0 = free.
    levels: None for a number; for a category the array holds the level's position as a float. NaN: missing or unseen.
    log: a ratio of amounts, which linear models see as its logarithm; trees do not care.
    """

    name: str
    direction: int = 0
    levels: tuple[str, ...] | None = None
    log: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            raise UsageError("a column has an empty name: give every column a name")
        if self.direction not in (-1, 0, 1):
            raise UsageError(f"column {self.name}: direction {self.direction!r} is not -1, 0 or 1")
        if self.levels is not None and self.direction:
            raise UsageError(f"column {self.name}: categories have no order, so its direction must be 0")
        if self.levels is not None and self.log:
            raise UsageError(f"column {self.name}: categories have no logarithm, so log must be False")
        if self.levels is not None and len(set(self.levels)) != len(self.levels):
            raise UsageError(f"column {self.name}: a level is listed twice; list every level once")


def checked_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns as a tuple: at least one, every name once (UsageError otherwise)."""
    names = [column.name for column in columns]
    if not names:
        raise UsageError("a model needs at least one column")
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise UsageError(f"these column names are used more than once: {', '.join(twice)}")
    return tuple(columns)


def position(name: str, columns: Sequence[Column]) -> int:
    """Where a column stands; UsageError when there is none of this name."""
    for index, column in enumerate(columns):
        if column.name == name:
            return index
    raise UsageError(f"there is no column {name!r}: choose one of {_listed(columns)}")


def matrix(x: ArrayLike, columns: Sequence[Column]) -> NDArray[np.float64]:
    """The rows as a C-ordered float64 array of shape (n, columns), NaN = missing.

    BundleError when the number of columns is another; DataError for an infinite number or a category that is no
    level's position (a tree would send such a value somewhere without a word).
    """
    rows = np.ascontiguousarray(x, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != len(columns):
        raise BundleError(
            f"the data has shape {rows.shape}, but the model expects (rows, {len(columns)}) with the columns "
            f"{_listed(columns)}: build the data with the feature set of this model"
        )
    for start in range(0, len(rows), _CHECKED_TOGETHER):  # so that checking takes no memory to speak of
        _check_values(rows[start : start + _CHECKED_TOGETHER], columns)
    return rows


def _check_values(rows: NDArray[np.float64], columns: Sequence[Column]) -> None:
    infinite = np.isinf(rows).any(axis=0)
    if infinite.any():
        name = columns[int(infinite.argmax())].name
        raise DataError(f"column {name} holds an infinite number: leave the value missing or correct it")
    for index, column in enumerate(columns):
        if column.levels is not None:
            _check_levels(rows[:, index], column.name, len(column.levels))


def _check_levels(values: NDArray[np.float64], name: str, levels: int) -> None:
    wrong = ~np.isnan(values) & ((values < 0) | (values >= levels) | (values != np.floor(values)))
    if wrong.any():
        raise DataError(
            f"column {name} holds {values[wrong][0]:g}, which is not the position of one of its {levels} levels: "
            "encode unseen levels as missing"
        )


def _listed(columns: Sequence[Column]) -> str:
    names = [column.name for column in columns]
    return ", ".join(names[:6]) + (f" ... ({len(names)} in all)" if len(names) > 6 else "")
