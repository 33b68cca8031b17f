from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.state import MOVED_OUT
from sources.synthetic.simulated_county import fresh, with_homes, with_people


def test_members_of_households_that_ended_are_not_present() -> None:
    state = fresh(20)
    status = np.zeros(20)
    status[3] = MOVED_OUT
    gone = with_homes(state, status=status)
    assert not gone.present[state.people.home == 3].any()
    assert gone.size[3] == 0
    assert gone.homes.active.sum() == 19


def test_who_left_does_not_count() -> None:
    state = fresh(20)
    assert with_people(state, left=0).size.sum() == 0
    assert state.size.sum() == len(state.people)


def test_amounts_of_members_are_added_by_household() -> None:
    state = fresh(20)
    assert (state.by_home(np.ones(len(state.people))) == state.size).all()


def test_an_episode_is_open_from_its_month_on() -> None:
    assert not fresh(20).homes.open.any()
    assert with_homes(fresh(20), identified=24240).homes.open.all()
