"""Copies of a county that live on independently of each other: what the Monte Carlo of the truth is made on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Numbers
from riskmodel.sources.synthetic.state import State


def compacted(state: State) -> State:
    """Only households that exist, their present members and open loans; the order stays."""
    kept = state.homes.active
    position = np.cumsum(kept) - 1
    people = state.people.take(state.present)
    loans = state.loans.take((state.loans.closed == NOBODY) & kept[state.loans.home])
    return replace(
        state,
        people=people.but(home=position[people.home]),
        homes=state.homes.take(kept).but(predecessor=np.full(kept.sum(), NOBODY)),
        loans=loans.but(home=position[loans.home]),
    )


def tiled(state: State, copies: int) -> State:
    """`copies` independent counties: household i of copy r stands at r * n + i."""

    def shifted(positions: Numbers, count: int) -> Numbers:
        return np.concatenate([positions + copy * count for copy in range(copies)])

    people, homes, loans = state.people.tile(copies), state.homes.tile(copies), state.loans.tile(copies)
    villages = state.villages.tile(copies)
    return State(
        people=people.but(home=shifted(state.people.home, len(state.homes))),
        homes=homes.but(village=shifted(state.homes.village, len(state.villages))),
        loans=loans.but(home=shifted(state.loans.home, len(state.homes))),
        villages=villages.but(
            township=shifted(state.villages.township, state.townships),
            market=shifted(state.villages.market, len(state.markets)),
        ),
        markets=state.markets.tile(copies),
        townships=state.townships * copies,
    )
