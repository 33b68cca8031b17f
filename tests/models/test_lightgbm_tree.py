from __future__ import annotations

import re
from functools import cache

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.samples import boosted
from riskmodel.errors import BundleError
from riskmodel.models.lightgbm_tree import MAX_DEPTH, check_tree


@cache
def blocks() -> list[str]:
    """The trees of a small model, each as its lines in the text."""
    return re.split(r"(?=Tree=\d+\n)", boosted().text.partition("end of trees")[0])[1:]


def forged(pattern: str, new: str) -> str:
    """The first tree that has the line, with the line changed."""
    changed = [re.sub(pattern, new, block, count=1) for block in blocks() if re.search(pattern, block)]
    assert changed
    return changed[0]


def chain(splits: int) -> str:
    """A tree in which every split parts one row from the rest."""
    nodes, counts = range(splits), range(splits + 1, 1, -1)
    lines = {
        "num_leaves": [splits + 1],
        "num_cat": [0],
        "split_feature": [0] * splits,
        "split_gain": [1] * splits,
        "threshold": nodes,
        "decision_type": [2] * splits,
        "left_child": [~node for node in nodes],
        "right_child": [*nodes[1:], ~splits],
        "leaf_value": [0.1] * (splits + 1),
        "leaf_weight": [1] * (splits + 1),
        "leaf_count": [1] * (splits + 1),
        "internal_value": [0] * splits,
        "internal_weight": counts,
        "internal_count": counts,
        "is_linear": [0],
        "shrinkage": [1],
    }
    return "Tree=0\n" + "".join(f"{key}={' '.join(map(str, cells))}\n" for key, cells in lines.items()) + "\n\n"


def test_every_tree_that_lightgbm_wrote_is_sound() -> None:
    for index, block in enumerate(blocks()):
        check_tree(block, index, 4)


@settings(deadline=None, max_examples=300)
@given(st.data(), st.integers(-(10**6), 10**6))
def test_another_number_among_the_children_is_refused(data: st.DataObject, number: int) -> None:
    block = data.draw(st.sampled_from(blocks()))
    lines = [match.span(1) for match in re.finditer(r"\n(?:left|right)_child=(.+)\n", block)]
    start, end = data.draw(st.sampled_from(lines))
    tokens = block[start:end].split(" ")
    index = data.draw(st.integers(0, len(tokens) - 1))
    if tokens[index] != str(number):
        tokens[index] = str(number)
        with pytest.raises(BundleError):
            check_tree(block[:start] + " ".join(tokens) + block[end:], 0, 4)


@pytest.mark.parametrize(
    ("pattern", "new", "message"),
    [
        (r"\nnum_leaves=\d+", "\nnum_leaves=2147483647", "num_leaves"),
        (r"\nnum_cat=0", "\nnum_cat=1", "cat_boundaries"),
        (r"\nsplit_feature=\d", "\nsplit_feature=4", "split_feature"),
        (r"\nsplit_feature=\d", "\nsplit_feature=-1", "split_feature"),
        (r"\nsplit_gain=\d", "\nsplit_gain=x", "split_gain"),
        (r"\nthreshold=\S+", "\nthreshold=nan", "threshold"),
        (r"\nthreshold=\S+", "\nthreshold=-inf", "threshold"),
        (r"\ndecision_type=\d+", "\ndecision_type=12", "decision_type"),
        (r"\ndecision_type=\d+", "\ndecision_type=127", "decision_type"),
        (r"\nleaf_value=\S+", "\nleaf_value=1e999", "infinite"),
        (r"\nleaf_value=\S+", "\nleaf_value=1 1", "leaf_value"),
        (r"\nleaf_value=\S+", "\nleaf_value=-1e300", "no log-odds"),
        (r"\nleaf_weight=\S+", "\nleaf_weight=-1", "negative"),
        (r"\nleaf_count=\S+", "\nleaf_count=0", "below 1"),
        (r"\nleaf_count=\S+", "\nleaf_count=99", "children"),
        (r"\ninternal_count=\S+", "\ninternal_count=9999999999", "too large"),
        (r"\nis_linear=0", "\nis_linear=1", "is_linear"),
        (r"\nshrinkage=\S+", "\nshrinkage=-inf", "shrinkage"),
        (r"\nshrinkage=\S+", "", "shrinkage"),
        (r"\nis_linear=0", "\nis_linear=0\nleaf_const=1", "leaf_const"),
        (r"\nis_linear=0", "\nis_linear=0\nis_linear=0", "twice"),
        (r"\ncat_boundaries=0", "\ncat_boundaries=1", "ascend"),
        (r"\ncat_boundaries=0 \d+", "\ncat_boundaries=0 900", "ascend|cat_threshold"),
        (r"\ncat_threshold=\d+", "\ncat_threshold=-1", "cat_threshold"),
        (r"\ncat_threshold=\d+", "\ncat_threshold=4294967296", "cat_threshold"),
    ],
)
def test_a_forged_line_is_refused_by_name(pattern: str, new: str, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        check_tree(forged(pattern, new), 0, 4)


def test_a_set_of_categories_that_no_split_uses_is_refused() -> None:
    """The threshold of a split by category is an index into cat_boundaries."""
    changed = 0
    for block in blocks():
        match = re.search(r"\nthreshold=(.+)\ndecision_type=(.+)\n", block)
        assert match is not None
        thresholds, decisions = (match.group(i).split(" ") for i in (1, 2))
        for index, decision in enumerate(decisions):
            if int(decision) & 1:
                tokens = [*thresholds[:index], "77", *thresholds[index + 1 :]]
                with pytest.raises(BundleError, match="category sets"):
                    check_tree(block[: match.start(1)] + " ".join(tokens) + block[match.end(1) :], 0, 4)
                changed += 1
    assert changed


def test_a_tree_as_deep_as_allowed_is_sound_and_a_deeper_one_refused() -> None:
    check_tree(chain(MAX_DEPTH), 0, 1)
    with pytest.raises(BundleError, match=f"tree 7: it is {MAX_DEPTH + 1} splits deep"):
        check_tree(chain(MAX_DEPTH + 1), 7, 1)


@pytest.mark.parametrize("line", ["threshold=0.5", "left_child=-1", "split_gain=1"])
def test_a_tree_of_one_leaf_has_no_split(line: str) -> None:
    x = np.arange(40.0)[:, None]
    parameters = {"objective": "binary", "num_threads": 1, "verbosity": -1}
    single = lightgbm.train(parameters, lightgbm.Dataset(x, np.zeros(40)), num_boost_round=1).model_to_string()
    block = single[single.index("Tree=0") : single.index("end of trees")]
    assert "num_leaves=1\n" in block
    check_tree(block, 0, 1)
    key = line.partition("=")[0]
    with pytest.raises(BundleError, match="one leaf but also a split"):
        check_tree(re.sub(rf"\n{key}=\n", f"\n{line}\n", block), 0, 1)
