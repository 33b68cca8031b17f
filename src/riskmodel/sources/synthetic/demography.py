"""Births, deaths, weddings and departures; households that split, merge, move away, end and arrive."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Numbers
from riskmodel.sources.synthetic.families import newcomers
from riskmodel.sources.synthetic.heads import led, oldest
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.settle import new_homes
from riskmodel.sources.synthetic.state import ACTIVE, DISSOLVED, MERGED, MOVED_OUT, Homes, State
from riskmodel.sources.synthetic.vocabulary import EDUCATION, LABOUR, LEAVE, PENSION, RELATION


def renewed(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """The people and households of the next month."""
    state = _departed(state, month, rng, parameters)
    state = _numbered(state, month, rng, parameters)
    state = _with_newcomers(state, month, rng, parameters)
    state = _merged(state, month, rng, parameters)
    state = _split(state, month, rng, parameters)
    state = _arrived(state, month, rng, parameters)
    empty = state.homes.active & (state.size == 0)
    homes = state.homes.but(status=np.where(empty, DISSOLVED, state.homes.status))
    return led(replace(state, homes=homes), month)


def _departed(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Deaths, daughters who marry into other places, and others who leave; whole households that move away."""
    people, here = state.people, state.present
    age = (month - people.birth) / 12
    chance, other = rng.random((2, len(people)), dtype=np.float32)
    slope = parameters["people.death_slope"]
    death = parameters["people.death_60"] * np.exp(slope * (age.clip(25, 105) - 60)) / 12
    death = death * (1 + parameters["health.death_factor"] * people.major + 0.25 * people.chronic)
    death = np.where(age < 1, parameters["people.death_infant"] / 12, death)
    child = (people.relation == RELATION["child"]) & (people.stage < 0)
    weds = child & people.female & (age >= 20) & (age < 32) & (other < parameters["people.married_out"] / 12)
    youth = ~people.female & (age >= 18) & (age < 23) & (people.stage < 0)
    serves = youth & (other > 1 - parameters["people.enlisted"] / 12)
    goes = child & (age >= 20) & (age < 40) & (other > 1 - parameters["people.moved_out"] / 12)
    jailed = ~people.female & (age >= 18) & (age < 60) & (other > 1 - parameters["people.imprisoned"] / 12)
    reasons = [chance < death, weds, serves, jailed, goes]
    names = ["died", "married_out", "enlisted", "imprisoned", "moved_out"]
    left = np.where(here, np.select(reasons, [LEAVE[name] for name in names], NOBODY), people.left)
    homes = state.homes
    away = homes.active & ~homes.open & (rng.random(len(homes)) < parameters["homes.moved_out"] / 12)
    left = np.where(here & away[people.home] & (left == NOBODY), LEAVE["moved_out"], left)
    status = np.where(away, MOVED_OUT, homes.status)
    return replace(state, people=people.but(left=left), homes=homes.but(status=status))


