"""What every kind of model must keep, whatever else its own tests say."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.samples import COLUMNS, rows
from models.test_bundle import MAKERS
from riskmodel.errors import BundleError, DataError
from riskmodel.models import CalibratedModel, Calibration, RiskModel

every_kind = pytest.mark.parametrize("make", MAKERS)
CALIBRATION = Calibration(0.9, 1.1, -0.2)


@cache
def made(make: Callable[[], RiskModel]) -> RiskModel:
    """The model, fitted once for all tests."""
    return make()


@every_kind
def test_an_explanation_has_a_number_for_each_column_and_adds_up(make: Callable[[], RiskModel]) -> None:
    model, x = made(make), rows(60, seed=4)
    assert model.columns == COLUMNS
    assert model.contributions(x).shape == (60, len(COLUMNS))
    np.testing.assert_allclose(model.contributions(x).sum(axis=1) + model.base, model.margin(x), rtol=0, atol=1e-9)


@every_kind
def test_a_row_is_scored_alike_alone_and_among_others(make: Callable[[], RiskModel]) -> None:
    model, x = made(make), rows(20, seed=4)
    alone = [float(model.margin(row[None])[0]) for row in x]
    np.testing.assert_allclose(model.margin(x), alone, rtol=0, atol=1e-12)


@every_kind
def test_rows_of_another_shape_or_with_infinite_values_are_refused(make: Callable[[], RiskModel]) -> None:
    model = made(make)
    asked: tuple[Callable[[NDArray[np.float64]], object], ...] = (model.margin, model.contributions, model.explained)
    for ask in asked:
        with pytest.raises(BundleError, match="expects"):
            ask(np.zeros((2, 3)))
        with pytest.raises(DataError, match="infinite"):
            ask(np.full((1, 4), np.inf))


@every_kind
def test_its_files_hold_text(make: Callable[[], RiskModel]) -> None:
    for content in made(make).to_files().values():
        assert all(line.isprintable() for line in content.decode("utf-8").split("\n"))


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(MAKERS), st.integers(0, 999), st.floats(-30, 30))
def test_a_probability_ranks_like_the_margin_and_is_never_certain(
    make: Callable[[], RiskModel], seed: int, shift: float
) -> None:
    calibrated = CalibratedModel(made(make), Calibration(0.9, 1.1, -0.2, shift))
    x = rows(40, seed)
    margin, probability = calibrated.margin(x), calibrated.probability(x)
    assert ((probability > 0) & (probability < 1)).all()
    assert (np.diff(probability[np.argsort(margin)]) >= 0).all()


@every_kind
def test_calibration_leaves_margins_and_explanations_as_they_are(make: Callable[[], RiskModel]) -> None:
    model, x = made(make), rows(30)
    calibrated = CalibratedModel(model, CALIBRATION)
    assert calibrated.columns == model.columns
    np.testing.assert_array_equal(calibrated.margin(x), model.margin(x))
    np.testing.assert_array_equal(calibrated.contributions(x), model.contributions(x))
    np.testing.assert_array_equal(calibrated.explained(x)[0], model.margin(x))


@every_kind
def test_one_pass_gives_the_bits_of_the_margin_and_of_the_contributions(make: Callable[[], RiskModel]) -> None:
    model, x = made(make), rows(700, seed=6)
    margin, contributions = model.explained(x)
    np.testing.assert_array_equal(margin, model.margin(x))
    np.testing.assert_array_equal(contributions, model.contributions(x))
