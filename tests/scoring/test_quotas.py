from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.scoring.quotas import audits, dealt, expected_audits

SIZES = st.lists(st.integers(0, 3000), max_size=30)


@given(SIZES, st.integers(0, 20_000))
def test_quotas_never_exceed_the_capacity_nor_the_households_of_their_place(sizes: list[int], visits: int) -> None:
    quotas = dealt(visits, np.array(sizes, dtype=np.int64))
    assert quotas.sum() == min(visits, sum(sizes))
    assert (quotas <= np.array(sizes)).all()
    assert (quotas >= 0).all()


@given(SIZES, st.integers(0, 20_000))
def test_no_quota_is_a_whole_visit_from_its_share(sizes: list[int], visits: int) -> None:
    total = sum(sizes)
    quotas = dealt(visits, np.array(sizes, dtype=np.int64))
    shares = [Fraction(size * min(visits, total), total or 1) for size in sizes]
    assert all(abs(int(quota) - share) < 1 for quota, share in zip(quotas, shares, strict=True))


def test_remainders_go_to_the_largest_then_to_the_larger_place() -> None:
    assert dealt(10, [50, 30, 20]).tolist() == [5, 3, 2]
    assert dealt(10, [45, 35, 20]).tolist() == [5, 3, 2]  # two halves: the larger place
    assert dealt(1, [7, 7]).tolist() == [1, 0]


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0, 1)), max_size=30), st.floats(0, 1, exclude_max=True))
def test_audit_visits_are_their_expectation_rounded_and_never_above_the_quota(
    places: list[tuple[int, float]], chance: float
) -> None:
    quotas = np.array([quota for quota, _ in places], dtype=np.int64)
    expected = expected_audits(quotas, np.array([share for _, share in places], dtype=np.float64))
    drawn = audits(expected, chance)
    assert ((drawn == np.floor(expected)) | (drawn == np.ceil(expected))).all()
    assert (drawn <= quotas).all()
    assert abs(drawn.sum() - expected.sum()) < 1 + 1e-6


def test_a_place_that_expects_two_fifths_of_a_visit_gets_one_in_two_of_five_months() -> None:
    expected = np.array([0.4, 1.25, 0.4, 2.0])
    drawn = np.array([audits(expected, chance) for chance in np.arange(0.0005, 1, 0.001)])
    assert np.allclose(drawn.mean(axis=0), expected, atol=0.002)
    assert (drawn[:, 3] == 2).all()
    assert set(drawn.sum(axis=1).tolist()) == {4, 5}


def test_five_of_a_hundred_are_five_whatever_floats_make_of_it() -> None:
    quotas = np.arange(0, 2001, 20)
    expected = expected_audits(quotas, np.full(len(quotas), 0.05))
    assert expected.tolist() == list(range(0, 101))
