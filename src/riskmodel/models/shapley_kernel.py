"""The loops behind exact SHAP values: filling the tables, and looking rows up in them.

Plain Python that numba compiles (`shapley_compiled.py`), without checks of bounds: the arrays must be those that
`shapley_tables.py` makes. Everything that they use stands in this file, because numba compiles kept code anew only
when the file of a function changes. What a row gets depends on that row alone, to the bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

BLOCK = 1024
"""Rows that are worked on together. Their columns and sums stay in the cache while the tables pass by."""

UP_TO, NOT_ABOVE, UP_TO_NOT_ZERO, NOT_ABOVE_OR_ZERO, IN_SET = range(5)
"""How a decision compares x with t: `x <= t` (missing: no), `not x > t` (missing: yes), `x <= t` and not 0 (missing:
no), `not x > t` or 0 (missing: yes), or whether x is in a set of categories."""

ZERO = float(np.float32(1e-35))
"""LightGBM's kZeroThreshold: a number no farther from 0 is 0."""

NO_CATEGORY = np.uint32(2**32 - 1)
"""Code of what is in no set: missing, below 0, or 2**31 and more. A fraction is cut off, as LightGBM does."""

# The weights of Shapley's sum over coalitions are the integral over [0, 1] of a polynomial, of degree 9 at most where
# a path asks 10 columns: five points of Gauss's rule give it exactly.
_POINTS, _WEIGHTS = (0.5 + 0.5 * leggauss(5)[0], 0.5 * leggauss(5)[1])


class Tables(NamedTuple):
    """The tables of G groups: what a row looks up. The decisions, slots and tables of a group follow the last group's.

    A table has an entry for each pattern of its group's decisions: bit k is set where the row goes left in the k-th.
    """

    columns: NDArray[np.int64]
    """The columns that any decision asks; a place is a position in this list."""
    set_columns: NDArray[np.int64]
    """Those that are asked for a category; the place of such a decision is a position in this list."""
    decision_start: NDArray[np.int64]
    """The first decision of each group and the end, (G + 1,)."""
    decision_place: NDArray[np.int64]
    decision_kind: NDArray[np.int64]
    threshold: NDArray[np.float64]
    word_start: NDArray[np.int64]
    """Where the set of each decision starts among the words, and the end; empty for a comparison."""
    words: NDArray[np.uint32]
    slot_start: NDArray[np.int64]
    """The first slot of each group and the end, (G + 1,)."""
    slot_place: NDArray[np.int64]
    """The place to which a table adds."""
    entry_start: NDArray[np.int64]
    """The first entry of each group and the end, (G + 1,): a table for the margin, then one for each slot."""
    entries: NDArray[np.float64]


class Leaves(NamedTuple):
    """The leaves of the same groups: what the tables are made from."""

    leaf_start: NDArray[np.int64]
    """The first leaf of each group and the end, (G + 1,)."""
    value: NDArray[np.float64]
    step_start: NDArray[np.int64]
    """The first decision on the way to each leaf, and the end."""
    bit: NDArray[np.int64]
    """Which of the group's decisions it is."""
    left: NDArray[np.int64]
    """1 where the leaf lies to the left, 0 to the right."""
    table: NDArray[np.int64]
    """Which of the group's tables belongs to the column, from 1 on."""
    share: NDArray[np.float64]
    """Of the training rows at the decision, how many went this way."""


def fill(tables: Tables, leaves: Leaves) -> None:
    """Add to the entries, given as zeros, what each leaf gives the margin and each column in each pattern."""
    for group in range(len(leaves.leaf_start) - 1):
        patterns = 1 << (tables.decision_start[group + 1] - tables.decision_start[group])
        count = 1 + tables.slot_start[group + 1] - tables.slot_start[group]
        own = tables.entries[tables.entry_start[group] : tables.entry_start[group + 1]].reshape((count, patterns))
        for leaf in range(leaves.leaf_start[group], leaves.leaf_start[group + 1]):
            _fill_leaf(own, leaves, leaf)


@register_jitable
def _fill_leaf(own: NDArray[np.float64], leaves: Leaves, leaf: int) -> None:
    """The game: v(S) = value x product over the path's columns f of (1 or 0: the row's decisions by f hold or not, for
    f in S; the share of training rows for which they do otherwise)."""
    steps = slice(leaves.step_start[leaf], leaves.step_start[leaf + 1])
    bit, left, table, share = leaves.bit[steps], leaves.left[steps], leaves.table[steps], leaves.share[steps]
    asked, shares, holds = np.zeros(len(own), np.bool_), np.ones(len(own)), np.empty(len(own))
    for step in range(len(bit)):
        asked[table[step]] = True
        shares[table[step]] *= share[step]
    for pattern in range(own.shape[1]):
        holds[:] = 1.0
        for step in range(len(bit)):
            if ((pattern >> bit[step]) & 1) != left[step]:
                holds[table[step]] = 0.0
        own[0, pattern] += leaves.value[leaf] * holds.prod()
        _add_shares(own[:, pattern], leaves.value[leaf], asked, holds, shares)


