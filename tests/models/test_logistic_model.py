from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from models.samples import COLUMNS, labels, rows
from riskmodel.errors import BundleError, DataError, UsageError
from riskmodel.models import Column, LogisticModel


def _fitted(count: int = 800) -> LogisticModel:
    x = rows(count)
    return LogisticModel.fit(x, labels(x), COLUMNS)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(30, 300), st.sampled_from([0.0, 0.3, 1.0]))
def test_contributions_and_base_sum_to_the_margin(seed: int, count: int, missing: float) -> None:
    x = rows(count, seed, missing)
    y = np.arange(count) % 3 == 0
    model = LogisticModel.fit(x, y, COLUMNS)
    other = rows(50, seed + 1)
    assert np.abs(model.contributions(other).sum(axis=1) + model.base - model.margin(other)).max() <= 1e-9


def test_the_base_is_the_mean_margin_of_the_training_rows() -> None:
    x = rows()
    weight = np.random.default_rng(0).uniform(0.5, 2, len(x))
    model = LogisticModel.fit(x, labels(x), COLUMNS, weight=weight)
    assert np.average(model.margin(x), weights=weight) == pytest.approx(model.base, abs=1e-9)
    np.testing.assert_allclose(weight @ model.contributions(x), 0, atol=1e-6)


def test_it_is_the_regression_that_scikit_learn_fits_on_plain_numbers() -> None:
    x = np.random.default_rng(0).integers(-3, 4, size=(500, 2)).astype(np.float64)  # nothing beyond the percentiles
    y = (x[:, 0] > 0).astype(np.float64)
    model = LogisticModel.fit(x, y, [Column("a"), Column("b")], c=0.5)
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    reference = LogisticRegression(C=0.5, solver="newton-cholesky").fit(standard, y)
    np.testing.assert_allclose(model.margin(x), reference.decision_function(standard), atol=1e-9)


def test_columns_that_are_equal_share_what_each_of_them_would_get() -> None:
    x = np.random.default_rng(1).integers(-3, 4, size=(500, 2)).astype(np.float64)
    x = np.column_stack([x[:, 0], x[:, 1], x[:, 0], x[:, 0]])
    y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype(np.float64)
    model = LogisticModel.fit(x, y, [Column(name) for name in "abcd"], c=0.5)
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    reference = LogisticRegression(C=0.5, solver="newton-cholesky").fit(standard, y)
    np.testing.assert_allclose(model.margin(x), reference.decision_function(standard), atol=1e-9)
    contributions = model.contributions(x)
    np.testing.assert_allclose(contributions[:, 0], contributions[:, 2], atol=1e-12)
    np.testing.assert_allclose(contributions, standard * reference.coef_, atol=1e-9)


def test_it_learns_what_the_labels_depend_on() -> None:
    model = _fitted(3000)
    other = rows(3000, seed=9)
    assert roc_auc_score(labels(other, seed=8), model.margin(other)) > 0.7


def test_one_column_only_leaves_the_others_without_contribution() -> None:
    x = rows()
    model = LogisticModel.fit(x, labels(x), COLUMNS, c=1.0, only=("net_income",))
    contributions = model.contributions(x)
    assert np.ptp(contributions[:, 1]) > 0
    assert not contributions[:, [0, 2, 3]].any()


def test_constant_and_empty_columns_leave_the_base_rate() -> None:
    x = np.column_stack([np.full(40, 7.0), np.full(40, np.nan)])
    model = LogisticModel.fit(x, np.arange(40) < 10, [Column("a"), Column("b")])
    np.testing.assert_allclose(model.margin([[1.0, np.nan], [9.0, 3.0]]), np.log(10 / 30))


def test_files_give_the_same_model() -> None:
    model = _fitted()
    assert LogisticModel.from_files(model.to_files(), COLUMNS) == model


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"column": 3', b'"column": 9'),
        (b'"column": 3', b'"column": 1'),
        (b'"low"', b'"lo"'),
        (b'"base": -', b'"base": "'),
    ],
)
def test_damaged_files_are_refused(old: bytes, new: bytes) -> None:
    files = {name: data.replace(old, new) for name, data in _fitted().to_files().items()}
    with pytest.raises(BundleError):
        LogisticModel.from_files(files, COLUMNS)


def test_what_cannot_be_fitted_is_refused() -> None:
    x = rows(50)
    with pytest.raises(DataError, match="0 of 50 rows"):
        LogisticModel.fit(x, np.zeros(50), COLUMNS)
    with pytest.raises(UsageError, match="c=0"):
        LogisticModel.fit(x, np.arange(50) % 2, COLUMNS, c=0)
    with pytest.raises(UsageError, match="no column 'x'"):
        LogisticModel.fit(x, np.arange(50) % 2, COLUMNS, only=("x",))
    with pytest.raises(BundleError, match="expects"):
        _fitted().margin(np.zeros((2, 3)))


@pytest.mark.parametrize("known", [2, 998])
def test_a_handful_of_rows_moves_nobody_when_the_column_comes_or_goes(known: int) -> None:
    """Two rows with a value (or without one), both events: the day all rows have one is no catastrophe."""
    random = np.random.default_rng(3)
    x = random.normal(size=(1000, 2))
    y = (random.uniform(size=1000) < 0.05).astype(np.float64)
    few = slice(None, 2)
    x[:, 1] = np.nan if known == 2 else 0.5
    x[few, 1], y[few] = (0.5 if known == 2 else np.nan), 1.0
    model = LogisticModel.fit(x, y, (Column("usual"), Column("new_source")))
    turned = x.copy()
    turned[:, 1] = 0.5 if known == 2 else np.nan
    np.testing.assert_allclose(model.margin(turned), model.margin(x), atol=1e-9)
