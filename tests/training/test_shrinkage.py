from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.training.shrinkage import design_effect, shrunk, strength

COUNTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12)


def shares(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Share and number of events from pairs of (found, missed)."""
    found, missed = np.array(pairs, dtype=np.float64).T
    count = found + missed
    return np.divide(found, count, out=np.full(len(count), np.nan), where=count > 0), count


def test_three_groups_worked_out_by_hand() -> None:
    """Found 8 of 10, 5 of 10 and 2 of 10: q = 15/30, S = 10 (.09 + 0 + .09) = 1.8, N = 30, k = 3.

    c = (1.8 / .25 - 2) / (30 - 300/30 - 2) = 5.2 / 18, M = 18/5.2 - 1 = 12.8/5.2 = 2.4615.
    """
    share, count = shares([(8, 2), (5, 5), (2, 8)])
    assert strength(share, count) == pytest.approx(12.8 / 5.2)
    expected = (2 + 12.8 / 5.2 * 0.5) / (10 + 12.8 / 5.2)
    assert shrunk(share, count, 0.5).tolist() == pytest.approx([1 - expected, 0.5, expected])


def test_groups_that_differ_no_more_than_by_chance_have_the_share_of_all() -> None:
    share, count = shares([(5, 5), (6, 5), (4, 5)])
    assert strength(share, count) == np.inf
    assert shrunk(share, count, 0.47).tolist() == [0.47, 0.47, 0.47]


def test_the_same_gap_is_believed_more_in_a_larger_group() -> None:
    share, count = shares([(30, 70), (3, 7), (160, 40)])
    drawn = shrunk(share, count, 193 / 310)
    assert share[0] < drawn[0] < drawn[1] < 193 / 310
    assert drawn[0] - share[0] < 0.02


def test_a_group_without_events_stays_unknown_and_changes_nothing() -> None:
    share, count = shares([(8, 2), (0, 0), (2, 8)])
    drawn = shrunk(share, count, 0.5)
    assert np.isnan(drawn[1])
    assert drawn[[0, 2]].tolist() == shrunk(*shares([(8, 2), (2, 8)]), 0.5).tolist()


@pytest.mark.parametrize("pairs", [[(5, 5)], [(0, 0)], [(9, 0), (3, 0)], [(0, 4), (0, 2)], [(1, 0), (0, 1)]])
def test_nothing_can_be_learned_of_differences_from_one_group_or_equal_ones(pairs: list[tuple[int, int]]) -> None:
    assert strength(*shares(pairs)) == np.inf


def test_rows_that_fall_together_say_less_by_their_design_effect() -> None:
    """Two groups of 100 rows, .5 each: independent rows have variance .25/100; here the first has 4 times as much.

    (100^2 (.01 + .0025)) / (100 (.25 + .25)) = 125 / 50.
    """
    share, count = np.array([0.5, 0.5]), np.array([100.0, 100.0])
    draws = np.array([[0.4, 0.45], [0.6, 0.55]])
    assert design_effect(share, count, draws) == pytest.approx(2.5)
    assert design_effect(share, count, draws / 10 + 0.45) == 1.0  # never less than one row


def test_the_design_effect_of_events_seen_at_four_dates_is_about_four() -> None:
    random = np.random.default_rng(0)
    found = random.random((400, 3)) < 0.4  # households, each of which stands in four rows
    times = random.multinomial(400, np.full(400, 1 / 400), size=2000)
    assert design_effect(found.mean(axis=0), np.full(3, 1600.0), times @ found / 400) == pytest.approx(4, rel=0.1)


def test_a_group_of_which_nothing_is_told_has_no_part_in_the_design_effect() -> None:
    share, count = np.array([0.5, np.nan, 0.5]), np.array([100.0, 0.0, 100.0])
    draws = np.array([[0.4, np.nan, np.nan], [0.6, np.nan, np.nan]])
    assert design_effect(share, count, draws) == pytest.approx(4.0)
    assert design_effect(share[1:2], count[1:2], draws[:, 1:2]) == 1.0
    assert design_effect(share, count, draws[:0]) == 1.0


def test_groups_that_could_not_differ_more_are_left_as_they_are() -> None:
    share, count = shares([(20, 0), (0, 20)])
    assert strength(share, count) == 0
    assert shrunk(share, count, 0.5).tolist() == [1.0, 0.0]


@given(COUNTS)
def test_a_shrunk_share_lies_between_that_of_the_group_and_that_of_all(pairs: list[tuple[int, int]]) -> None:
    share, count = shares(pairs)
    towards = 0.4
    drawn = shrunk(share, count, towards)
    told = count > 0
    assert (np.isnan(drawn) == ~told).all()
    low, high = np.minimum(share, towards)[told], np.maximum(share, towards)[told]
    assert ((low - 1e-12 <= drawn[told]) & (drawn[told] <= high + 1e-12)).all()