def _numbered(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """ID numbers for the young; the yearly choice of insurance; pensions from 60 on."""
    people = state.people
    age = month - people.birth
    chance = rng.random(len(people), dtype=np.float32)
    numbered = people.numbered | ((age < 60) & (chance < parameters["people.numbered"]))
    insured = people.insured
    if month % 12 == 0:
        stays = np.where(insured, chance < parameters["health.insured_stays"], chance < 0.5)
        insured = stays | (age < 24)
    pension = np.where((age >= 720) & (people.pension == PENSION["paying"]), PENSION["receiving"], people.pension)
    begins = (age == 192) & (people.pension == PENSION["none"]) & (chance < 0.9)
    pension = np.where(begins, PENSION["paying"], pension)
    return replace(state, people=people.but(numbered=numbered, insured=insured, pension=pension))


def _with_newcomers(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Babies, and brides of sons who live at home."""
    people, here = state.people, state.present
    age = (month - people.birth) / 12
    chance = rng.random(len(people), dtype=np.float32)
    mother = here & people.female & (age >= 20) & (age < 42)
    mother &= np.isin(people.relation, [RELATION["spouse"], RELATION["child_in_law"]])
    births = np.flatnonzero(mother & (chance < np.interp(age, [20, 27, 34, 42], parameters.row("people.births")) / 12))
    couples = np.bincount(people.home[here & (people.relation == RELATION["child_in_law"])], minlength=len(state.homes))
    son = here & ~people.female & (people.relation == RELATION["child"]) & (age >= 23) & (age < 38)
    weds = son & (couples[people.home] == 0) & (people.stage < 0) & (chance > 1 - parameters["people.married_in"] / 12)
    grooms = oldest(people, np.flatnonzero(weds))
    baby = np.where(people.relation[births] == RELATION["spouse"], RELATION["child"], RELATION["grandchild"])
    home = np.concatenate([people.home[births], people.home[grooms]])
    relation = np.concatenate([baby, np.full(len(grooms), RELATION["child_in_law"])])
    girl = np.concatenate([rng.random(len(births)) < 0.47, np.ones(len(grooms), dtype=bool)])
    bride = people.birth[grooms] + rng.integers(0, 40, len(grooms))
    birth = np.concatenate([np.full(len(births), month), bride])
    more = newcomers(home, relation, girl, birth, state.homes.level, rng)
    grown = month - more.birth > 200
    more = more.but(
        numbered=grown,
        education=np.where(grown, EDUCATION["junior"], EDUCATION["none"]),
        labour=np.where(grown, LABOUR["ordinary"], LABOUR["none"]),
        pension=np.where(grown, PENSION["paying"], PENSION["none"]),
        jobless=np.where(grown, 3, 0),
        ethnicity=np.where(state.villages.minority[state.homes.village[home]], 14, 0),
    )
    return replace(state, people=people.join(more))


def _merged(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Old people who live alone move into another household of their village."""
    people, homes, size = state.people, state.homes, state.size
    age = (month - people.birth) / 12
    alone = state.present & (age >= 72) & (size[people.home] == 1) & ~homes.open[people.home]
    moves = np.flatnonzero(alone & (rng.random(len(people)) < parameters["homes.merged"] / 12))
    host = _neighbours(state, homes.village[people.home[moves]], rng)
    found = (host != NOBODY) & (host != people.home[moves])
    moves, host = moves[found], host[found]
    status, home, relation = homes.status.copy(), people.home.copy(), people.relation.copy()
    status[home[moves]] = MERGED
    home[moves], relation[moves] = host, RELATION["other"]
    return replace(state, people=people.but(home=home, relation=relation), homes=homes.but(status=status))


def _neighbours(state: State, village: Numbers, rng: np.random.Generator) -> Numbers:
    """For each village one of its households of at least two members; -1 where there is none."""
    fit = np.flatnonzero(state.homes.active & (state.size >= 2))
    order = fit[np.argsort(state.homes.village[fit], kind="stable")]
    sorted_villages = state.homes.village[order]
    first = np.searchsorted(sorted_villages, village, side="left")
    count = np.searchsorted(sorted_villages, village, side="right") - first
    pick = first + np.floor(rng.random(len(village)) * count).astype(np.int64)
    if not len(order):
        return np.full(len(village), NOBODY)
    return np.where(count > 0, order[pick.clip(max=len(order) - 1)], NOBODY)


def _split(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Young couples found their own household; the old number stays with the head."""
    people, homes, here = state.people, state.homes, state.present
    age = (month - people.birth) / 12
    in_law = np.bincount(people.home[here & (people.relation == RELATION["child_in_law"])], minlength=len(homes))
    ready = homes.active & (in_law > 0) & ~homes.open & (homes.clue < 0)
    old = np.flatnonzero(ready & (rng.random(len(homes)) < parameters["homes.split"] / 12))
    candidates = here & (people.relation == RELATION["child"]) & ~people.female & (age >= 22)
    sons = oldest(people, np.flatnonzero(candidates & np.isin(people.home, old)))
    old = np.unique(people.home[sons])
    goes = here & np.isin(people.home, old)
    goes &= np.isin(people.relation, [RELATION["child_in_law"], RELATION["grandchild"]])
    goes[sons] = True
    target = np.full(len(homes), NOBODY)
    target[old] = len(homes) + np.arange(len(old))
    new_role = np.arange(len(RELATION))
    new_role[[RELATION["child"], RELATION["child_in_law"], RELATION["grandchild"]]] = [
        RELATION["head"], RELATION["spouse"], RELATION["child"],
    ]  # fmt: skip
    moved = people.but(
        home=np.where(goes, target[people.home], people.home),
        relation=np.where(goes, new_role[people.relation], people.relation),
    )
    return replace(state, people=moved, homes=_shared(state, old, month, parameters))


def _shared(state: State, old: Numbers, month: int, parameters: Parameters) -> Homes:
    """Land, animals and savings divided between the old and the new households."""
    homes, part = state.homes, parameters["homes.split_share"]
    young, rest = homes.take(old), np.ones(len(homes))
    rest[old] = 1 - part
    halves = ("crop", "stock", "fruit", "trade", "buffer", "income12", "compliant12", "rigid12", "stress", "rent")
    kept = {n: (getattr(homes, n).T * rest).T.astype(np.float32) for n in halves}
    given = {n: getattr(young, n) * np.float32(part) for n in halves}
    none = np.full(len(old), NOBODY)
    young = young.but(
        **given, since=np.full(len(old), month), predecessor=old, dibao=none * 0, dibao_since=none, hard=none > 0,
        marginal=none > 0, tekun=none > 0, clue=none, due=none, identified=none, help=none * 0, ended=none,
        visited=none, inpatient_ytd=none * 0, wired=none > 0, calm=none * 0, onset=none, support=none * 0,
    )  # fmt: skip
    return homes.but(**kept).join(young)


def _arrived(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Households that come to the county, ordinary ones."""
    count = rng.binomial(int(state.homes.active.sum()), parameters["homes.arrive"] / 12)
    if not count:
        return state
    village = rng.integers(0, len(state.villages), count)
    homes, people = new_homes(village, state.villages, month, rng, parameters)
    no = np.zeros(count, dtype=bool)
    homes = homes.but(ex_poor=no, entitled=no, relocated=no, exit_year=np.full(count, NOBODY), status=no + ACTIVE)
    return replace(
        state,
        people=state.people.join(people.but(home=people.home + len(state.homes))),
        homes=state.homes.join(homes),
    )
