from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.training.splits import BLOCKS, KEEP, LEAST_EVENTS, apart, group_folds, rolling_origins, without_groups
from training.made_rows import made_rows, out_of_time

TIMES = st.lists(st.integers(0, 40), min_size=1, max_size=12, unique=True).map(sorted)
GROUPS = st.lists(st.integers(0, 8), min_size=1, max_size=40).map(np.array)


@given(TIMES, st.integers(0, 20), st.integers(0, 2**16))
def test_rolling_origins_never_learn_from_a_label_that_was_not_known_yet(times: list[int], gap: int, seed: int) -> None:
    time = np.repeat(times, 2 * LEAST_EVENTS)
    y = np.tile(np.array([0, 1], dtype=np.int8), len(time) // 2)
    order = np.random.default_rng(seed).permutation(len(time))
    time, y = time[order], y[order]
    seen = np.zeros(len(time), dtype=int)
    for train, valid in rolling_origins(time, y, gap):
        assert time[train].max() <= time[valid].min() - max(gap, 1)
        assert set(time[valid].tolist()).isdisjoint(time[~valid].tolist())  # a time is not cut in two
        seen += valid
    assert seen.max(initial=0) <= 1


def test_rolling_origins_are_blocks_of_the_later_half_of_the_times() -> None:
    rows = made_rows(times=12, gap=2)
    blocks = [sorted(set(rows.time[valid].tolist())) for _, valid in rolling_origins(rows.time, rows.y, rows.gap)]
    assert blocks == [[6, 7], [8, 9], [10, 11]]
    assert len(blocks) == BLOCKS


def test_a_block_without_enough_matured_events_is_left_out() -> None:
    rows = made_rows(times=12, gap=9)
    blocks = [valid for _, valid in rolling_origins(rows.time, rows.y, rows.gap)]
    assert [sorted(set(rows.time[valid].tolist())) for valid in blocks] == [[10, 11]]  # 8 - 9 is before all rows
    assert rolling_origins(rows.time, np.zeros_like(rows.y), 1) == []
    assert rolling_origins(rows.time, np.ones_like(rows.y), 1) == []


@given(GROUPS, st.integers(2, 6), st.integers(0, 2**16))
def test_no_group_is_on_both_sides_of_a_fold(group: np.ndarray, folds: int, seed: int) -> None:
    y = (np.arange(len(group)) % 2).astype(np.int8)
    found = group_folds(group, y, folds, seed)
    for train, valid in found:
        assert set(group[train]).isdisjoint(group[valid])
        assert (train ^ valid).all()
        assert 0 < y[train].sum() < train.sum()
    assert np.sum([valid for _, valid in found], axis=0).max(initial=0) <= 1


def test_folds_are_almost_equal_in_groups_and_hold_every_row_once() -> None:
    rows = made_rows(households=52, times=3, stay=3)
    found = group_folds(rows.group, rows.y, 5, seed=0)
    assert sorted(len(set(rows.group[valid])) for _, valid in found) == [10, 10, 10, 11, 11]
    assert (np.sum([valid for _, valid in found], axis=0) == 1).all()


def test_folds_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    rows = made_rows(households=40, times=2)
    one, again, other = (np.array([valid for _, valid in group_folds(rows.group, rows.y, 4, s)]) for s in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


@given(GROUPS, st.integers(0, 2**16))
def test_training_rows_of_a_household_in_the_test_are_left_out_and_no_others(group: np.ndarray, seed: int) -> None:
    side = np.random.default_rng(seed).integers(0, 3, len(group))
    train, test = side == 1, side == 2
    kept = without_groups(train, test, group)
    assert set(group[kept]).isdisjoint(group[test])
    assert [bool(k) for k in kept] == [bool(t and g not in set(group[test])) for t, g in zip(train, group, strict=True)]


@given(GROUPS, st.integers(0, 2**16))
def test_groups_are_apart_and_neither_side_gains_rows(group: np.ndarray, seed: int) -> None:
    side = np.random.default_rng(seed).integers(0, 3, len(group))
    train, test = side == 1, side == 2
    pairs = apart(train, test, group, seed)
    for learned, valid in pairs:
        assert set(group[learned]).isdisjoint(group[valid])
        assert not (learned & ~train).any()
    assert (np.sum([valid for _, valid in pairs], axis=0) == test).all()  # every row of the test once


def test_where_households_rotate_those_of_the_test_leave_the_training() -> None:
    rows = made_rows(stay=3)
    train, test = out_of_time(rows, 8)
    ((learned, valid),) = apart(train, test, rows.group, 0)
    assert (valid == test).all()
    assert sorted(set(rows.time[learned].tolist())) == [0, 1, 2, 3, 4, 5]  # those of time 6 are in the test


def test_where_households_stay_each_third_of_them_is_tested_on_what_the_others_taught() -> None:
    rows = made_rows(households=240, stay=12)
    train, test = out_of_time(rows, 8)
    pairs = apart(train, test, rows.group, 0)
    assert len(pairs) == 3
    for learned, valid in pairs:
        assert len(set(rows.group[valid].tolist())) == 80
        assert learned.sum() == train.sum() * 2 / 3 < train.sum() * KEEP
        assert valid.sum() == test.sum() / 3
    assert (apart(train, test, rows.group, 1)[0][1] != pairs[0][1]).any()
    assert (apart(train, test, rows.group, 0)[0][1] == pairs[0][1]).all()


def test_who_is_learned_does_not_depend_on_what_happened_to_them() -> None:
    rows = made_rows(households=600, stay=12)
    fell = rows.y * (np.random.default_rng(1).random(len(rows)) < 0.2)
    last = np.full(600, rows.time.max())
    np.minimum.at(last, rows.group[fell == 1], rows.time[fell == 1])
    rows = made_rows(households=600, stay=12, y=fell).where(rows.time <= last[rows.group])  # seen until they fall
    train, test = out_of_time(rows, 8)
    remaining = without_groups(train, test, rows.group)
    assert rows.y[remaining].mean() > 2 * rows.y[train].mean()  # to leave out all households of the test selects
    for learned, _ in apart(train, test, rows.group, 0):
        assert abs(rows.y[learned].mean() / rows.y[train].mean() - 1) < 0.2
