from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.samples import COLUMNS, labels, rows
from riskmodel.models import Column, LogisticModel
from riskmodel.models.logistic_design import block_of
from riskmodel.models.logistic_terms import NumberTerm

COLUMN_KINDS = [Column("a"), Column("a", log=True), Column("a", levels=("x", "y", "rare", "never"))]


def number_term(values: NDArray[np.float64], column: Column = COLUMN_KINDS[0]) -> NumberTerm:
    block = block_of(values, column, 0)
    size = block.design.shape[1]
    term = block.term(np.ones(size), np.zeros(size))
    assert isinstance(term, NumberTerm)
    return term


@given(st.sampled_from(COLUMN_KINDS), st.integers(0, 999), st.sampled_from([0.0, 0.2, 1.0]), st.booleans())
def test_the_term_is_what_the_slopes_on_the_centred_design_add_up_to(
    column: Column, seed: int, missing: float, money: bool
) -> None:
    random = np.random.default_rng(seed)
    values = random.choice(3, 400, p=[0.7, 0.25, 0.05]).astype(np.float64)
    if column.levels is None:
        values = random.normal(0, 9000 if money else 2, 400)
    values[random.random(400) < missing] = np.nan
    block = block_of(values, column, 0)
    slopes, centres = random.normal(size=(2, block.design.shape[1]))
    np.testing.assert_allclose(block.term(slopes, centres).effect(values), (block.design - centres) @ slopes, atol=1e-9)


def test_a_number_has_an_indicator_of_missing_only_when_some_are() -> None:
    values = np.arange(10.0)
    assert block_of(values, COLUMN_KINDS[0], 0).design.shape == (10, 1)
    values[3] = np.nan
    design = block_of(values, COLUMN_KINDS[0], 0).design
    assert design[:, 1].tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert design[3, 0] == np.nanmedian(values)


@pytest.mark.parametrize(("largest", "scale"), [(1000.0, "linear"), (1000.5, "signed_log"), (-1000.5, "signed_log")])
def test_amounts_beyond_a_thousand_enter_by_the_signed_log(largest: float, scale: str) -> None:
    assert number_term(np.array([0.0, 1.0, largest])).scale == scale


def test_one_wrong_entry_does_not_set_the_range() -> None:
    values = np.append(np.tile(np.arange(100.0), 50), 1e12)
    assert number_term(values).high < 100


def test_one_wrong_entry_moves_a_prediction_no_further_than_the_training_range() -> None:
    x = rows()
    model = LogisticModel.fit(x, labels(x), COLUMNS)
    x = np.zeros((3, 4))
    x[:, 1] = [1e5, 1e12, -1e12]
    margins = model.margin(x)
    assert margins[0] == margins[1]
    assert np.isfinite(margins).all()


def test_rare_levels_share_one_effect_and_missing_has_its_own() -> None:
    columns = [Column("cause", levels=("a", "b", "rare", "never"))]
    x = np.repeat([0.0, 1.0, 2.0, np.nan], [100, 100, 20, 60])[:, None]
    y = np.concatenate([np.arange(100) < 10, np.arange(100) < 50, np.arange(20) < 18, np.arange(60) < 30])
    effects = LogisticModel.fit(x, y, columns, c=1.0).contributions([[0.0], [1.0], [2.0], [3.0], [np.nan]])[:, 0]
    assert effects[2] == effects[3]
    assert effects[2] > effects[1] > effects[0]
    assert len({*effects[[0, 1, 2, 4]]}) == 4


def test_a_rare_indicator_is_not_clipped_away() -> None:
    x = np.zeros((5000, 1))
    x[:3] = 1
    y = np.zeros(5000)
    y[[0, 1, 2, 10, 11]] = 1
    margins = LogisticModel.fit(x, y, [Column("a")], c=1.0).margin([[0.0], [1.0]])
    assert margins[1] > margins[0]


def test_a_ratio_enters_by_its_logarithm_and_zero_counts_as_a_small_ratio() -> None:
    random = np.random.default_rng(5)
    ratio = np.exp(random.normal(0, 1, 4000))
    y = random.random(4000) < 1 / (1 + ratio**2)
    model = LogisticModel.fit(ratio[:, None], y, [Column("income", log=True)], c=1.0)
    doubled = np.diff(model.margin([[0.5], [1.0], [2.0]]))
    assert doubled[0] == pytest.approx(doubled[1])
    assert np.isfinite(model.margin([[0.0], [-3.0]])).all()
