from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.random_trees import model_text, random_tree
from riskmodel.models.lightgbm_splits import Splits, splits_of
from riskmodel.models.lightgbm_text import trees
from riskmodel.models.shapley_groups import MOST_DECISIONS, groups, paths


def tree_of(seed: int, leaves: int, deepest: int) -> Splits:
    (tree,) = trees(model_text([random_tree(np.random.default_rng(seed), leaves, 5, deepest=deepest)], 5), 5)
    return splits_of(tree)


@given(st.integers(0, 9999), st.integers(1, 40), st.integers(1, 16))
def test_groups_hold_every_leaf_once_in_order_and_few_enough_decisions(seed: int, leaves: int, deepest: int) -> None:
    tree = tree_of(seed, leaves, deepest)
    found = groups(tree)
    if found is None:
        assert max(len(path.steps) for path in paths(tree)) > MOST_DECISIONS
        return
    assert [path for group in found for path in group] == paths(tree)
    for group in found:
        assert len({step.split for path in group for step in path.steps}) <= MOST_DECISIONS


@given(st.integers(0, 9999), st.integers(1, 40))
def test_the_shares_of_all_leaves_add_up_to_all_rows(seed: int, leaves: int) -> None:
    found = paths(tree_of(seed, leaves, 12))
    reached = [float(np.prod([step.share for step in path.steps])) for path in found]
    assert sum(reached) == pytest.approx(1.0, abs=1e-12)


def test_a_leaf_at_the_last_depth_is_grouped_and_one_below_is_not() -> None:
    def chain(splits: int) -> Splits:
        left, right = [~k for k in range(splits)], [*range(1, splits), ~splits]
        counts = list(range(splits + 1, 1, -1))
        leaves = splits + 1
        return Splits([0] * splits, [0.0] * splits, [2] * splits, left, right, counts, [1] * leaves, [0.5] * leaves, [])

    assert groups(chain(MOST_DECISIONS)) is not None
    assert groups(chain(MOST_DECISIONS + 1)) is None


def test_a_single_leaf_is_a_group_without_decisions() -> None:
    (group,) = groups(tree_of(0, 1, 1)) or []
    assert [path.steps for path in group] == [()]
