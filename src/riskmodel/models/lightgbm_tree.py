"""Whether one tree of a LightGBM text is a tree: every number in range, every node reached exactly once."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import NoReturn

from riskmodel.errors import BundleError
from riskmodel.models import strict_json

MAX_LEAVES = 4096
MAX_DEPTH = 64
MAX_LEAF_VALUE = 1e4  # beyond it rounding would part the contributions from the margin

_INTEGER = re.compile(r"-?\d{1,10}", re.ASCII)
_FLOAT = re.compile(r"-?\d{1,25}(?:\.\d{1,25})?(?:e[+-]?\d{1,3})?", re.ASCII)
_THRESHOLD = re.compile(rf"inf|{_FLOAT.pattern}", re.ASCII)
_INT32 = 2**31 - 1

# bit 0: a set of categories goes left, all else, and missing, right; bit 1: missing goes left
# bits 2-3: what is missing: nothing (0, and NaN counts as 0), zero and NaN (4), NaN (8)
_NUMERIC = frozenset({0, 2, 4, 6, 8, 10})
_CATEGORICAL = frozenset({1, 5, 9})

_NODE_INTEGERS = ("split_feature", "decision_type", "left_child", "right_child", "internal_count")
_NODE_FLOATS = ("split_gain", "internal_value", "internal_weight")
_KEYS = (
    "num_leaves",
    "num_cat",
    "split_feature",
    "split_gain",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
    "leaf_weight",
    "leaf_count",
    "internal_value",
    "internal_weight",
    "internal_count",
    "is_linear",
    "shrinkage",
)
_CATEGORY_KEYS = ("cat_boundaries", "cat_threshold")


def check_tree(block: str, index: int, columns: int) -> None:
    """Nothing for a sound tree, given as its lines in the model text; BundleError naming the tree otherwise."""
    Tree(block, index).check(columns)


class Tree:
    """The lines of one tree, read with suspicion."""

    def __init__(self, block: str, index: int) -> None:
        self.index = index
        self.lines = self._split(block)
        self.leaves = self._one_integer("num_leaves", 1, MAX_LEAVES)
        self.categorical_splits = self._one_integer("num_cat", 0, MAX_LEAVES)
        self._expect_keys()

    def check(self, columns: int) -> None:
        """BundleError unless LightGBM can predict with and explain this tree."""
        self._one_integer("is_linear", 0, 0)
        self.floats("shrinkage", 1)
        if max(map(abs, self.floats("leaf_value", self.leaves))) > MAX_LEAF_VALUE:
            self._refuse(f"leaf_value holds a number beyond {MAX_LEAF_VALUE:g}, which is no log-odds")
        if self.leaves == 1:
            self._check_single_leaf()
            return
        nodes = self.leaves - 1
        integers = {key: self.integers(key, nodes) for key in _NODE_INTEGERS}
        floats = {key: self.floats(key, nodes) for key in _NODE_FLOATS}
        if min(self.floats("leaf_weight", self.leaves)) < 0 or min(floats["internal_weight"]) < 0:
            self._refuse("a weight is negative")
        if not all(0 <= feature < columns for feature in integers["split_feature"]):
            self._refuse(f"split_feature is not one of the {columns} columns")
        self._check_decisions(integers["decision_type"], self.thresholds(nodes))
        self._check_categories()
        self._check_shape(integers["left_child"], integers["right_child"])
        self._check_counts(integers["left_child"], integers["right_child"], integers["internal_count"])

    def _check_single_leaf(self) -> None:
        if self.categorical_splits or any(self.lines[key] for key in (*_NODE_INTEGERS, *_NODE_FLOATS, "threshold")):
            self._refuse("it has one leaf but also a split")
        if self.lines["leaf_weight"]:
            self.floats("leaf_weight", 1)
        if self.lines["leaf_count"]:
            self.integers("leaf_count", 1)

    def _check_decisions(self, decisions: list[int], thresholds: list[float]) -> None:
        if not _NUMERIC.union(_CATEGORICAL).issuperset(decisions):
            self._refuse("decision_type is none that a binary model uses")
        sets = [threshold for decision, threshold in zip(decisions, thresholds, strict=True) if decision & 1]
        if sorted(sets) != list(range(self.categorical_splits)):
            self._refuse("its splits by category do not use each of its num_cat category sets once")

    def _check_categories(self) -> None:
        if not self.categorical_splits:
            return
        boundaries = self.integers("cat_boundaries", self.categorical_splits + 1)
        if boundaries[0] != 0 or any(a >= b for a, b in pairwise(boundaries)):
            self._refuse("cat_boundaries does not ascend from 0")
        words = self.integers("cat_threshold", boundaries[-1], largest=2**32 - 1)
        if min(words) < 0:
            self._refuse("cat_threshold is negative")

    def _check_shape(self, left: list[int], right: list[int]) -> None:
        """A node is written after its parent, so children that point forward and occur once make a tree."""
        depth = [0] * len(left)
        reached: set[int] = set()
        for node, children in enumerate(zip(left, right, strict=True)):
            for child in children:
                if child in reached or not -self.leaves <= child < len(left) or 0 <= child <= node:
                    self._refuse(f"node {node} has the child {child}, which is out of range or has another parent")
                reached.add(child)
                if child >= 0:
                    depth[child] = depth[node] + 1
        if max(depth) + 1 > MAX_DEPTH:
            self._refuse(f"it is {max(depth) + 1} splits deep, more than the {MAX_DEPTH} allowed")

    def _check_counts(self, left: list[int], right: list[int], counts: list[int]) -> None:
        """Contributions divide by these counts, so each is positive and the sum of its children's."""
        leaf_counts = self.integers("leaf_count", self.leaves)
        if min(*leaf_counts, *counts) < 1:
            self._refuse("a count of rows is below 1")
        for node, count in enumerate(counts):
            children = [counts[child] if child >= 0 else leaf_counts[~child] for child in (left[node], right[node])]
            if sum(children) != count:
                self._refuse(f"node {node} counts {count} rows but its children {sum(children)}")

    def _split(self, block: str) -> dict[str, str]:
        if not block.endswith("\n\n\n"):
            self._refuse("it does not end where tree_sizes says")
        pairs = [line.partition("=") for line in block[:-3].split("\n")[1:]]
        lines = {key: value for key, _, value in pairs}
        if len(lines) != len(pairs):
            self._refuse("it has a line twice")
        return lines

    def _expect_keys(self) -> None:
        expected = [*_KEYS[:-2], *(_CATEGORY_KEYS if self.categorical_splits else ()), *_KEYS[-2:]]
        if list(self.lines) != expected:
            odd = sorted(set(self.lines).symmetric_difference(expected)) or ["in another order"]
            self._refuse(f"its lines are not those that LightGBM writes ({', '.join(odd)[:120]})")

    def _one_integer(self, key: str, smallest: int, largest: int) -> int:
        value = self.integers(key, 1)[0]
        if not smallest <= value <= largest:
            self._refuse(f"{key} is {value}, not between {smallest} and {largest}")
        return value

    def integers(self, key: str, length: int, largest: int = _INT32) -> list[int]:
        values = [int(token) for token in self._tokens(key, length, _INTEGER)]
        if not all(-_INT32 <= value <= largest for value in values):
            self._refuse(f"{key} holds a number that is too large")
        return values

    def floats(self, key: str, length: int) -> list[float]:
        values = [float(token) for token in self._tokens(key, length, _FLOAT)]
        if not all(map(math.isfinite, values)):
            self._refuse(f"{key} holds an infinite number")
        return values

    def thresholds(self, nodes: int) -> list[float]:
        """Infinite where a split parts all numbers from the missing ones."""
        return [float(token) for token in self._tokens("threshold", nodes, _THRESHOLD)]

    def _tokens(self, key: str, length: int, form: re.Pattern[str]) -> list[str]:
        tokens = self.lines.get(key, "").split(" ")
        if len(tokens) != length or not all(form.fullmatch(token) for token in tokens):
            self._refuse(f"{key} must be {length} numbers")
        return tokens

    def _refuse(self, reason: str) -> NoReturn:
        raise BundleError(f"model.txt, tree {self.index}: {reason}; {strict_json.REPAIR}")
