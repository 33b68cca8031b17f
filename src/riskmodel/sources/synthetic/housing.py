"""Houses that decay and are repaired, and drinking water that fails and is restored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import Flags
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.vocabulary import MEASURE

A, B, C, D = range(4)


def housed(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Grades and water at the end of a month."""
    homes = state.homes
    chance, other = rng.random((2, len(homes)), dtype=np.float32)
    grade = homes.house_grade
    helped = ((homes.help >> MEASURE["housing"]) & 1) == 1
    rate = np.where(helped, parameters["housing.repair_if_helped"], parameters["housing.repair"])
    rate = rate * np.where(homes.buffer > 5000, 1.5, 1)
    repaired = homes.active & (grade >= C) & (chance < rate)
    worse = chance > 1 - parameters.row("housing.decay")[grade] / 12
    new = np.where(repaired, np.where(grade == D, A, B), np.where(worse & homes.active, grade + 1, grade))
    rebuilt = np.where(repaired & (grade == D), month, homes.rebuilt)
    fails = (homes.water_safe & homes.active) & (other < parameters.row("housing.water_fails")[homes.water] / 12)
    helped = ((homes.help >> MEASURE["water"]) & 1) == 1
    mended = ~homes.water_safe & (
        other > 1 - np.where(helped, parameters["housing.water_if_helped"], parameters["housing.water_mended"])
    )
    safe = (homes.water_safe | mended) & ~fails
    outage = np.where(safe, np.maximum(homes.outage - 3, 0), np.minimum(homes.outage + 8, 300))
    return replace(state, homes=homes.but(house_grade=new.clip(A, D), rebuilt=rebuilt, water_safe=safe, outage=outage))


def unsafe(state: State) -> Flags:
    """Households that live in a house of grade D."""
    found: Flags = state.homes.active & (state.homes.house_grade == D)
    return found
