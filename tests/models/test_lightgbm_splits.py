from __future__ import annotations

import numpy as np

from models.random_trees import model_text, random_tree
from models.samples import COLUMNS, boosted
from riskmodel.models.lightgbm_splits import splits_of
from riskmodel.models.lightgbm_text import trees


def test_every_number_of_a_tree_is_read_as_it_was_written() -> None:
    written = random_tree(np.random.default_rng(5), 9, 4)
    (tree,) = trees(model_text([written], 4), 4)
    found = splits_of(tree)
    assert found.columns == written["split_feature"]
    assert found.thresholds == [float(text) for text in written["threshold"]]
    assert found.decisions == written["decision_type"]
    assert (found.left, found.right) == (written["left_child"], written["right_child"])
    assert (found.rows, found.leaf_rows) == (written["internal_count"], written["leaf_count"])
    assert found.leaf_values == [float(text) for text in written["leaf_value"]]
    assert [len(words) for words in found.sets] == np.diff(written["cat_boundaries"]).tolist()
    assert [word for words in found.sets for word in words] == written["cat_threshold"]


def test_a_single_leaf_has_no_split() -> None:
    (tree,) = trees(model_text([random_tree(np.random.default_rng(0), 1, 4)], 4), 4)
    found = splits_of(tree)
    assert found.columns == []
    assert len(found.leaf_values) == 1


def test_the_rows_of_a_split_are_those_of_its_children() -> None:
    for tree in trees(boosted().text, len(COLUMNS)):
        found = splits_of(tree)
        for left, right, rows in zip(found.left, found.right, found.rows, strict=True):
            assert found.rows_of(left) + found.rows_of(right) == rows
