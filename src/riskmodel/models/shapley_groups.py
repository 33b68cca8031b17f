"""The leaves of a tree in groups, each with few enough decisions that all their outcomes can be tabulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from riskmodel.models.lightgbm_splits import Splits

MOST_DECISIONS = 10
"""A group has 2 to the power of its decisions patterns; a leaf below more decisions than that cannot be tabulated."""

# What a group costs a row, in comparisons: a look-up (three loads and a store against one load), the loops around
# them, and a table's share of the cache. Measured; halving or doubling any of them changes the speed by a tenth.
_LOOK_UP = 2.0
_LOOPS = 4.0
_ENTRY = 0.02


class Step(NamedTuple):
    """One decision on the way to a leaf."""

    split: int
    left: bool
    """Whether the leaf lies to the left."""
    share: float
    """Of the training rows that reached the split, how many went this way."""


@dataclass(frozen=True)
class Path:
    """A leaf and the decisions that lead to it."""

    value: float
    steps: tuple[Step, ...]


def paths(tree: Splits) -> list[Path]:
    """The way to each leaf, depth first, left before right."""
    found: list[Path] = []
    waiting: list[tuple[int, tuple[Step, ...]]] = [(0 if tree.columns else -1, ())]
    while waiting:
        node, steps = waiting.pop()
        if node < 0:
            found.append(Path(tree.leaf_values[~node], steps))
            continue
        for child, left in ((tree.right[node], False), (tree.left[node], True)):
            step = Step(node, left, tree.rows_of(child) / tree.rows[node])
            waiting.append((child, (*steps, step)))
    return found


def groups(tree: Splits) -> list[list[Path]] | None:
    """All leaves, depth first, in the groups that cost a row least; None where a leaf lies too deep."""
    leaves = paths(tree)
    involved = [sum(1 << step.split for step in leaf.steps) for leaf in leaves]
    columns = _splits_by_column(tree)
    cheapest = [0.0] + [float("inf")] * len(leaves)  # of the first k leaves
    start = [0] * (len(leaves) + 1)  # of the last group among them
    for first in range(len(leaves)):
        together = 0
        for last in range(first, len(leaves)):
            together |= involved[last]
            if together.bit_count() > MOST_DECISIONS:
                break
            cost = cheapest[first] + _cost(together, columns)
            if cost < cheapest[last + 1]:
                cheapest[last + 1], start[last + 1] = cost, first
    if cheapest[-1] == float("inf"):
        return None
    found = []
    end = len(leaves)
    while end:
        found.append(leaves[start[end] : end])
        end = start[end]
    return found[::-1]


def _splits_by_column(tree: Splits) -> list[int]:
    """For each column of the tree the set of its splits, as bits."""
    found: dict[int, int] = {}
    for split, column in enumerate(tree.columns):
        found[column] = found.get(column, 0) | 1 << split
    return list(found.values())


def _cost(together: int, columns: list[int]) -> float:
    decisions = together.bit_count()
    look_ups = 1 + sum(1 for splits in columns if splits & together)
    return _LOOPS + decisions + look_ups * (_LOOK_UP + _ENTRY * (1 << decisions))
