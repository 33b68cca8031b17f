"""Who is truly in hardship, since when, and why - whether or not an office knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Floats, Numbers
from riskmodel.sources.synthetic.housing import unsafe
from riskmodel.sources.synthetic.lines import line
from riskmodel.sources.synthetic.months import year_of
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.schooling import out_of_school
from riskmodel.sources.synthetic.state import STRESSES, State
from riskmodel.sources.synthetic.vocabulary import CAUSE
from riskmodel.sources.synthetic.work import able

_WEIGHED = (*STRESSES, "DIS", "LAB", "HOU", "WAT")
_CODES = np.array([CAUSE[code] for code in _WEIGHED])


def judged(state: State, month: int, parameters: Parameters) -> tuple[State, Flags]:
    """The true situation at the end of a month, and whose hardship began in it.

    Hardship is a reference income below the line with savings used up, a broken guarantee (house of grade D, a child
    out of school, unsafe water), or spending that cannot be avoided and exceeds what the household can bear. It is
    over after three months in a row without any of them.
    """
    homes, size = state.homes, state.size.clip(1)
    here = homes.active & (state.size > 0)
    level = parameters.growth(month)
    reference = (homes.income12.sum(axis=1) - homes.compliant12.sum(axis=1)) / size
    monitoring_line = line("monitoring_line", year_of(month), parameters)
    poor = here & (reference < monitoring_line) & (homes.buffer < parameters["hardship.buffer"] * level * size)
    rigid = homes.rigid12.sum(axis=1)
    burden = (rigid > parameters["hardship.rigid_share"] * homes.income12.sum(axis=1).clip(0)) & (
        rigid > parameters["hardship.rigid"] * level
    )
    crushed = here & burden & (homes.buffer < 0)
    broken = here & (unsafe(state) | out_of_school(state, month) | (~homes.water_safe & (homes.outage > 8)))
    now = poor | crushed | broken
    began = now & ~homes.hard
    calm = np.where(homes.hard & ~now, homes.calm + 1, 0)
    hard = now | (homes.hard & (calm < parameters["hardship.calm"]) & here)
    causes = homes.causes.copy()
    causes[began] = _causes(state, month, monitoring_line)[began]
    homes = homes.but(
        hard=hard,
        calm=calm,
        onset=np.where(began, month, np.where(hard, homes.onset, NOBODY)),
        below=np.where(began, poor, homes.below & hard),
        causes=np.where(hard[:, None], causes, NOBODY),
    )
    return replace(state, homes=homes), began


def _causes(state: State, month: int, monitoring_line: float) -> Numbers:
    """(n, 5) true causes in order of weight; OTH where none weighs enough."""
    people, homes, size = state.people, state.homes, state.size.clip(1)
    working = state.by_home(state.present & able(people, month) & (people.birth > month - 720))
    heavy = state.by_home(state.present & (people.disability >= 0) & (people.grade <= 2))
    years = (month - people.birth) / 12
    pupils = state.by_home(state.present & (people.stage >= 0) & (years >= 6)) > 0
    weights = np.zeros((len(homes), len(_WEIGHED)))
    weights[:, : len(STRESSES)] = homes.stress / (monitoring_line * size)[:, None]
    weights[:, STRESSES.index("EDU")] *= pupils
    weights[:, STRESSES.index("JOB")] *= working > 0
    weights[:, 6] = 0.35 * (heavy > 0)
    weights[:, 7] = 0.5 * (working == 0)
    weights[:, 8] = 2.0 * unsafe(state)
    weights[:, 9] = 1.5 * ~homes.water_safe
    weights[:, STRESSES.index("EDU")] += 2.0 * out_of_school(state, month)
    return ranked(weights, 0.12, 0.3)


def ranked(weights: Floats, least: float, share: float) -> Numbers:
    """Positions of up to five causes, heaviest first: at least `least` and `share` of the heaviest; OTH for none."""
    floor = np.maximum(least, share * weights.max(axis=1))
    order = np.argsort(-weights, axis=1, kind="stable")[:, :5]
    enough = np.take_along_axis(weights, order, axis=1) >= floor[:, None]
    found = np.where(enough, _CODES[order], NOBODY)
    found[:, 0] = np.where(enough[:, 0], found[:, 0], CAUSE["OTH"])
    return found
