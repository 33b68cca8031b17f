from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from riskmodel.training.intervals import Interval, Resampling, interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


def mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> dict[str, float]:
    return {"mean": float(weights @ values / weights.sum())}


def test_rows_of_one_village_are_drawn_together() -> None:
    villages = np.repeat(np.arange(30), 4)
    for weights in Resampling.of(villages, np.arange(120), seed=1, replicates=5).drawn():
        assert (weights.reshape(30, 4) == weights.reshape(30, 4)[:, :1]).all()
        assert weights.sum() == 120


def test_with_few_villages_households_are_drawn() -> None:
    found = Resampling.of(np.repeat([1, 2], 60), np.repeat(np.arange(60), 2), seed=1)
    assert len(np.unique(found.cluster)) == 60


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    one, again, other = ([w.tolist() for w in Resampling(np.arange(40), seed, 3).drawn()] for seed in (1, 1, 2))
    assert one == again != other


def test_the_interval_of_a_mean_holds_the_truth_as_often_as_it_says() -> None:
    """Villages differ, so rows drawn one by one would give intervals that are far too short."""
    rng, hits = np.random.default_rng(7), 0
    villages = np.repeat(np.arange(60), 10)
    for trial in range(150):
        values = rng.normal(size=60)[villages] + rng.normal(size=600)
        told = Resampling(villages, trial, 200).intervals(partial(mean, values))["mean"]
        hits += told.low <= 0 <= told.high
    assert 0.88 <= hits / 150 <= 0.99


def test_the_value_is_that_of_the_rows_as_they_are() -> None:
    values = np.array([1.0, 2.0, 6.0])
    told = Resampling(np.arange(3), 0, 50).intervals(lambda w: {"sum": float(w @ values)})["sum"]
    assert told.value == 9.0
    assert told.low < 9.0 < told.high


def test_a_number_that_mostly_cannot_be_told_has_no_limits_and_lies_above_nothing() -> None:
    told = interval(0.5, np.array([np.nan] * 2 + [0.4] * 8))
    assert np.isnan(told.low)
    assert not told.above_zero
    assert not interval(0.5, np.empty(0)).above_zero
    assert interval(0.5, np.array([np.nan] + [0.4] * 19)).above_zero
    assert not Interval(0.5, 0.0, 1.0).above_zero


def test_an_interval_is_written_with_its_limits() -> None:
    assert str(Interval(0.5, 0.25, 0.75)) == "0.5000 [0.2500, 0.7500]"


@pytest.mark.parametrize("replicates", [0, 3])
def test_nothing_is_drawn_of_nothing(replicates: int) -> None:
    assert list(Resampling(np.empty(0, dtype=np.intp), 0, replicates).drawn()) == []
