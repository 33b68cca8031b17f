from __future__ import annotations

import math

import numpy as np
import pytest

from riskmodel.features import REGISTRY, Feature, declared
from riskmodel.scoring.evidence import POSSIBLE, evidence, protects, tells

FEATURES = declared()
PLACE = {f.name: i for i, f in enumerate(FEATURES)}


def is_told(name: str, value: float, **others: float) -> bool:
    """Whether a value may be told as a reason in a household of which nothing else is known."""
    x = np.full((1, len(FEATURES)), math.nan)
    for feature, given in {name: value, **others}.items():
        x[0, PLACE[feature]] = given
    return bool(evidence(x, FEATURES)[0, PLACE[name]])


@pytest.mark.parametrize(
    ("name", "sign", "no_sign"),
    [
        ("bills_to_line_12m", 0.3, 0.0),
        ("wage_to_line", 0.0, 1.4),
        ("wage_change_1y", 0.6, 1.2),
        ("business_change_1y", -0.2, 1.0),
        ("house_grade", 3, 2),
        ("head_insured", 0, 1),
        ("head_employed", 0, 1),
        ("work_months_share_12m", 0.5, 1.0),
        ("post_months_left", 6, 7),
        ("months_since_stay", 0, math.nan),
        ("on_dibao", 1, 0),
        ("income_to_line", 0.9, math.nan),
    ],
)
def test_a_value_is_a_reason_where_it_is_a_sign_of_its_cause(name: str, sign: float, no_sign: float) -> None:
    assert is_told(name, sign)
    assert not is_told(name, no_sign)


@pytest.mark.parametrize("value", [0.0, 0.3, 5.0])
@pytest.mark.parametrize("name", ["business_to_line", "business_share", "small_loans_to_line", "household_size"])
def test_little_business_income_is_no_failed_business_nor_a_small_family_a_lack_of_labour(
    name: str, value: float
) -> None:
    assert not is_told(name, value)


@pytest.mark.parametrize("f", FEATURES, ids=lambda f: f.name)
def test_a_missing_value_is_neither_a_reason_nor_a_protection(f: Feature) -> None:
    assert not is_told(f.name, math.nan)
    assert not protects(None, f)


def test_work_is_no_cause_where_nobody_can_work() -> None:
    assert is_told("wage_to_line", 0.0, able_members=1)
    assert not is_told("wage_to_line", 0.0, able_members=0)


def test_labour_is_not_lacking_where_most_can_work() -> None:
    assert is_told("children", 2, care_load=1.0)
    assert not is_told("children", 2, care_load=0.67)


def test_water_that_is_known_to_be_safe_is_no_cause_whatever_the_supply() -> None:
    assert is_told("water_supply", 3)
    assert is_told("water_supply", 3, water_unsafe=0, water_problem=1)
    assert not is_told("water_supply", 3, water_unsafe=0)


def test_an_empty_unsafe_house_is_no_cause() -> None:
    assert is_told("house_grade", 4, lives_in_unsafe_house=1)
    assert not is_told("house_grade", 4, lives_in_unsafe_house=0)


def test_what_makes_a_cause_possible_is_declared_and_has_another_meaning_when_zero() -> None:
    assert {name for signs in POSSIBLE.values() for name in signs} <= set(REGISTRY)


def test_one_household_is_judged_as_many_are() -> None:
    drawn = np.random.default_rng(1).choice([math.nan, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0], size=(200, len(FEATURES)))
    together = evidence(drawn, FEATURES)
    for row, expected in zip(drawn.tolist(), together.tolist(), strict=True):
        values = {f.name: None if math.isnan(x) else x for f, x in zip(FEATURES, row, strict=True)}
        assert [tells(f, values) for f in FEATURES] == expected


def test_what_protects_is_known_and_no_sign_of_harm() -> None:
    for name, value in (("wage_to_line", 1.4), ("house_grade", 1), ("disasters_12m", 0), ("on_dibao", 1)):
        assert protects(value, REGISTRY[name]), name
    for name, value in (("wage_to_line", 0.2), ("house_grade", 4), ("disasters_12m", 1), ("on_dibao", 0)):
        assert not protects(value, REGISTRY[name]), name


def test_neither_debts_nor_shocks_nearby_nor_ignorance_protect() -> None:
    assert protects(0, REGISTRY["loans_to_income"])
    assert not protects(8.79, REGISTRY["loans_to_income"])
    assert not protects(0.66, REGISTRY["village_shock_share_12m"])
    assert not protects(729, REGISTRY["days_since_visit"])
    assert not protects(11, REGISTRY["months_without_income_12m"])
