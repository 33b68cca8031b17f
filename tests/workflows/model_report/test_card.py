from __future__ import annotations

import json
from typing import Any

import pytest

from riskmodel.training.fit import KINDS
from riskmodel.training.folds import SCHEMES
from riskmodel.workflows.model_report.card import HEADINGS, card
from tested_county import Backtested


@pytest.fixture(scope="module")
def made(tested: Backtested) -> dict[str, Any]:
    return card(tested.material)


def test_the_card_has_the_nine_headings_of_model_cards(made: dict[str, Any]) -> None:
    assert set(made) == {"format", "made_at", "software", *HEADINGS}
    assert len(HEADINGS) == 9
    assert all(made[heading] for heading in HEADINGS)


def test_the_card_is_json_without_what_json_does_not_know(made: dict[str, Any]) -> None:
    assert json.loads(json.dumps(made, allow_nan=False)) == json.loads(json.dumps(made))


def test_every_text_is_there_in_both_languages(made: dict[str, Any]) -> None:
    def texts(value: object) -> list[dict[str, Any]]:
        if isinstance(value, dict):
            own = [value] if {"zh", "en"} & set(value) else []
            return own + [found for item in value.values() for found in texts(item)]
        return [found for item in value for found in texts(item)] if isinstance(value, list) else []

    found = texts(made)
    assert len(found) > 60
    assert all(text["zh"] and text["en"] for text in found)


def test_the_numbers_are_those_of_the_result(made: dict[str, Any], tested: Backtested) -> None:
    horizons = made["quantitative_analyses"]["horizons"]
    assert [horizon["horizon_months"] for horizon in horizons] == [12, 6]
    for horizon, test in zip(horizons, tested.material.tests, strict=True):
        assert set(horizon["schemes"]) == set(SCHEMES)
        for scheme, told in horizon["schemes"].items():
            assert told["metrics"] == test["pooled"][scheme]["metrics"]
            assert told["intervals"] == test["pooled"][scheme]["intervals"]
            assert set(told["metrics"]) >= set(KINDS)
        assert horizon["gate"] == test["gate"]


def test_the_card_says_which_model_it_is_and_where_it_comes_from(made: dict[str, Any], tested: Backtested) -> None:
    details, found = made["model_details"], tested.material
    assert (details["version"], details["hash"], details["simulated"]) == (1, found.bundle.hash, True)
    assert len(details["features"]) == len(found.bundle.model.columns)
    assert made["training_data"]["exactly"]["cohort"] == found.label.cohort
    assert made["evaluation_data"]["back_tests"][0]["made_at"] == found.tests[0]["made_at"]
    assert found.influence is not None
    assert made["quantitative_analyses"]["contributions"]["sample"] == len(found.influence.values)


def test_no_household_is_in_the_card(made: dict[str, Any], tested: Backtested) -> None:
    import polars as pl

    ids = pl.read_parquet(tested.workspace.results / "*" / "*.parquet")["household_id"]
    text = json.dumps(made)
    assert not any(household in text for household in ids.head(50))
