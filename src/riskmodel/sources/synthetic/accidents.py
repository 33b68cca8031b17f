"""Accidents that hit one household: on the road, at work, at home, fires, and projects that fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, at
from riskmodel.sources.synthetic.disasters import burdened
from riskmodel.sources.synthetic.happened import Injuries, Shocks
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.vocabulary import LEAVE, SHOCK


def met(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Shocks, Injuries]:
    """The accidents of a month; the hurt will be treated, the dead are gone."""
    state, persons, hurt = _injuries(state, month, rng, parameters)
    state, fires = _fires(state, month, rng, parameters)
    state, failures = _failures(state, month, rng, parameters)
    return state, Shocks.all([persons, fires, failures]), hurt


def _injuries(
    state: State, month: int, rng: np.random.Generator, parameters: Parameters
) -> tuple[State, Shocks, Injuries]:
    people = state.people
    age = (month - people.birth) / 12
    rates = parameters.row("accidents.rates") / 12
    chance = rng.random(len(people), dtype=np.float32)
    adult = state.present & (age >= 14)
    risk = np.stack([adult, adult & people.employed, adult, adult]).T * rates
    kind = (chance[:, None] > np.cumsum(risk, axis=1)).sum(axis=1)
    hit = np.flatnonzero(kind < len(rates))
    kinds = np.array([SHOCK[n] for n in ("traffic", "work_injury", "accident_other", "crime_victim")])[kind[hit]]
    luck = rng.random((3, len(hit)))
    dies = luck[0] < parameters["accidents.deadly"]
    disabled = ~dies & (luck[1] < parameters["accidents.disabling"])
    left, disability, grade = people.left.copy(), people.disability.copy(), people.grade.copy()
    left[hit[dies]] = LEAVE["died"]
    new = hit[disabled & (disability[hit] == NOBODY)]
    disability[new], grade[new] = 3, rng.integers(2, 5, len(new))
    cost = rng.lognormal(np.log(parameters["accidents.cost"]), 0.8, len(hit)) * parameters.growth(month)
    loss = np.rint(cost * 0.3 / 10) * 10
    paid = (luck[2] < parameters["accidents.insured"]) * np.rint(loss * rng.uniform(0.3, 1.0, len(hit)))
    homes = burdened(state.homes, "ACC", at(len(state.homes), people.home[hit], loss), month)
    rows = Shocks.of(
        len(hit), home=people.home[hit], kind=kinds, day=rng.integers(1, 29, len(hit)), loss=loss, deaths=dies,
        injured=~dies, claim=paid,
    )  # fmt: skip
    state = replace(state, people=people.but(left=left, disability=disability, grade=grade), homes=homes)
    return state, rows, Injuries(person=hit[~dies], cost=cost[~dies])


def _fires(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Shocks]:
    homes = state.homes
    hit = np.flatnonzero(homes.active & (rng.random(len(homes)) < parameters["accidents.fire"] / 12))
    loss = np.rint(rng.lognormal(np.log(15000), 0.8, len(hit)) / 100) * 100
    grade = homes.house_grade.copy()
    grade[hit[rng.random(len(hit)) < 0.4]] = 3
    homes = burdened(homes.but(house_grade=grade), "ACC", at(len(homes), hit, loss), month)
    claim = (rng.random(len(hit)) < 0.4) * np.rint(loss * 0.5)
    day = rng.integers(1, 29, len(hit))
    rows = Shocks.of(len(hit), home=hit, kind=SHOCK["fire"], day=day, loss=loss, deaths=0, injured=0, claim=claim)
    return replace(state, homes=homes), rows


def _failures(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Shocks]:
    """Animals die or a project ends; what was put in is lost, and with it most of the coming income."""
    homes = state.homes
    size = homes.stock + homes.trade
    runs = homes.active & (size > 2000)
    hit = np.flatnonzero(runs & (rng.random(len(homes)) < parameters["farming.failure"] / 12))
    ok = homes.stock_ok.copy()
    ok[hit] *= np.float32(0.2)
    loss = np.rint(size[hit] * rng.uniform(0.2, 0.6, len(hit)) / 10) * 10
    homes = burdened(homes.but(stock_ok=ok), "IND", at(len(homes), hit, loss), month)
    reported = rng.random(len(hit)) < 0.8
    rows = Shocks.of(
        len(hit), home=hit, kind=SHOCK["project_failure"], day=rng.integers(1, 29, len(hit)), loss=loss, deaths=0,
        injured=0, claim=0,
    )  # fmt: skip
    return replace(state, homes=homes), rows.take(reported)
