from __future__ import annotations

from functools import cache

import numpy as np

from riskmodel.sources.sample_people import People, settle

MONTHS = 60


@cache
def people() -> People:
    """The people of 800 households; not changed by any test."""
    rng = np.random.default_rng(2)
    return settle(rng, rng.standard_normal(800), MONTHS)


def test_everybody_has_a_household_and_every_household_one_head() -> None:
    heads = people().household[people().relation == "head"]
    assert heads.tolist() == list(range(800))
    assert (np.diff(people().household) >= 0).all()


def test_every_household_always_has_a_member() -> None:
    assert people().per_household(people().present).min() >= 1


def test_nobody_is_there_before_birth_or_comes_back_after_leaving() -> None:
    everybody, months = people(), np.arange(MONTHS)[:, None]
    assert not (everybody.present & (months < everybody.birth)).any()
    returns = everybody.present[1:] & ~everybody.present[:-1] & (months[1:] > everybody.birth)
    assert not returns.any()


def test_some_are_born_and_some_leave() -> None:
    assert (people().birth > 0).any()
    assert set(np.unique(people().left[-1])) == {0, 1, 2, 3}


def test_labour_schooling_and_pensions_follow_age() -> None:
    everybody = people()
    age = everybody.age(MONTHS)
    assert (everybody.labour[age < 16] == 4).all()
    assert (everybody.pension[age >= 60] == 2).all()
    assert (everybody.education[age < 12] == 0).all()
    assert not everybody.school[age >= 22].any()


def test_the_old_are_ill_more_often_and_who_is_chronically_ill_stays_so() -> None:
    everybody = people()
    age = everybody.age(MONTHS)
    assert everybody.chronic[age > 60].mean() > 2 * everybody.chronic[(age > 15) & (age < 45)].mean()
    assert not (everybody.chronic[:-1] & ~everybody.chronic[1:]).any()
