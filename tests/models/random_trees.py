"""Random LightGBM texts, with decisions and values that training seldom makes, and rows that hit their edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

ZERO = float(np.float32(1e-35))
THRESHOLDS = (-2.5, -ZERO, -1e-36, 0.0, 1e-36, ZERO, 1.0, 2.0, np.inf)
VALUES = (*THRESHOLDS[:-1], -0.0, -5e-36, 2e-35, -0.5, -1.0, 1.5, 3.0, 31.0, 32.0, 63.9, 64.0, 95.0, 1e6, 3e9, -3e9)
NUMERIC, BY_CATEGORY = (0, 2, 4, 6, 8, 10), (1, 5, 9)


def random_tree(
    random: np.random.Generator, leaves: int, columns: int, *, deepest: int = 12, categorical: float = 0.3
) -> Mapping[str, list[Any]]:
    """The lines of a tree of at most so many leaves: one leaf is split again and again, by any kind of decision."""
    left: list[int] = []
    right: list[int] = []
    depth = [0]
    parent: list[tuple[int, int]] = [(-1, 0)]  # of each leaf: its split, and on which side
    for split in range(leaves - 1):
        open_leaves = [leaf for leaf, level in enumerate(depth) if level < deepest]
        if not open_leaves:
            break
        leaf = int(random.choice(open_leaves))
        above, side = parent[leaf]
        if above >= 0:
            (left, right)[side][above] = split
        left.append(~leaf)
        right.append(~len(parent))
        depth[leaf] += 1
        depth.append(depth[leaf])
        parent[leaf] = (split, 0)
        parent.append((split, 1))
    return _lines(random, left, right, columns, categorical)


def _lines(
    random: np.random.Generator, left: list[int], right: list[int], columns: int, categorical: float
) -> Mapping[str, list[Any]]:
    count, leaf_rows = len(left), random.integers(1, 500, len(left) + 1).tolist()
    rows = [0] * count
    for split in reversed(range(count)):
        rows[split] = sum(rows[c] if c >= 0 else leaf_rows[~c] for c in (left[split], right[split]))
    by_category = random.random(count) < categorical
    decisions = [int(random.choice(BY_CATEGORY if own else NUMERIC)) for own in by_category]
    thresholds = [repr(float(random.choice(THRESHOLDS))) for _ in range(count)]
    for number, split in enumerate(np.flatnonzero(by_category).tolist()):
        thresholds[split] = str(number)
    sizes = random.integers(1, 4, int(by_category.sum()))
    sets = {
        "cat_boundaries": [0, *np.cumsum(sizes).tolist()],
        "cat_threshold": random.integers(0, 2**32, sizes.sum()).tolist(),
    }
    return {
        "num_leaves": [count + 1],
        "num_cat": [len(sizes)],
        "split_feature": random.integers(0, columns, count).tolist(),
        "split_gain": [1] * count,
        "threshold": thresholds,
        "decision_type": decisions,
        "left_child": left,
        "right_child": right,
        "leaf_value": [repr(value) for value in random.normal(0, 1, count + 1).tolist()],
        "leaf_weight": [1] * (count + 1) if count else [],
        "leaf_count": leaf_rows if count else [],
        "internal_value": [0] * count,
        "internal_weight": rows,
        "internal_count": rows,
        **(sets if len(sizes) else {}),
        "is_linear": [0],
        "shrinkage": [1],
    }


def model_text(trees: Iterable[Mapping[str, Sequence[Any]]], columns: int) -> str:
    """A LightGBM text of these trees."""
    blocks = [
        f"Tree={index}\n" + "".join(f"{key}={' '.join(map(str, cells))}\n" for key, cells in tree.items()) + "\n\n"
        for index, tree in enumerate(trees)
    ]
    header = (
        *("tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0"),
        f"max_feature_idx={columns - 1}",
        "objective=binary sigmoid:1",
        "feature_names=" + " ".join(f"f{i}" for i in range(columns)),
        "feature_infos=" + " ".join(["none"] * columns),
        "tree_sizes=" + " ".join(str(len(block)) for block in blocks),
    )
    return "\n".join(header) + "\n\n" + "".join(blocks) + "end of trees\n"


def random_rows(random: np.random.Generator, count: int, columns: int) -> NDArray[np.float64]:
    """Rows of values at, beside and between the thresholds, categories in and beyond the sets, a fifth missing."""
    x = random.choice(VALUES, (count, columns))
    x[random.random(x.shape) < 0.2] = np.nan
    return x
