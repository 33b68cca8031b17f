"""What strikes a whole township or village at once: floods, droughts, hail, slides, epidemics, and falling prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from riskmodel.sources.synthetic.columns import Floats, at
from riskmodel.sources.synthetic.happened import Shocks
from riskmodel.sources.synthetic.months import calendar_month
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import STRESSES, Homes, Markets, State
from riskmodel.sources.synthetic.vocabulary import SHOCK


@dataclass(frozen=True)
class Hazard:
    """A kind of disaster: its season and what it damages."""

    kind: str
    months: tuple[int, ...]
    house: float
    """Chance that the house of a household that is hit becomes unsafe."""
    water: float
    """Chance that its water becomes unsafe."""
    animals: bool = False
    """Strikes animals instead of fields."""


HAZARDS: Final = (
    Hazard("flood", (6, 7, 8, 9), house=0.05, water=0.05),
    Hazard("drought", (5, 6, 7, 8, 9), house=0.0, water=0.06),
    Hazard("weather", (4, 5, 6, 7, 8, 9), house=0.004, water=0.0),
    Hazard("geological", (6, 7, 8, 9), house=0.22, water=0.05),
    Hazard("biological", (3, 4, 5, 9, 10, 11), house=0.0, water=0.0, animals=True),
)


def struck(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Shocks]:
    """The disasters of a month. Per kind: which townships, which of their villages, which of their households."""
    rows = []
    for hazard in HAZARDS:
        if calendar_month(month) in hazard.months:
            state, found = _strike(hazard, state, month, rng, parameters)
            rows.append(found)
    state, slump = _markets(state, rng, parameters)
    return state, Shocks.all([*rows, slump])


def _strike(
    hazard: Hazard, state: State, month: int, rng: np.random.Generator, parameters: Parameters
) -> tuple[State, Shocks]:
    homes, villages = state.homes, state.villages
    townships, share, households, median, crop = parameters.row(f"disasters.{hazard.kind}")
    hit_township = rng.random(state.townships) < townships
    hit_village = hit_township[villages.township] & (rng.random(len(villages)) < share * villages.danger)
    exposed = homes.active & hit_village[homes.village] & (rng.random(len(homes)) < households)
    basis = homes.stock if hazard.animals else homes.crop + homes.fruit
    exposed &= (basis > 0) | (hazard.house > 0)
    hit = np.flatnonzero(exposed)
    luck = rng.random((3, len(hit)))
    damage = (crop * rng.uniform(0.5, 1.5, len(hit))).clip(0, 0.95)
    loss = np.rint((basis[hit] * damage * 0.5 + rng.lognormal(np.log(median), 0.8, len(hit))) / 10) * 10
    insured = luck[2] < parameters["disasters.insured"]
    claim = np.where(insured, np.rint(loss * rng.uniform(0.2, 0.6, len(hit))), 0)
    left = "stock_ok" if hazard.animals else "crop_ok"
    ok, grade, safe = getattr(homes, left).copy(), homes.house_grade.copy(), homes.water_safe.copy()
    ok[hit] *= (1 - damage).astype(np.float32)
    grade[hit[luck[0] < hazard.house]] = 3
    safe[hit[(luck[1] < hazard.water) & (homes.water[hit] > 0)]] = False
    homes = homes.but(**{left: ok, "house_grade": grade, "water_safe": safe})
    state = replace(state, homes=burdened(homes, "NAT", at(len(homes), hit, loss), month))
    day = rng.integers(1, 29) + rng.integers(0, 2, len(hit))
    return state, Shocks.of(
        len(hit), home=hit, kind=SHOCK[hazard.kind], day=day, loss=loss, deaths=0, injured=0, claim=claim
    )


def _markets(state: State, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Shocks]:
    """Prices move; a slump of livestock prices is reported for some who keep animals."""
    old = state.markets
    noise = rng.standard_normal((2, len(old)))
    keep, spread = parameters["markets.persistence"], parameters["markets.spread"]
    falls = (old.slump == 0) & (rng.random(len(old)) < parameters["markets.slump"] / 12)
    slump = np.where(falls, rng.integers(4, 11, len(old)), np.maximum(old.slump - 1, 0))
    markets = Markets(crop=keep * old.crop + spread * noise[0], stock=keep * old.stock + spread * noise[1], slump=slump)
    homes = state.homes
    keeps = falls[state.villages.market][homes.village] & homes.active & (homes.stock > 6000)
    hit = np.flatnonzero(keeps & (rng.random(len(homes)) < 0.25))
    loss = np.rint(homes.stock[hit] * 0.02) * 10
    day = rng.integers(1, 29, len(hit))
    rows = Shocks.of(len(hit), home=hit, kind=SHOCK["market_fall"], day=day, loss=loss, deaths=0, injured=0, claim=0)
    return replace(state, markets=markets), rows


def burdened(homes: Homes, cause: str, amount: Floats, month: int, *, cash: bool = True) -> Homes:
    """A burden is remembered under its cause; `cash` = it was also paid, as spending that could not be avoided."""
    stress = homes.stress.copy()
    stress[:, STRESSES.index(cause)] += amount.astype(np.float32)
    if not cash:
        return homes.but(stress=stress)
    rigid = homes.rigid12.copy()
    rigid[:, month % 12] += amount.astype(np.float32)
    return homes.but(stress=stress, rigid12=rigid, buffer=homes.buffer - amount)
