from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, log_loss

from riskmodel.errors import BundleError, DataError
from riskmodel.models import Calibration

Array = NDArray[np.float64]


def _sigmoid(margin: Array) -> Array:
    risk: Array = 1 / (1 + np.exp(-margin))
    return risk


def _sample(count: int, seed: int) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    margin = random.normal(-2, 1.5, count)
    return margin, (random.random(count) < _sigmoid(margin)).astype(np.float64)


def _expected_calibration_error(y: Array, p: Array) -> float:
    groups = np.array_split(np.argsort(p, kind="stable"), 10)
    return float(sum(len(g) * abs(y[g].mean() - p[g].mean()) for g in groups) / len(y))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(-8000, 8000), st.booleans()), min_size=2, max_size=60))
def test_calibration_never_changes_the_order_of_the_households(pairs: list[tuple[int, bool]]) -> None:
    margin = np.array([pair[0] for pair in pairs]) / 1000
    y = np.array([pair[1] for pair in pairs], dtype=np.float64)
    y[0], y[1] = 0, 1
    p = Calibration.fit(margin, y).probability(margin)
    assert average_precision_score(y, p) == pytest.approx(average_precision_score(y, margin), abs=1e-12)
    order = np.argsort(margin, kind="stable")
    steps = np.diff(margin[order]) > 0
    assert (np.diff(p[order])[steps] > 0).all()


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.floats(-50, 50), st.floats(-1e6, 1e6))
def test_a_probability_is_strictly_between_zero_and_one(a: float, b: float, c: float, margin: float) -> None:
    p = Calibration(a, b, c).probability(np.array([margin]))[0]
    assert 0 < p < 1


def test_a_miscalibrated_sample_becomes_calibrated() -> None:
    margin, y = _sample(20_000, 1)
    distorted = 0.5 * margin + 1.5
    other_margin, other_y = _sample(20_000, 2)
    calibration = Calibration.fit(distorted, y)
    before = _expected_calibration_error(other_y, _sigmoid(0.5 * other_margin + 1.5))
    after = _expected_calibration_error(other_y, calibration.probability(0.5 * other_margin + 1.5))
    assert before > 0.2
    assert after < 0.01


def test_a_calibrated_sample_stays_as_it_is() -> None:
    margin, y = _sample(50_000, 3)
    calibration = Calibration.fit(margin, y)
    other_margin, other_y = _sample(50_000, 4)
    np.testing.assert_allclose(calibration.probability(other_margin), _sigmoid(other_margin), atol=0.01)
    gained = log_loss(other_y, _sigmoid(other_margin)) - log_loss(other_y, calibration.probability(other_margin))
    assert abs(gained) < 1e-4


def test_one_event_moves_the_level_but_hardly_the_slopes() -> None:
    margin = np.linspace(-4, 0, 200)
    y = np.zeros(200)
    y[150] = 1
    calibration = Calibration.fit(margin, y)
    assert 0.3 < calibration.a < 1.7
    assert 0.3 < calibration.b < 1.7
    assert calibration.probability(margin).mean() == pytest.approx(1 / 200, rel=0.05)


def test_a_weight_of_two_is_a_row_twice() -> None:
    margin, y = _sample(500, 5)
    twice = Calibration.fit(np.concatenate([margin, margin[:100]]), np.concatenate([y, y[:100]]))
    weight = np.where(np.arange(500) < 100, 2.0, 1.0)
    weighted = Calibration.fit(margin, y, weight=weight)
    np.testing.assert_allclose(weighted.probability(margin), twice.probability(margin), atol=5e-3)


def test_margins_that_are_all_alike_give_the_base_rate() -> None:
    p = Calibration.fit(np.zeros(100), np.arange(100) < 20).probability(np.zeros(1))
    assert p[0] == pytest.approx(0.2, abs=1e-3)


def test_the_identity_takes_the_margin_for_log_odds() -> None:
    margin = np.linspace(-30, 30, 101)
    np.testing.assert_allclose(Calibration.identity().probability(margin), _sigmoid(margin), rtol=1e-12)


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1]])
def test_one_outcome_only_is_refused(y: list[float]) -> None:
    with pytest.raises(DataError, match="of 3 rows have an event"):
        Calibration.fit([0.0, 1.0, 2.0], y)


def test_a_margin_that_is_missing_is_refused() -> None:
    with pytest.raises(DataError, match="finite margin"):
        Calibration.fit([0.0, np.nan], [0, 1])


def test_json_keeps_every_bit() -> None:
    calibration = Calibration.fit(*_sample(300, 6))
    assert Calibration.from_json(calibration.to_json()) == calibration


@pytest.mark.parametrize(
    "value",
    [
        {"a": 0, "b": 1, "c": 0, "shift": 0},
        {"a": 1, "b": -1, "c": 0, "shift": 0},
        {"a": 1, "b": 1, "c": float("nan"), "shift": 0},
        {"a": 1, "b": 1},
        {"a": "1", "b": 1, "c": 0, "shift": 0},
        {"a": 1, "b": 1, "c": 0, "shift": 0, "d": 0},
        [1, 1, 0],
    ],
)
def test_numbers_that_do_not_increase_are_refused(value: object) -> None:
    with pytest.raises(BundleError):
        Calibration.from_json(value)


def test_a_levelled_calibration_has_the_observed_mean_and_keeps_its_shape() -> None:
    margin, y = _sample(5_000, 3)
    shape = Calibration(0.8, 0.5, -0.2)
    level = shape.levelled(margin - 2, y)
    assert level.probability(margin - 2).mean() == pytest.approx(y.mean(), abs=1e-9)
    assert (level.a, level.b, level.c) == (shape.a, shape.b, shape.c)
