from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.columns import Floats
from riskmodel.sources.synthetic.copies import compacted
from riskmodel.sources.synthetic.months import HISTORY_START, month_at
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.truth import cause_codes, latent, month_before, probabilities
from sources.synthetic.simulated_county import HOUSEHOLDS, NUMBERS, county, fresh, life, with_homes

START = HISTORY_START + 11


@cache
def lived() -> tuple[Floats, Floats]:
    """Probabilities within 6 and 12 months after the first year of the county."""
    return estimate(county(START), 40)


def estimate(state: State, draws: int) -> tuple[Floats, Floats]:
    found = probabilities(state, START, draws, 1, NUMBERS)
    return found.probability[6], found.probability[12]


def test_the_true_probabilities_agree_with_what_then_happened() -> None:
    """The step that estimates is the step that lives: the mean is the realised share within its error."""
    state = county(START)
    kept = np.flatnonzero(state.homes.active)
    calm = ~state.homes.open[kept]
    _, probability = lived()
    entered = np.zeros(HOUSEHOLDS * 2, dtype=bool)
    for month, (_, happened) in life().items():
        if START < month <= START + 12:
            entered[happened.identified] = True
    expected, realised = probability[calm], entered[kept][calm]
    error = np.sqrt((expected * (1 - expected)).sum())
    assert abs(realised.sum() - expected.sum()) < 3.5 * error
    assert expected.sum() > 4
    assert expected[realised].mean() > 5 * expected.mean()


def test_households_in_hardship_and_those_with_a_clue_are_more_likely_to_be_identified() -> None:
    state = county(START)
    homes = compacted(state).homes
    _, probability = lived()
    free = ~homes.open
    assert probability[free & homes.hard].mean() > 10 * probability[free & ~homes.hard].mean()
    pending = with_homes(fresh(), clue=START, due=START + 1, hard=True)
    assert estimate(pending, 10)[1].mean() > 0.8


def test_a_longer_horizon_is_never_less_likely_and_the_error_shrinks_with_the_draws() -> None:
    six, twelve = lived()
    assert (twelve >= six).all()
    few, many = (probabilities(fresh(), START, n, 1, NUMBERS) for n in (4, 16))
    assert many.error[12].max() <= few.error[12].max() <= 0.25


def test_estimates_depend_on_the_seed_and_not_on_the_memory_that_is_used_for_one_chunk() -> None:
    state = fresh(300)
    one, same, other = (probabilities(state, START, 8, seed, NUMBERS).probability[12] for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()
    chunked = probabilities(state, START, 8, 1, NUMBERS, chunk=2 * 300).probability[12]
    assert set((chunked * 8).tolist()) <= set(range(9))
    assert abs(chunked.mean() - one.mean()) < 0.03


def test_the_future_of_a_day_starts_at_the_end_of_the_month_before() -> None:
    assert month_before(date(2023, 7, 5)) == month_at(2023, 6)


def test_the_latent_state_says_what_is_true() -> None:
    state = county()
    names = pl.Series([f"h{n}" for n in range(len(state.homes))])
    rows = latent(state, names)
    assert rows.height == state.homes.active.sum()
    hard = rows.filter("hardship")
    assert hard["onset_month"].null_count() == 0
    assert rows.filter(~pl.col("hardship"))["true_cause_1"].null_count() == rows.height - hard.height
    assert rows["open_episode"].sum() == rows["identified_month"].count()
    assert cause_codes(np.array([0, -1])).to_list() == ["ILL", None]
