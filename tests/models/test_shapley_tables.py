from __future__ import annotations

import math
import time
from itertools import combinations

import numpy as np
import pytest

from models.random_trees import model_text, random_tree
from riskmodel.models.lightgbm_splits import Splits, splits_of
from riskmodel.models.lightgbm_text import trees
from riskmodel.models.shapley import TreeTables
from riskmodel.models.shapley_tables import tabulated

# column 0 <= 0 ? (column 1 <= 0 ? leaf 0 : leaf 2) : (column 0 <= 5 ? leaf 1 : leaf 3)
TREE = Splits(
    columns=[0, 1, 0],
    thresholds=[0.0, 0.0, 5.0],
    decisions=[2, 2, 2],
    left=[1, ~0, ~1],
    right=[2, ~2, ~3],
    rows=[10, 6, 4],
    leaf_rows=[2, 3, 4, 1],
    leaf_values=[1.0, -2.0, 0.5, 3.0],
    sets=[],
)


def expected(tree: Splits, row: list[float], known: set[int], node: int = 0) -> float:
    """The margin where only some columns are known: the others' decisions are averaged by training rows."""
    if node < 0:
        return tree.leaf_values[~node]
    children = (tree.left[node], tree.right[node])
    if tree.columns[node] in known:
        return expected(tree, row, known, children[row[tree.columns[node]] > tree.thresholds[node]])
    return sum(tree.rows_of(c) / tree.rows[node] * expected(tree, row, known, c) for c in children)


def shapley_value(tree: Splits, row: list[float], column: int) -> float:
    """By the definition: the mean over all orders of what knowing the column adds."""
    others, total = [c for c in range(len(row)) if c != column], 0.0
    for size in range(len(others) + 1):
        weight = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(row))
        for known in combinations(others, size):
            total += weight * (expected(tree, row, {*known, column}) - expected(tree, row, set(known)))
    return total


@pytest.mark.parametrize("row", [[-1.0, -1.0, 9.0], [-1.0, 1.0, 9.0], [2.0, -1.0, 9.0], [7.0, 1.0, 9.0]])
def test_a_tree_gives_the_shapley_values_of_the_definition(row: list[float]) -> None:
    margin, contributions = TreeTables.of([TREE]).explained(np.array([row]))
    assert margin[0] == expected(TREE, row, {0, 1, 2})
    by_definition = [shapley_value(TREE, row, column) for column in range(3)]
    np.testing.assert_allclose(contributions[0], by_definition, rtol=0, atol=1e-15)
    assert by_definition[0] != 0


def test_only_the_columns_that_are_asked_are_looked_at() -> None:
    tables, deep = tabulated([TREE])
    assert (tables.columns.tolist(), deep) == ([0, 1], [])
    assert tables.set_columns.size == 0


def test_300_trees_of_16_leaves_are_tabulated_quickly_and_in_little_memory() -> None:
    random = np.random.default_rng(0)
    text = model_text([random_tree(random, 16, 60, deepest=6) for _ in range(300)], 60)
    splits = [splits_of(tree) for tree in trees(text, 60)]
    TreeTables.of(splits[:1])  # compiles, or reads what was compiled
    start = time.process_time()
    tables = TreeTables.of(splits)
    assert time.process_time() - start < 2
    assert tables.nbytes < 100e6
    assert not tables.deep
