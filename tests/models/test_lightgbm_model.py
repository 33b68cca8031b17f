from __future__ import annotations

import json
import subprocess
import sys

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from models.random_trees import model_text, random_rows, random_tree
from models.samples import COLUMNS, QUICK, boosted, labels, rows
from riskmodel.errors import BundleError, DataError, UsageError
from riskmodel.models import Column, LightGBMModel, LightGBMParameters

PLAIN = tuple(Column(f"c{i}") for i in range(4))


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from([30, 150, 600]), st.sampled_from([0.0, 0.3]))
def test_contributions_and_base_sum_to_the_margin(seed: int, count: int, missing: float) -> None:
    x = rows(count, seed, missing)
    model = LightGBMModel.fit(x, labels(x), COLUMNS, parameters=QUICK, seed=seed)
    other = rows(200, seed + 1, 0.2)
    assert np.abs(model.contributions(other).sum(axis=1) + model.base - model.margin(other)).max() <= 1e-9


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.2, 0.6]), st.integers(2, 16), st.integers(1, 6), st.booleans())
def test_raising_a_value_never_moves_the_risk_against_its_direction(
    seed: int, missing: float, leaves: int, depth: int, against: bool
) -> None:
    """Also when the labels pull the other way, with missing values in the other columns."""
    random = np.random.default_rng(seed)
    x = rows(600, seed, missing)
    y = labels(-x if against else x, seed)
    y[:2] = 0, 1
    parameters = LightGBMParameters(
        trees=15, leaves=leaves, depth=depth, rate=0.3, min_rows=5, l2=0, min_rows_per_category=5
    )
    model = LightGBMModel.fit(x, y, COLUMNS, parameters=parameters, seed=seed)
    low, high = rows(300, seed + 1, missing), rows(300, seed + 1, missing)
    for index, column in enumerate(COLUMNS):
        if column.direction:
            start = random.choice(np.append(x[~np.isnan(x[:, index]), index], [-1e9, 0.0, 1e9]), 300)
            low[:, index], high[:, index] = start, start + random.exponential(random.choice([1e-3, 1, 1e4]), 300)
            steps = model.margin(high) - model.margin(low)
            assert (steps * column.direction >= 0).all()
            high[:, index] = low[:, index]


def test_it_learns_what_the_labels_depend_on() -> None:
    model = boosted(4000)
    other = rows(3000, seed=9)
    assert roc_auc_score(labels(other, seed=8), model.margin(other)) > 0.7
    importance = model.gain_importance()
    assert list(importance) == [column.name for column in COLUMNS]
    assert importance["自付医疗 比例"] > importance["members"]


def test_the_same_rows_and_seed_give_the_same_text_in_another_process() -> None:
    script = (
        "import hashlib; from models.samples import boosted; "
        "print(hashlib.sha256(boosted(800, 3).text.encode()).hexdigest())"
    )
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path), "OMP_NUM_THREADS": "1"}
    found = {
        subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True).stdout
        for _ in range(2)
    }
    text = boosted(800, 3).text
    import hashlib

    assert found == {f"{hashlib.sha256(text.encode()).hexdigest()}\n".encode()}
    assert "num_threads" not in text
    assert boosted(800, 4).text != text


def test_a_weight_changes_the_model_and_equal_weights_do_not() -> None:
    x = rows()
    y = labels(x)
    plain = LightGBMModel.fit(x, y, COLUMNS, parameters=QUICK, seed=0)
    heavy = LightGBMModel.fit(x, y, COLUMNS, parameters=QUICK, seed=0, weight=1 + 9 * y)
    assert heavy.margin(x).mean() > plain.margin(x).mean() + 1
    equal = LightGBMModel.fit(x, y, COLUMNS, parameters=QUICK, seed=0, weight=np.full(len(x), 7.0))
    np.testing.assert_allclose(equal.margin(x), plain.margin(x), atol=1e-6)


