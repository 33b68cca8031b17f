"""The decisions and leaves of one tree of a LightGBM text, as lists."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from riskmodel.models.lightgbm_tree import Tree


@dataclass(frozen=True)
class Splits:
    """A tree of S splits and S + 1 leaves. A child from 0 on is a split, written after its parent; -1 - k is leaf k."""

    columns: list[int]
    """The column that a split looks at, (S,)."""
    thresholds: list[float]
    """A number up to it goes left; for a split by category the number of its set, (S,)."""
    decisions: list[int]
    """LightGBM's `decision_type`, (S,): bit 0 by category, bit 1 missing goes left, bits 2-3 what is missing."""
    left: list[int]
    right: list[int]
    rows: list[int]
    """Training rows that reached a split, (S,)."""
    leaf_rows: list[int]
    leaf_values: list[float]
    """What a leaf adds to the margin, (S + 1,)."""
    sets: list[list[int]]
    """For each split by category the words of 32 bits, lowest first, whose bits are the categories that go left."""

    def rows_of(self, child: int) -> int:
        """Training rows that reached a split or leaf."""
        return self.rows[child] if child >= 0 else self.leaf_rows[~child]


def splits_of(tree: Tree) -> Splits:
    """The splits of a sound tree (one that `Tree.check` lets pass)."""
    count = tree.leaves - 1
    values = tree.floats("leaf_value", tree.leaves)
    if not count:
        return Splits([], [], [], [], [], [], [0], values, [])
    return Splits(
        tree.integers("split_feature", count),
        tree.thresholds(count),
        tree.integers("decision_type", count),
        tree.integers("left_child", count),
        tree.integers("right_child", count),
        tree.integers("internal_count", count),
        tree.integers("leaf_count", tree.leaves),
        values,
        _sets(tree),
    )


def _sets(tree: Tree) -> list[list[int]]:
    if not tree.categorical_splits:
        return []
    ends = tree.integers("cat_boundaries", tree.categorical_splits + 1)
    words = tree.integers("cat_threshold", ends[-1], largest=2**32 - 1)
    return [words[start:end] for start, end in pairwise(ends)]
