from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.heads import led, oldest
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.vocabulary import LEAVE, RELATION
from sources.synthetic.simulated_county import fresh

MONTH = 24240


def without_heads(state: State) -> State:
    left = np.where(state.people.relation == RELATION["head"], LEAVE["died"], state.people.left)
    return replace(state, people=state.people.but(left=left))


def test_a_household_that_lost_its_head_gets_one() -> None:
    state = led(without_heads(fresh()), MONTH)
    here = state.present
    heads = np.bincount(state.people.home[here & (state.people.relation == RELATION["head"])], minlength=200)
    assert (heads == (state.size > 0)).all()


def test_the_spouse_follows_before_anybody_else() -> None:
    before = without_heads(fresh())
    spouses = np.flatnonzero(before.people.relation == RELATION["spouse"])
    assert (led(before, MONTH).people.relation[spouses] == RELATION["head"]).all()


def test_if_a_child_leads_its_own_family_moves_up() -> None:
    state = fresh()
    elders = np.isin(state.people.relation, [RELATION["head"], RELATION["spouse"], RELATION["parent"]])
    orphaned = replace(state, people=state.people.but(left=np.where(elders, LEAVE["died"], state.people.left)))
    found = led(orphaned, MONTH)
    wife = orphaned.present & (orphaned.people.relation == RELATION["child_in_law"])
    one = np.bincount(orphaned.people.home[orphaned.present & (orphaned.people.relation == 2)], minlength=200) == 1
    grown = wife & one[orphaned.people.home]
    assert grown.any()
    roles = set(found.people.relation[grown].tolist())
    assert roles <= {RELATION["spouse"], RELATION["head"]}


def test_a_county_in_order_is_left_as_it_is() -> None:
    state = fresh()
    assert led(state, MONTH) is state


def test_the_oldest_of_each_household_is_found() -> None:
    people = fresh().people
    found = oldest(people, np.arange(len(people)))
    assert len(found) == 200
    first = np.array([people.birth[people.home == home].min() for home in range(200)])
    assert (people.birth[found] == first).all()
