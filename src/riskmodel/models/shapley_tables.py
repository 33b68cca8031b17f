"""The trees of a model as tables of exact SHAP values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.models.lightgbm_splits import Splits
from riskmodel.models.shapley_compiled import compiled
from riskmodel.models.shapley_groups import Path, groups
from riskmodel.models.shapley_kernel import (
    IN_SET,
    NOT_ABOVE,
    NOT_ABOVE_OR_ZERO,
    UP_TO,
    UP_TO_NOT_ZERO,
    Leaves,
    Tables,
)

_BY_CATEGORY, _LEFT, _MISSING = 1, 2, 12
_NAN, _ZERO = 8, 4


def tabulated(trees: Iterable[Splits]) -> tuple[Tables, list[int]]:
    """The filled tables, and the positions of the trees that lie too deep for them and are left out."""
    tables, leaves, deep = laid_out(trees)
    compiled().fill(tables, leaves)
    return tables, deep


def laid_out(trees: Iterable[Splits]) -> tuple[Tables, Leaves, list[int]]:
    """The tables with zeros for entries, the leaves to fill them with, and the positions of the trees left out."""
    plan, deep = _Plan(), []
    for position, tree in enumerate(trees):
        found = groups(tree)
        if found is None:
            deep.append(position)
        for group in found or ():
            plan.add(tree, group)
    return plan.tables(), plan.leaves(), deep


@dataclass
class _Plan:
    """What has been laid down so far: one list for each array of `Tables` and `Leaves`, counts instead of starts."""

    places: dict[int, int] = field(default_factory=dict)
    """Column -> place."""
    set_places: dict[int, int] = field(default_factory=dict)
    """The same for categories."""
    decisions: list[tuple[int, int, float, Sequence[int]]] = field(default_factory=list)
    """Place, kind, threshold, words."""
    decision_counts: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    slot_counts: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    leaf_counts: list[int] = field(default_factory=list)
    steps: list[tuple[int, bool, int, float]] = field(default_factory=list)
    """Bit, left, table, share."""
    step_counts: list[int] = field(default_factory=list)

    def add(self, tree: Splits, group: Sequence[Path]) -> None:
        """One group of leaves."""
        splits = sorted({step.split for path in group for step in path.steps})
        bits = {split: bit for bit, split in enumerate(splits)}
        asked = dict.fromkeys(tree.columns[split] for split in splits)
        tables = {column: number for number, column in enumerate(asked, 1)}
        for column in asked:
            self.slots.append(self.places.setdefault(column, len(self.places)))
        for split in splits:
            kind, threshold, words = _decision(tree, split)
            places = self.set_places if kind == IN_SET else self.places
            place = places.setdefault(tree.columns[split], len(places))
            self.decisions.append((place, kind, threshold, words))
        for path in group:
            self.values.append(path.value)
            self.step_counts.append(len(path.steps))
            for split, left, share in path.steps:
                self.steps.append((bits[split], left, tables[tree.columns[split]], share))
        self.decision_counts.append(len(splits))
        self.slot_counts.append(len(asked))
        self.leaf_counts.append(len(group))

    def tables(self) -> Tables:
        """The tables, their entries still zero."""
        counted = zip(self.decision_counts, self.slot_counts, strict=True)
        entry_start = _starts((1 + slots) << decisions for decisions, slots in counted)
        places, kinds, thresholds, words = zip(*self.decisions, strict=True) if self.decisions else ((),) * 4
        return Tables(
            columns=_integers(self.places),
            set_columns=_integers(self.set_places),
            decision_start=_starts(self.decision_counts),
            decision_place=_integers(places),
            decision_kind=_integers(kinds),
            threshold=_floats(thresholds),
            word_start=_starts(map(len, words)),
            words=np.array([word for own in words for word in own], dtype=np.uint32),
            slot_start=_starts(self.slot_counts),
            slot_place=_integers(self.slots),
            entry_start=entry_start,
            entries=np.zeros(entry_start[-1]),
        )

    def leaves(self) -> Leaves:
        """The leaves that fill the tables."""
        bits, left, tables, shares = zip(*self.steps, strict=True) if self.steps else ((),) * 4
        return Leaves(
            leaf_start=_starts(self.leaf_counts),
            value=_floats(self.values),
            step_start=_starts(self.step_counts),
            bit=_integers(bits),
            left=_integers(left),
            table=_integers(tables),
            share=_floats(shares),
        )


def _decision(tree: Splits, split: int) -> tuple[int, float, Sequence[int]]:
    """Kind, threshold and set of a decision of LightGBM, whose rules are those of `Tree::Decision` in its tree.h."""
    decision, threshold = tree.decisions[split], tree.thresholds[split]
    if decision & _BY_CATEGORY:
        return IN_SET, 0.0, tree.sets[int(threshold)]
    missing, left = decision & _MISSING, bool(decision & _LEFT)
    zero_left = threshold >= 0.0
    if missing == _NAN:
        kind = NOT_ABOVE if left else UP_TO
    elif missing != _ZERO or left == zero_left:  # zero, and what counts as zero, goes where the comparison sends it
        kind = NOT_ABOVE if zero_left else UP_TO
    else:
        kind = NOT_ABOVE_OR_ZERO if left else UP_TO_NOT_ZERO
    return kind, threshold, ()


def _starts(counts: Iterable[int]) -> NDArray[np.int64]:
    return _integers(accumulate(counts, initial=0))


def _integers(values: Iterable[Any]) -> NDArray[np.int64]:
    return np.fromiter(values, dtype=np.int64)


def _floats(values: Iterable[float]) -> NDArray[np.float64]:
    return np.fromiter(values, dtype=np.float64)
