from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.demography import renewed
from riskmodel.sources.synthetic.state import DISSOLVED, MERGED, MOVED_OUT
from riskmodel.sources.synthetic.vocabulary import LEAVE, RELATION
from sources.synthetic.simulated_county import LAST, NUMBERS, county, fresh

BUSY = {"homes__split": 6.0, "homes__merged": 3.0, "homes__moved_out": 0.3, "homes__arrive": 0.5}


def test_people_and_households_keep_their_places() -> None:
    state, later = fresh(), renewed(fresh(), 24240, np.random.default_rng(3), NUMBERS.changed(**BUSY))
    n = len(state.people)
    assert (later.people.birth[:n] == state.people.birth).all()
    assert (later.homes.village[:200] == state.homes.village).all()
    assert len(later.homes) > 200


def test_a_couple_that_divides_leaves_the_old_number_to_the_head_and_takes_its_share() -> None:
    state, later = fresh(), renewed(fresh(), 24240, np.random.default_rng(3), NUMBERS.changed(**BUSY))
    new = np.flatnonzero(later.homes.predecessor >= 0)
    old = later.homes.predecessor[new]
    assert len(new) > 3
    heads = np.flatnonzero((state.people.relation == RELATION["head"]) & np.isin(state.people.home, old))
    assert (later.people.home[heads] == state.people.home[heads]).all()
    total = later.homes.buffer[new] + later.homes.buffer[old]
    assert np.allclose(total, state.homes.buffer[old], rtol=1e-4)
    assert (later.size[new] >= 2).all()
    assert (later.homes.ex_poor[new] == later.homes.ex_poor[old]).all()


def test_every_way_in_which_a_household_can_end_occurs() -> None:
    later = renewed(fresh(2000), 24240, np.random.default_rng(3), NUMBERS.changed(**BUSY, people__death_60=0.5))
    assert {MERGED, MOVED_OUT, DISSOLVED} <= set(later.homes.status.tolist())
    ended = ~later.homes.active
    assert (later.size[ended] == 0).all()
    assert (later.size[~ended] > 0).all()


def test_rates_of_a_year_are_of_the_order_of_the_country() -> None:
    before, after = county(LAST - 12), county(LAST)
    people = after.people
    n = len(before.people)
    living = before.present.sum()
    died = ((people.left == LEAVE["died"])[:n] & (before.people.left < 0)).sum() / living
    born = (people.birth > LAST - 12).sum() / living
    assert 0.003 < died < 0.016
    assert 0.003 < born < 0.016
    assert abs(after.homes.active.sum() / before.homes.active.sum() - 1) < 0.02


def test_babies_receive_their_number_later() -> None:
    people = county().people
    babies = people.birth > LAST - 3
    assert not people.numbered[people.birth == LAST].any()
    assert people.numbered[~babies & (people.birth < LAST - 24)].mean() > 0.99
