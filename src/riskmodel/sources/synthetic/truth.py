"""The truth that no office knows: the latent state, and the probability of the label event from it by Monte Carlo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.policy import Cause
from riskmodel.sources.synthetic.columns import Floats
from riskmodel.sources.synthetic.copies import compacted, tiled
from riskmodel.sources.synthetic.months import month_at
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.step import step

if TYPE_CHECKING:
    from datetime import date

HORIZONS = (6, 12)
CHUNK = 150_000
"""Households that are lived at the same time; bounds the memory."""
_STREAM = 3


@dataclass(frozen=True)
class Estimate:
    """Per household that exists, in the order of the state: probability by horizon, and its standard error."""

    probability: dict[int, Floats]
    error: dict[int, Floats]


def month_before(day: date) -> int:
    """The last complete month on a day: the state at its end is what the future of that day starts from."""
    return month_at(day.year, day.month) - 1


def probabilities(
    state: State, month: int, draws: int, seed: int, parameters: Parameters, chunk: int = CHUNK
) -> Estimate:
    """How likely each household is newly identified in the months after `month`, by `draws` futures of the county.

    Each future is a copy of the state that the one step function carries on with its own chance, so that delays,
    errors of visits and common shocks of villages are part of it. A household with an open episode counts when it is
    identified anew. The standard error is that of the mean of the draws.
    """
    start = compacted(state)
    n = len(start.homes)
    hits = {horizon: np.zeros(n) for horizon in HORIZONS}
    together = int(np.clip(chunk // max(n, 1), 1, draws))
    for number, first in enumerate(range(0, draws, together)):
        copies = min(together, draws - first)
        rng = np.random.default_rng([seed, _STREAM, month, number])
        for horizon, found in _futures(start, month, copies, rng, parameters).items():
            hits[horizon] += found
    probability = {horizon: found / draws for horizon, found in hits.items()}
    error = {horizon: np.sqrt(p * (1 - p) / draws) for horizon, p in probability.items()}
    return Estimate(probability, error)


def latent(state: State, households: pl.Series) -> pl.DataFrame:
    """What is true of each household that exists; `households` names the positions."""
    homes, kept = state.homes, np.flatnonzero(state.homes.active)
    causes = [cause_codes(codes).alias(f"true_cause_{number}") for number, codes in enumerate(homes.causes[kept].T, 1)]
    return pl.DataFrame(
        {
            "户编号": households.gather(kept),
            "village": homes.village[kept],
            "members": state.size[kept].astype(np.int32),
            "ex_poor": homes.ex_poor[kept],
            "level": homes.level[kept],
            "income_12m": homes.income12[kept].sum(axis=1),
            "buffer": homes.buffer[kept],
            "hardship": homes.hard[kept],
            "onset_month": _month(homes.onset[kept]),
            "clue_pending": (homes.clue[kept] >= 0) & ~homes.open[kept],
            "open_episode": homes.open[kept],
            "identified_month": _month(homes.identified[kept]),
        }
    ).with_columns(*causes)


def _futures(
    start: State, month: int, copies: int, rng: np.random.Generator, parameters: Parameters
) -> dict[int, Floats]:
    """By horizon, in how many of the copies each household was identified."""
    n = len(start.homes)
    state = tiled(start, copies)
    entered = np.zeros(n * copies, dtype=bool)
    found = {}
    for ahead in range(1, max(HORIZONS) + 1):
        state, happened = step(state, month + ahead, rng, parameters)
        entered[happened.identified[happened.identified < n * copies]] = True
        if ahead in HORIZONS:
            found[ahead] = entered.reshape(copies, n).sum(axis=0).astype(np.float64)
    return found


def cause_codes(positions: Floats) -> pl.Series:
    """Codes of causes by position; none = null."""
    codes = pl.Series([*Cause.codes(), None], dtype=pl.String)
    return codes.gather(np.where(positions < 0, len(codes) - 1, positions))


def _month(months: Floats) -> pl.Series:
    """Months as their first days, null for none."""
    first = (np.maximum(months, 0) - 12 * 1970).astype("datetime64[M]").astype("datetime64[D]")
    return pl.Series(first).set(pl.Series(months < 0), None)
