"""Decisions of the county: who is identified, for which causes, what help begins, and whose risk is eliminated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Numbers
from riskmodel.sources.synthetic.happened import Endings
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.vocabulary import CATEGORY, CAUSE, MEASURE
from riskmodel.sources.synthetic.work import able

_DEVELOPMENT = sum(1 << MEASURE[name] for name in ("industry", "employment", "finance", "public_post"))


def decided(
    state: State, month: int, rng: np.random.Generator, parameters: Parameters
) -> tuple[State, Numbers, Endings]:
    """Identifications and eliminations of a month."""
    state, ended = _eliminated(state, month, rng, parameters)
    homes, n = state.homes, len(state.homes)
    due = homes.active & (homes.clue >= 0) & ~homes.open & (homes.due <= month)
    holds = np.where(homes.hard | homes.mistaken, parameters["visits.confirmed"], parameters["visits.confirmed_calm"])
    yes = due & (rng.random(n) < holds)
    sudden = ~homes.below & (homes.causes[:, 0] >= 0)
    usual = np.where(homes.ex_poor, CATEGORY["unstable_ex_poor"], CATEGORY["marginal"])
    recorded = homes.recorded.copy()
    recorded[yes] = _recorded(state, yes, rng, parameters)
    lost = ~homes.active & homes.open
    homes = homes.but(
        identified=np.where(yes, month, np.where(lost, NOBODY, homes.identified)),
        category=np.where(yes, np.where(sudden, CATEGORY["sudden_hardship"], usual), homes.category),
        recorded=recorded,
        help=np.where(yes, 0, homes.help),
        clue=np.where((due & ~yes) | ~homes.active, NOBODY, homes.clue),
    )
    state = replace(state, homes=homes)
    return state, np.flatnonzero(yes), ended


def _recorded(state: State, yes: Flags, rng: np.random.Generator, parameters: Parameters) -> Numbers:
    """Causes as they are written down: one may be overlooked, a wrong one slips in, without gaps and repeats."""
    true = state.homes.causes[yes]
    n = len(true)
    kept = (true >= 0) & (rng.random((n, 5)) >= parameters["visits.cause_overlooked"])
    guess = rng.choice([CAUSE[c] for c in ("ILL", "JOB", "IND", "EDU", "LAB")], n, p=[0.4, 0.25, 0.15, 0.1, 0.1])
    adds = (rng.random(n) < parameters["visits.cause_added"]) | ~kept.any(axis=1)
    adds &= ~(true == guess[:, None]).any(axis=1) | ~kept.any(axis=1)
    listed = np.where(kept, true, NOBODY)
    order = np.argsort(listed < 0, axis=1, kind="stable")
    listed = np.take_along_axis(listed, order, axis=1)
    count = (listed >= 0).sum(axis=1)
    rows = np.flatnonzero(adds & (count < 5))
    listed[rows, count[rows]] = guess[rows]
    return listed


def _eliminated(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Endings]:
    """After half a year at least, when the hardship is over; a few too early."""
    homes = state.homes
    chance = rng.random(len(homes))
    stays = month - homes.identified
    sound = homes.open & (stays >= 6) & ~homes.hard & (chance < parameters["elimination.rate"])
    early = homes.open & (stays >= 1) & (stays < 6) & (chance > 1 - parameters["elimination.too_early"])
    ends = homes.active & (sound | early)
    who = np.flatnonzero(ends)
    by_help = (homes.help[who] > 0) & (chance[who] * 7 % 1 < parameters["elimination.by_help"])
    homes = homes.but(
        identified=np.where(ends, NOBODY, homes.identified),
        ended=np.where(ends, month, homes.ended),
        help=np.where(ends, 0, homes.help),
        clue=np.where(ends, NOBODY, homes.clue),
    )
    return replace(state, homes=homes), Endings(home=who, by_help=by_help)


def needs_work(state: State, month: int) -> Flags:
    """Households with somebody of working age who can work, and no development measure."""
    people, homes = state.people, state.homes
    hands = state.by_home(state.present & able(people, month) & (people.birth > month - 720)) > 0
    found: Flags = hands & ((homes.help & _DEVELOPMENT) == 0)
    return found
