"""Illness and disability: how they begin, what treatment costs, and how they end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Numbers
from riskmodel.sources.synthetic.families import CHRONIC_GROUPS, labour_of
from riskmodel.sources.synthetic.happened import Bills, Injuries
from riskmodel.sources.synthetic.insurance import Treatments, settled
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import People, State
from riskmodel.sources.synthetic.vocabulary import DISEASE, VISIT


def treated(
    state: State, month: int, hurt: Injuries, rng: np.random.Generator, parameters: Parameters
) -> tuple[State, Bills]:
    """Who falls ill, who is treated, and what the treatments left to pay."""
    people, homes, here = state.people, state.homes, state.present
    if month % 12 == 0:
        people = people.but(compliant_ytd=np.zeros(len(people)))
        homes = homes.but(inpatient_ytd=np.zeros(len(homes)))
    people = _fallen_ill(people, here, month, rng, parameters)
    stays = _stays(people, here, month, hurt, rng, parameters)
    state, bills = settled(replace(state, people=people, homes=homes), stays, month, parameters)
    state, more = settled(state, _outpatients(state.people, here, month, rng, parameters), month, parameters)
    people = _ended(state.people, month, rng, parameters)
    return replace(state, people=people), Bills.all([bills, more])


def _fallen_ill(people: People, here: Flags, month: int, rng: np.random.Generator, parameters: Parameters) -> People:
    """Chronic and major illness, disability and its certificate."""
    n = len(people)
    age = (month - people.birth) / 12
    chance = rng.random((3, n), dtype=np.float32)
    onset = np.interp(age, [0, 30, 45, 60, 80], parameters.row("health.chronic_onset")) / 12
    new = here & ~people.chronic & (chance[0] < onset)
    rate = np.interp(age, [0, 40, 60, 80], parameters.row("health.major_onset")) / 12
    rate = rate * np.where(people.chronic, parameters["health.major_if_chronic"], 1)
    grave = here & (people.treatment == 0) & (chance[1] < rate)
    group = people.group.copy()
    group[new] = rng.choice([DISEASE[g] for g in CHRONIC_GROUPS], new.sum(), p=[0.36, 0.14, 0.2, 0.12, 0.14, 0.04])
    causes = [DISEASE[g] for g in ("cancer", "heart_brain", "kidney", "lung", "liver_digestive", "bone_joint")]
    group[grave] = rng.choice(causes, grave.sum(), p=[0.3, 0.34, 0.1, 0.06, 0.1, 0.1])
    months = np.where(grave, rng.integers(3, 13, n), people.treatment)
    slow = here & (people.disability == NOBODY) & (chance[2] < (0.0002 + 0.004 * (age > 55)) / 12)
    kind = np.where(slow, rng.choice(7, n, p=[0.2, 0.2, 0.02, 0.44, 0.02, 0.08, 0.04]), people.disability)
    grade = np.where(slow, rng.integers(2, 5, n), people.grade)
    waits = here & (kind >= 0) & ~people.certified
    certified = people.certified | (waits & (rng.random(n, dtype=np.float32) < parameters["health.certificate"]))
    special = people.special | (here & people.chronic & (rng.random(n, dtype=np.float32) < 0.006))
    return people.but(
        chronic=people.chronic | new, major=people.major | grave, treatment=months, group=group, disability=kind,
        grade=grade, certified=certified, special=special,
    )  # fmt: skip


def _stays(
    people: People, here: Flags, month: int, hurt: Injuries, rng: np.random.Generator, parameters: Parameters
) -> Treatments:
    """Stays in hospital, at most one a month: injuries first, then major illness, births, everything else."""
    n = len(people)
    age = (month - people.birth) / 12
    chance, where, spread = rng.random((2, n), dtype=np.float32)[0], rng.random(n), rng.standard_normal(n)
    injured = np.zeros(n)
    injured[hurt.person.astype(np.int64)] = hurt.cost
    course = here & (people.treatment > 0) & (chance < parameters["health.major_stay"])
    usual = np.interp(age, [0, 3, 15, 45, 65, 85], parameters.row("health.stay")) / 12
    usual = usual * np.where(people.chronic, parameters["health.stay_if_chronic"], 1)
    birth = np.isin(np.arange(n), _mothers(people, here, month))
    other = here & people.insured & (rng.random(n, dtype=np.float32) < usual)
    level = parameters.growth(month)
    medians = [1.0, parameters["health.major_cost"], parameters["health.birth_cost"], parameters["health.stay_cost"]]
    kinds = [injured > 0, course, birth, other]
    cost = np.select(kinds, [injured, *(m * level * np.exp(0.7 * spread) for m in medians[1:])], 0.0)
    outside = where < np.select(kinds, parameters.row("health.outside").tolist(), 0.0)
    cost = np.where(outside & (injured == 0), cost * parameters["health.outside_factor"], cost)
    ordinary = np.where(people.chronic, people.group, DISEASE["other"])
    group = np.select(kinds, [DISEASE["trauma"], people.group, DISEASE["birth"], ordinary], DISEASE["other"])
    who = np.flatnonzero(here & (cost > 0))
    return Treatments(who, np.full(len(who), VISIT["inpatient"]), group[who], ~outside[who], np.rint(cost[who]) + 300)


def _mothers(people: People, here: Flags, month: int) -> Numbers:
    """One woman of each household in which a child was born this month."""
    homes = people.home[here & (people.birth == month)]
    age = (month - people.birth) / 12
    could = np.flatnonzero(here & people.female & (age >= 20) & (age < 43) & np.isin(people.home, homes))
    _, first = np.unique(people.home[could], return_index=True)
    found: Numbers = could[first]
    return found


def _outpatients(
    people: People, here: Flags, month: int, rng: np.random.Generator, parameters: Parameters
) -> Treatments:
    n = len(people)
    chance = rng.random((2, n), dtype=np.float32)
    special = here & people.special & (chance[0] < parameters["health.special_visit"])
    plain = here & ~special & (chance[1] < parameters["health.outpatient"] * np.where(people.chronic, 2, 1))
    who = np.flatnonzero(special | plain)
    is_special = special[who]
    median = np.where(is_special, parameters["health.special_cost"], parameters["health.outpatient_cost"])
    cost = np.rint(median * parameters.growth(month) * rng.lognormal(0, 0.6, len(who))) + 10
    visit = np.where(is_special, VISIT["outpatient_special"], VISIT["outpatient"])
    group = np.where(is_special, people.group[who], DISEASE["other"])
    return Treatments(who, visit, group, rng.random(len(who)) < 0.95, cost)


def _ended(people: People, month: int, rng: np.random.Generator, parameters: Parameters) -> People:
    """A course of treatment goes on or ends: cured, or ill for long, some disabled. Ability to work follows."""
    n = len(people)
    left = np.maximum(people.treatment - 1, 0)
    over = (people.treatment > 0) & (left == 0)
    luck = rng.random((2, n), dtype=np.float32)
    cured = over & (luck[0] < parameters["health.cured"])
    disabled = over & (luck[1] < parameters["health.disabling"]) & (people.disability == NOBODY)
    people = people.but(
        treatment=left,
        major=people.major & ~cured,
        chronic=people.chronic | (over & ~cured),
        disability=np.where(disabled, 3, people.disability),
        grade=np.where(disabled, rng.integers(1, 4, n), people.grade),
    )
    return people.but(labour=labour_of(people, (month - people.birth) / 12))
