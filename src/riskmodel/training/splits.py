"""Cutting rows into training and test so that the test is honest: later in time, other households."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS = 3
"""Rolling origins: the last half of the times in this many blocks."""
KEEP = 0.8
"""Share of the training rows that must remain when the groups of the test leave it; see `apart`."""
LEAST_EVENTS = 20
"""A fold whose training rows hold fewer events (or non-events) teaches nothing."""


def rolling_origins(
    time: NDArray[np.int64], y: NDArray[np.int8], gap: int
) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """(training, validation) masks: each block of later times is predicted from times at least `gap` before it began.

    `time` counts periods; `gap` is how many periods pass until a label is known, at least 1. Blocks that could not be
    learned for lack of matured events are left out, so the list may be empty.
    """
    times = np.unique(time)
    later = times[len(times) // 2 :]
    folds = []
    for block in np.array_split(later, min(BLOCKS, max(1, len(later)))):
        if len(block):
            train = time <= block[0] - max(gap, 1)
            if _enough(y[train]):
                folds.append((train, np.isin(time, block)))
    return folds


def group_folds(
    group: NDArray[np.int64], y: NDArray[np.int8], folds: int, seed: int
) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """(training, validation) masks of K folds in which every group lies wholly on one side."""
    groups, positions = np.unique(group, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(groups)) % folds
    masks = [fold[positions] == k for k in range(folds)]
    return [(~valid, valid) for valid in masks if _enough(y[~valid], least=1)]


def without_groups(train: NDArray[np.bool_], test: NDArray[np.bool_], group: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The training rows whose group has no row in the test."""
    kept: NDArray[np.bool_] = train & ~np.isin(group, np.unique(group[test]))
    return kept


def apart(
    train: NDArray[np.bool_], test: NDArray[np.bool_], group: NDArray[np.int64], seed: int
) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """(training, test) masks without a group on both sides that together cover the test.

    Where few training rows belong to groups of the test (a rotating panel), those rows leave the training: one pair.
    Where many do (a register that lists every household every month), the groups are dealt into thirds, and the test
    rows of each are predicted from the training rows of the other two: three pairs. No household of a test was seen.
    """
    kept = without_groups(train, test, group)
    if kept.sum() >= KEEP * train.sum():
        return [(kept, test)]
    # dealt apart: groups in the test have not fallen before it, and each training must keep its share of events
    tested = np.unique(group[test])
    random = np.random.default_rng(seed)
    decks = [random.permutation(tested), random.permutation(np.setdiff1d(group[train], tested))]
    thirds = [np.isin(group, np.concatenate([deck[k::3] for deck in decks])) for k in range(3)]
    return [(train & ~third, test & third) for third in thirds if (test & third).any()]


def _enough(y: NDArray[np.int8], least: int = LEAST_EVENTS) -> bool:
    events = int(y.sum())
    return events >= least and len(y) - events >= least
