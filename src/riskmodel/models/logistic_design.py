"""How a column enters the logistic regression while it learns: one or more design columns, and the term they become.

A number: the median where missing, an indicator of missing when any is, the logarithm where the column asks for it,
the signed log when some absolute value exceeds 1000 (money), clipped to the 0.1th and 99.9th percentile so that one
wrong entry neither sets the scale nor makes a prediction extreme (to its range when both percentiles are equal, as for
a rare indicator). A category: an indicator per level; levels with fewer than 50 training rows share one, and missing
has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from riskmodel.models.columns import Column
from riskmodel.models.logistic_terms import LevelTerm, NumberTerm, Scale, Term

_WIDE = 1000.0  # beyond it the signed log
_LEAST_RATIO = 0.02  # a ratio of amounts counts as at least this before its logarithm is taken
_PERCENTILES = (0.1, 99.9)
_POOLED_BELOW = 50  # rows


class Block(Protocol):
    """The design columns of one column of the data."""

    @property
    def design(self) -> NDArray[np.float64]:
        """Shape (n, k), not yet standardised."""

    def term(self, slopes: NDArray[np.float64], centres: NDArray[np.float64]) -> Term:
        """What the k slopes on (design - centres) add up to."""


def block_of(values: NDArray[np.float64], column: Column, index: int) -> Block:
    """The block of one column of the training rows."""
    return (
        _number_block(values, column, index)
        if column.levels is None
        else _level_block(values, index, len(column.levels))
    )


@dataclass(frozen=True)
class _NumberBlock:
    shape: NumberTerm  # slope and offsets still 0
    design: NDArray[np.float64]  # the value and, if any is missing, its indicator

    def term(self, slopes: NDArray[np.float64], centres: NDArray[np.float64]) -> Term:
        shape = self.shape
        present, missing = (-slopes[1] * centres[1], slopes[1] * (1 - centres[1])) if len(slopes) > 1 else (0.0, 0.0)
        numbers = map(float, (centres[0], slopes[0], present, missing))
        return NumberTerm(shape.column, shape.scale, shape.low, shape.high, shape.fill, *numbers)


@dataclass(frozen=True)
class _LevelBlock:
    index: int
    groups: NDArray[np.intp]  # the design column of each level; the last one is for missing
    design: NDArray[np.float64]

    def term(self, slopes: NDArray[np.float64], centres: NDArray[np.float64]) -> Term:
        effects = slopes[self.groups] - slopes @ centres
        return LevelTerm(self.index, tuple(map(float, effects[:-1])), float(effects[-1]))


def _number_block(values: NDArray[np.float64], column: Column, index: int) -> _NumberBlock:
    absent = np.isnan(values)
    known = values[~absent] if not absent.all() else np.zeros(1)
    low, high = (float(bound) for bound in np.percentile(known, _PERCENTILES))
    if low == high:
        low, high = float(known.min()), float(known.max())
    scale: Scale = "signed_log" if np.abs(known).max() > _WIDE else "linear"
    if column.log:
        scale, low, high = "log", max(low, _LEAST_RATIO), max(high, _LEAST_RATIO)
    shape = NumberTerm(index, scale, low, high, float(np.median(known)), 0.0, 0.0, 0.0, 0.0)
    scaled = shape.scaled(np.where(absent, shape.fill, values))
    # what a handful of rows has teaches nothing, but its slope would be steep: the day a department begins to deliver
    # (or a source falls silent) all rows would move at once
    rare = min(_POOLED_BELOW, len(values) // 10)
    if len(values) - absent.sum() < rare:
        scaled, absent = shape.scaled(np.full(len(values), shape.fill)), np.zeros(len(values), dtype=bool)
    parts = [scaled, absent.astype(np.float64)] if absent.sum() >= max(rare, 1) else [scaled]
    return _NumberBlock(shape, np.column_stack(parts))


def _level_block(values: NDArray[np.float64], index: int, levels: int) -> _LevelBlock:
    positions = np.where(np.isnan(values), levels, values).astype(np.intp)
    counts = np.bincount(positions, minlength=levels + 1)
    own = counts >= _POOLED_BELOW
    own[levels] = True  # missing is never pooled with rare levels
    groups = np.where(own, np.cumsum(own) - 1, own.sum())
    design = np.zeros((len(values), int(own.sum()) + 1))
    design[np.arange(len(values)), groups[positions]] = 1.0
    return _LevelBlock(index, groups, design)
