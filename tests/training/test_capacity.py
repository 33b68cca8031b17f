from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.training.capacity import as_many_as, listed, tie_order

ROWS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0.1, 0.2, 0.3])), max_size=60)


@given(ROWS, st.integers(0, 9))
def test_a_list_holds_the_riskiest_of_each_place_and_never_more_than_can_be_visited(
    rows: list[tuple[int, float]], most: int
) -> None:
    place = np.array([p for p, _ in rows], dtype=np.int64)
    risk = np.array([r for _, r in rows], dtype=np.float64)
    chosen = listed(risk, place, most, np.arange(len(rows)), np.ones(len(rows)))
    for one in np.unique(place):
        here = place == one
        assert chosen[here].sum() == min(most, here.sum())
        if chosen[here].any() and not chosen[here].all():
            assert risk[here & chosen].min() >= risk[here & ~chosen].max()


def test_equal_risks_are_decided_by_the_order_and_each_place_by_its_own_capacity() -> None:
    risk, place = np.full(6, 0.5), np.array([0, 0, 0, 1, 1, 1])
    found = listed(risk, place, np.array([1, 1, 1, 2, 2, 2]), np.array([2, 0, 1, 2, 1, 0]), np.ones(6))
    assert found.tolist() == [False, True, False, False, True, True]


def test_a_risk_that_is_not_known_is_never_listed() -> None:
    assert listed(np.array([np.nan, 0.1]), np.zeros(2), 2, np.arange(2), np.ones(2)).tolist() == [False, True]


def test_another_list_gets_the_size_of_the_first_place_by_place() -> None:
    chosen, place = np.array([True, True, False, False, True]), np.array([7, 7, 7, 9, 9])
    assert as_many_as(chosen, place, np.ones(5)).tolist() == [2, 2, 2, 1, 1]


def test_a_row_that_stands_for_several_takes_their_places() -> None:
    risk, weight = np.array([0.9, 0.8, 0.7, 0.6]), np.array([1.0, 3.0, 4.0, 1.0])
    found = [listed(risk, np.zeros(4), most, np.arange(4), weight).tolist() for most in (1, 3, 5, 6)]
    assert [sum(chosen) for chosen in found] == [1, 2, 2, 3]  # at least half of what it stands for has room
    assert as_many_as(np.array(found[1]), np.zeros(4), weight).tolist() == [4.0] * 4


def test_the_order_of_equals_is_that_of_the_household_on_every_date_and_favours_no_village() -> None:
    households = np.array(["b", "a", "c", "a", "b"])
    order = tie_order(households, 3)
    assert order[0] == order[4]
    assert order[1] == order[3]
    assert sorted(set(order.tolist())) == [0, 1, 2]
    many = tie_order(np.array([f"H{n:05}" for n in range(4000)]), 3)
    assert abs(np.corrcoef(many, np.arange(4000))[0, 1]) < 0.05
