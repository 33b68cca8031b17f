"""Who is the head of a household, and who follows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import Numbers
from riskmodel.sources.synthetic.state import People, State
from riskmodel.sources.synthetic.vocabulary import RELATION


def oldest(people: People, among: Numbers) -> Numbers:
    """The oldest of these people in each household, by household."""
    order = among[np.lexsort((people.birth[among], people.home[among]))]
    _, first = np.unique(people.home[order], return_index=True)
    found: Numbers = order[first]
    return found


def led(state: State, month: int) -> State:
    """Every household with members has a head: the spouse, else the oldest adult, else the oldest."""
    people, here = state.people, state.present
    heads = np.bincount(people.home[here & (people.relation == RELATION["head"])], minlength=len(state.homes))
    among = np.flatnonzero(here & (heads[people.home] == 0))
    if not len(among):
        return state
    age = (month - people.birth[among]) / 12
    rank = np.where(people.relation[among] == RELATION["spouse"], 200, 0) + np.where(age >= 18, 100, 0) + age / 2
    order = np.lexsort((-rank, people.home[among]))
    _, first = np.unique(people.home[among][order], return_index=True)
    chosen = among[order[first]]
    return replace(state, people=people.but(relation=_roles(people, chosen, among)))


def _roles(people: People, chosen: Numbers, among: Numbers) -> Numbers:
    """Relations as seen from the new head; if a child leads, its spouse and children move up a generation."""
    relation = people.relation.copy()
    child_leads = chosen[people.relation[chosen] == RELATION["child"]]
    follows = among[np.isin(people.home[among], people.home[child_leads])]
    role = np.arange(len(RELATION))
    role[[RELATION["child_in_law"], RELATION["grandchild"], RELATION["child"], RELATION["parent"]]] = [
        RELATION["spouse"], RELATION["child"], RELATION["sibling"], RELATION["grandparent"],
    ]  # fmt: skip
    role[RELATION["spouse"]] = RELATION["parent"]
    relation[follows] = role[relation[follows]]
    relation[chosen] = RELATION["head"]
    return relation