@register_jitable
def _add_shares(
    sums: NDArray[np.float64],
    value: float,
    asked: NDArray[np.bool_],
    holds: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> None:
    """Add the Shapley value of each asked column. `mixed` is above 0: so are shares, and no point is 0 or 1."""
    for point, weight in zip(_POINTS, _WEIGHTS):  # noqa: B905 - numba knows no strict
        mixed = shares * (1.0 - point) + holds * point
        product = weight * value
        for column in range(1, len(sums)):
            if asked[column]:
                product *= mixed[column]
        for column in range(1, len(sums)):
            if asked[column]:
                sums[column] += (holds[column] - shares[column]) * (product / mixed[column])


def explain(
    x: NDArray[np.float64], tables: Tables, margin: NDArray[np.float64], contributions: NDArray[np.float64]
) -> None:
    """Write the margin (n,) and, in the columns of the tables, the contributions (n, F) of rows x (n, F).

    Groups are added in their order, so the margin has the bits of LightGBM's own sum over its trees.
    """
    width = min(BLOCK, len(x))
    values, sums = np.empty((len(tables.columns), width)), np.empty((len(tables.columns), width))
    codes = np.empty((len(tables.set_columns), width), np.uint32)
    pattern, total = np.empty(width, np.uint32), np.empty(width)
    for start in range(0, len(x), BLOCK):
        end = min(start + BLOCK, len(x))
        _turn(x[start:end], tables.columns, values)
        _encode(x[start:end], tables.set_columns, codes)
        sums[:] = 0.0
        total[:] = 0.0
        for group in range(len(tables.decision_start) - 1):
            own = pattern[: end - start]
            _decide(own, values, codes, tables, group)
            first, slots = tables.entry_start[group], tables.slot_start[group]
            patterns = 1 << (tables.decision_start[group + 1] - tables.decision_start[group])
            _look_up(total, own, tables.entries[first : first + patterns])
            for slot in range(slots, tables.slot_start[group + 1]):
                first += patterns
                _look_up(sums[tables.slot_place[slot]], own, tables.entries[first : first + patterns])
        margin[start:end] = total[: end - start]
        _turn_back(sums, tables.columns, contributions[start:end])


@register_jitable
def _turn(rows: NDArray[np.float64], columns: NDArray[np.int64], values: NDArray[np.float64]) -> None:
    """Each column's values side by side; what LightGBM takes for zero is 0."""
    for row in range(len(rows)):
        for place in range(len(columns)):
            value = rows[row, columns[place]]
            values[place, row] = 0.0 if abs(value) <= ZERO else value


@register_jitable
def _encode(rows: NDArray[np.float64], columns: NDArray[np.int64], codes: NDArray[np.uint32]) -> None:
    """The categories of each column side by side."""
    for place in range(len(columns)):
        for row in range(len(rows)):
            value = rows[row, columns[place]]
            codes[place, row] = np.uint32(abs(value)) if -1.0 < value < 2.0**31 else NO_CATEGORY


@register_jitable
def _turn_back(sums: NDArray[np.float64], columns: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
    for row in range(len(rows)):
        for place in range(len(columns)):
            rows[row, columns[place]] = sums[place, row]


@register_jitable
def _decide(
    pattern: NDArray[np.uint32],
    values: NDArray[np.float64],
    codes: NDArray[np.uint32],
    tables: Tables,
    group: int,
) -> None:
    """The pattern of each row in a group."""
    first = tables.decision_start[group]
    pattern[:] = 0
    for decision in range(first, tables.decision_start[group + 1]):
        place, kind, bit = tables.decision_place[decision], tables.decision_kind[decision], decision - first
        if kind == IN_SET:
            words = tables.words[tables.word_start[decision] : tables.word_start[decision + 1]]
            _mark_members(pattern, codes[place], words, np.uint32(bit))
        else:
            _mark(pattern, values[place], kind, tables.threshold[decision], np.uint32(1 << bit))


@register_jitable
def _mark(
    pattern: NDArray[np.uint32], column: NDArray[np.float64], kind: int, threshold: float, bit: np.uint32
) -> None:
    """Set the bit where the row goes left. One loop per kind: each compares many rows at once."""
    none = np.uint32(0)
    if kind == UP_TO:
        for row in range(len(pattern)):
            pattern[row] |= bit if column[row] <= threshold else none
    elif kind == NOT_ABOVE:
        for row in range(len(pattern)):
            pattern[row] |= none if column[row] > threshold else bit
    elif kind == UP_TO_NOT_ZERO:
        for row in range(len(pattern)):
            pattern[row] |= bit if column[row] <= threshold and column[row] != 0.0 else none
    else:
        for row in range(len(pattern)):
            pattern[row] |= none if column[row] > threshold and column[row] != 0.0 else bit


@register_jitable
def _mark_members(
    pattern: NDArray[np.uint32], codes: NDArray[np.uint32], words: NDArray[np.uint32], bit: np.uint32
) -> None:
    """Set the bit where the category is in the set. Up to 64 are one number, which many rows shift at once."""
    one, in_word, end = np.uint32(1), np.uint32(31), np.uint32(32 * len(words))
    if len(words) <= 2:
        small = np.uint64(words[0]) | (np.uint64(words[-1]) << np.uint64(32 * (len(words) - 1)))
        for row in range(len(pattern)):
            code = codes[row]
            member = np.uint32(small >> np.uint64(code & np.uint32(63))) & one
            pattern[row] |= (member if code < end else np.uint32(0)) << bit
    else:
        for row in range(len(pattern)):
            code = codes[row] if codes[row] < end else np.uint32(0)
            member = (words[code >> np.uint32(5)] >> (code & in_word)) & one
            pattern[row] |= (member if codes[row] < end else np.uint32(0)) << bit


@register_jitable
def _look_up(sums: NDArray[np.float64], pattern: NDArray[np.uint32], table: NDArray[np.float64]) -> None:
    for row in range(len(pattern)):
        sums[row] += table[pattern[row]]
