from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import asdict

import numpy as np
import pytest

from riskmodel.models import LightGBMParameters
from riskmodel.training.fit import fit_calibrated
from riskmodel.training.report import SHOWN, figures, tree_parameters
from training.made_rows import RECIPES, made_rows

ROWS = made_rows()
TREES, LINEAR = (fit_calibrated(RECIPES, kind, ROWS, 0) for kind in ("lightgbm", "logistic"))
RISKS = {"logistic": LINEAR.probability(ROWS.x), "lightgbm": TREES.probability(ROWS.x)}
MADE = figures(ROWS.y.astype(np.float64), RISKS, ROWS.weight, TREES)


@pytest.mark.parametrize("name", ["reliability.svg", "precision_recall.svg", "importance.svg"])
def test_every_picture_is_well_formed_svg(name: str) -> None:
    root = ElementTree.fromstring(MADE[name])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(root.iter())) > 50


def test_nothing_else_is_drawn() -> None:
    assert set(MADE) == {"reliability.svg", "precision_recall.svg", "importance.svg"}


def test_equal_results_make_equal_pictures() -> None:
    assert figures(ROWS.y.astype(np.float64), RISKS, ROWS.weight, TREES) == MADE


def test_a_test_with_one_outcome_has_no_precision_recall_curve() -> None:
    assert "precision_recall.svg" not in figures(np.zeros(len(ROWS)), RISKS, ROWS.weight, TREES)


def test_only_trees_have_importances() -> None:
    assert set(figures(ROWS.y.astype(np.float64), RISKS, ROWS.weight, LINEAR)) == {
        "reliability.svg",
        "precision_recall.svg",
    }


def test_the_most_important_columns_are_shown() -> None:
    gains = TREES.model.gain_importance()  # type: ignore[attr-defined]  # the model of this kind is a LightGBMModel
    assert len(gains) <= SHOWN
    assert max(gains, key=gains.__getitem__) == "income"


def test_the_growing_rules_are_parameters_of_the_run() -> None:
    parameters = LightGBMParameters(trees=7)
    assert tree_parameters(parameters) == {f"lightgbm_{k}": v for k, v in asdict(parameters).items()}
    assert tree_parameters(parameters)["lightgbm_trees"] == 7