@pytest.mark.parametrize(
    "x",
    [np.zeros((400, 2)), np.full((400, 2), np.nan), np.arange(20.0).reshape(10, 2)],
    ids=["constant", "empty", "too few rows to split"],
)
def test_where_nothing_can_be_split_the_model_is_the_base_rate(x: NDArray[np.float64]) -> None:
    y = np.arange(len(x)) % 5 == 0
    model = LightGBMModel.fit(x, y, [Column("a", 1), Column("b")], seed=0)
    np.testing.assert_allclose(model.margin(x), np.log(0.2 / 0.8), atol=1e-9)
    assert not model.contributions(x).any()
    assert model.base == pytest.approx(np.log(0.2 / 0.8))


def test_a_column_without_events_in_half_of_its_range_works() -> None:
    x = np.linspace(-1, 1, 1000)[:, None]
    y = (x[:, 0] > 0) & (np.arange(1000) % 2 == 0)
    model = LightGBMModel.fit(x, y, [Column("a", 1)], seed=0)
    assert np.isfinite(model.margin(x)).all()
    assert model.margin([[0.9]])[0] > model.margin([[-0.9]])[0]


def test_no_rows_give_no_results() -> None:
    model = boosted()
    assert model.margin(np.zeros((0, 4))).shape == (0,)
    assert model.contributions(np.zeros((0, 4))).shape == (0, 4)


def test_files_give_the_same_model() -> None:
    model = boosted()
    again = LightGBMModel.from_files(model.to_files(), COLUMNS)
    assert again == model
    x = rows(300, seed=5)
    np.testing.assert_array_equal(again.margin(x), model.margin(x))
    np.testing.assert_array_equal(again.contributions(x), model.contributions(x))


def test_trees_too_deep_to_tabulate_are_explained_by_lightgbm_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    random = np.random.default_rng(3)
    trees = [random_tree(random, 40 if deep else 16, 4, deepest=30 if deep else 6) for deep in (1, 0, 1, 1, 0)]
    model, x = LightGBMModel(PLAIN, model_text(trees, 4)), random_rows(random, 40, 4)
    with caplog.at_level("WARNING"):
        margin, contributions = model.explained(x)
        model.explained(x)
    assert caplog.text.count("of 5 trees are too deep to tabulate") == 1
    np.testing.assert_array_equal(margin, model.margin(x))
    expected = lightgbm.Booster(model_str=model.text).predict(x, pred_contrib=True)
    np.testing.assert_allclose(contributions, np.asarray(expected)[:, :-1], rtol=0, atol=1e-9)


def test_names_in_any_script_do_not_reach_the_text() -> None:
    x = rows(300)
    columns = [Column('a"b\n=,[]{}:'), Column("净收入"), Column("f1"), Column(" ")]
    model = LightGBMModel.fit(x, labels(x), columns, parameters=QUICK, seed=0)
    assert model.text.isascii()
    assert model.gain_importance().keys() == {column.name for column in columns}


def test_other_directions_than_those_of_the_training_are_refused() -> None:
    files = boosted().to_files()
    turned = (Column("自付医疗 比例", -1), *COLUMNS[1:])
    with pytest.raises(BundleError, match="other directions"):
        LightGBMModel.from_files(files, turned)
    with pytest.raises(BundleError, match="max_feature_idx=2"):
        LightGBMModel.from_files(files, COLUMNS[:3])


@pytest.mark.parametrize(
    "change", [{"leaves": 17}, {"depth": 7}, {"trees": 0}, {"rate": float("nan")}, {"row_share": 1.5}, {"min_rows": 0}]
)
def test_parameters_beyond_their_range_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(change))):
        LightGBMParameters(**change)  # type: ignore[arg-type]  # a wrong value is the point


def test_what_cannot_be_fitted_is_refused() -> None:
    x = rows(50)
    with pytest.raises(DataError, match="50 of 50 rows"):
        LightGBMModel.fit(x, np.ones(50), COLUMNS, seed=0)
    with pytest.raises(UsageError, match="seed -1"):
        LightGBMModel.fit(x, np.arange(50) % 2, COLUMNS, seed=-1)
    with pytest.raises(BundleError, match="expects"):
        boosted().margin(np.zeros((2, 3)))


def test_importing_the_models_does_not_import_the_slow_libraries() -> None:
    script = "import riskmodel.models, sys, json; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout)
    assert not {"lightgbm", "sklearn", "scipy", "mlflow", "shap", "numba", "pandas"}.intersection(loaded)
