from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.random_trees import model_text, random_rows, random_tree
from models.samples import COLUMNS, boosted, rows
from riskmodel.errors import UsageError
from riskmodel.models import Column, LightGBMModel, RuleModel, Wire
from riskmodel.models.lightgbm_splits import splits_of
from riskmodel.models.lightgbm_text import stored, trees
from riskmodel.models.shapley import TreeTables, explanation
from riskmodel.models.shapley_kernel import BLOCK

TOLERANCE = 1e-9


def columns(count: int) -> tuple[Column, ...]:
    return tuple(Column(f"c{i}") for i in range(count))


def model_of(text: str, count: int) -> LightGBMModel:
    return LightGBMModel(columns(count), text)


def assert_as_lightgbm_says(model: LightGBMModel, x: NDArray[np.float64]) -> None:
    """Contributions within 1e-9, margins to the bit."""
    booster = lightgbm.Booster(model_str=model.text)
    expected = np.asarray(booster.predict(x, pred_contrib=True, num_threads=1))
    margin, contributions = model.explained(x)
    np.testing.assert_allclose(contributions, expected[:, :-1], rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(margin, booster.predict(x, raw_score=True, num_threads=1))
    np.testing.assert_array_equal(margin, model.margin(x))
    np.testing.assert_allclose(contributions.sum(axis=1) + model.base, margin, rtol=0, atol=TOLERANCE)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 8), st.sampled_from([3, 6, 10, 14]), st.booleans())
def test_random_trees_are_explained_as_by_lightgbm(
    seed: int, count: int, width: int, deepest: int, plain: bool
) -> None:
    """Every kind of decision, thresholds about zero, categories beyond the sets, single leaves, trees too deep."""
    random = np.random.default_rng(seed)
    grown = [
        random_tree(random, int(random.integers(1, 32)), width, deepest=deepest, categorical=0.0 if plain else 0.4)
        for _ in range(count)
    ]
    assert_as_lightgbm_says(model_of(model_text(grown, width), width), random_rows(random, 60, width))


@settings(max_examples=40)
@given(st.data())
def test_trained_trees_are_explained_as_by_lightgbm(data: st.DataObject) -> None:
    booster, x = trained(data.draw(st.fixed_dictionaries(TRAINING)))
    assert_as_lightgbm_says(model_of(stored(booster.model_to_string()), x.shape[1]), x)


TRAINING: dict[str, st.SearchStrategy[Any]] = {
    "seed": st.integers(0, 10**6),
    "num_leaves": st.sampled_from([2, 8, 16, 31]),
    "max_depth": st.sampled_from([1, 4, 6, 8, -1]),
    "zero_as_missing": st.booleans(),
    "use_missing": st.booleans(),
    "categories": st.sampled_from([0, 2]),
    "missing": st.sampled_from([0.0, 0.3]),
    "constant": st.booleans(),
}


def trained(drawn: dict[str, Any]) -> tuple[lightgbm.Booster, NDArray[np.float64]]:
    """LightGBM's trees of random rows of five columns, and other rows to explain."""
    random = np.random.default_rng(drawn["seed"])
    categories = drawn.pop("categories")
    x = random.normal(0, 2, (300, 5)).round(1)
    x[:, :categories] = random.integers(0, 80, (300, categories))
    x[random.random(x.shape) < drawn.pop("missing")] = np.nan
    y = (random.random(300) < 0.5 + 0.3 * np.sign(np.nan_to_num(x[:, 4]))).astype(np.float64)
    if drawn.pop("constant"):
        x[:] = 1.0
    parameters = {
        **drawn,
        "objective": "binary",
        "min_data_in_leaf": 3,
        "min_data_per_group": 3,
        "num_threads": 1,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(
        x,
        y,
        feature_name=[f"f{i}" for i in range(5)],
        categorical_feature=list(range(categories)),
        params=parameters,
    )
    booster = lightgbm.train(parameters, data, 12)
    other = x[random.integers(0, 300, 120)] + random.choice([0.0, 0.0, 0.1, 40.0], (120, 5))
    return booster, other


def test_shap_explains_the_same() -> None:
    import shap

    model, x = boosted(2000), rows(300, seed=3, missing=0.3)
    explainer = shap.TreeExplainer(lightgbm.Booster(model_str=model.text))
    reference = explainer(x)
    found = explanation(model, x)
    np.testing.assert_allclose(found.values, reference.values, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(found.base_values, reference.base_values, rtol=0, atol=TOLERANCE)
    assert found.feature_names == [column.name for column in COLUMNS]
    assert found.shape == reference.shape
    np.testing.assert_array_equal(found.data, x)


def test_the_plots_of_shap_take_an_explanation_of_any_kind_of_model() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt
    import shap

    for model in (boosted(), RuleModel(COLUMNS, (Wire("A", "members", 3.0),))):
        found = explanation(model, rows(50))
        found.feature_names = [str(number) for number in range(len(COLUMNS))]  # the font of this machine may lack 自
        shap.plots.beeswarm(found, show=False)
        shap.plots.waterfall(found[0], show=False)
        assert plt.get_fignums()
        plt.close("all")


def tables() -> TreeTables:
    random = np.random.default_rng(2)
    text = model_text([random_tree(random, 16, 7, deepest=6) for _ in range(20)], 7)
    return TreeTables.of(splits_of(tree) for tree in trees(text, 7))


def test_a_row_has_the_same_bits_alone_and_anywhere_among_others() -> None:
    made, x = tables(), random_rows(np.random.default_rng(4), 2 * BLOCK + 77, 7)
    margin, contributions = made.explained(x)
    order = np.random.default_rng(5).permutation(len(x))
    moved = made.explained(x[order])
    np.testing.assert_array_equal(moved[0], margin[order])
    np.testing.assert_array_equal(moved[1], contributions[order])
    for index in (0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 76):
        alone = made.explained(x[index : index + 1])
        np.testing.assert_array_equal(alone[0], margin[index : index + 1])
        np.testing.assert_array_equal(alone[1], contributions[index : index + 1])


@pytest.mark.parametrize("threads", [2, 3, 50])
def test_several_threads_give_the_bits_of_one(threads: int) -> None:
    made, x = tables(), random_rows(np.random.default_rng(4), 5 * BLOCK + 1, 7)
    for found, expected in zip(made.explained(x, threads), made.explained(x), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_rows_that_cannot_be_written_are_explained() -> None:
    made, x = tables(), random_rows(np.random.default_rng(4), 9, 7)
    expected = made.explained(x.copy())
    x.setflags(write=False)
    np.testing.assert_array_equal(made.explained(x)[1], expected[1])


def test_no_rows_give_no_results_and_no_threads_are_refused() -> None:
    margin, contributions = tables().explained(np.zeros((0, 7)))
    assert (margin.shape, contributions.shape) == ((0,), (0, 7))
    with pytest.raises(UsageError, match="threads=0"):
        tables().explained(np.zeros((1, 7)), threads=0)
