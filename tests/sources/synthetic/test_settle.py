from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.settle import new_homes, settled
from riskmodel.sources.synthetic.state import State
from sources.synthetic.simulated_county import NUMBERS, fresh


def first() -> State:
    return settled(5000, 24240, np.random.default_rng(4), NUMBERS)


def test_villages_have_forty_to_sixty_households_and_lie_in_townships() -> None:
    state = first()
    sizes = np.bincount(state.homes.village)
    assert sizes.sum() == 5000
    assert 38 <= sizes.min() <= sizes.max() <= 62
    assert state.townships == 12
    assert (np.diff(state.villages.township) >= 0).all()
    assert (np.bincount(state.villages.township) > 0).all()


def test_a_fifth_to_a_third_are_ex_poor_with_an_exit_year_and_the_poorer_ones() -> None:
    homes = first().homes
    assert 0.2 < homes.ex_poor.mean() < 0.32
    assert ((homes.exit_year > 0) == homes.ex_poor).all()
    assert set(homes.exit_year[homes.ex_poor].tolist()) <= set(range(2014, 2021))
    assert homes.level[homes.ex_poor].mean() < homes.level[~homes.ex_poor].mean() - 0.5
    assert not (homes.entitled & ~homes.ex_poor).any()


def test_nobody_is_monitored_and_nobody_owes_a_loan_in_the_beginning() -> None:
    state = fresh()
    assert not state.homes.open.any()
    assert not state.homes.hard.any()
    assert len(state.loans) == 0


def test_households_that_arrive_bring_their_members() -> None:
    homes, people = new_homes(np.zeros(50, dtype=int), fresh().villages, 24240, np.random.default_rng(1), NUMBERS)
    assert (len(homes), set(people.home.tolist())) == (50, set(range(50)))
