from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import BundleError
from riskmodel.models.columns import Column
from riskmodel.models.logistic_terms import LevelTerm, NumberTerm, Term, terms_from_json, terms_to_json

NUMBER = st.floats(-1e6, 1e6)
COLUMNS = (Column("income"), Column("cause", levels=("a", "b")), Column("members"))
MONEY = NumberTerm(0, "signed_log", -5000, 20_000, 100, 1, 0.5, 0.25, -3)
CAUSE = LevelTerm(1, (0.5, -0.5), 2)


def read_back(*terms: Term) -> list[dict[str, Any]]:
    """The terms as they come out of a file."""
    found: list[dict[str, Any]] = json.loads(json.dumps(terms_to_json(terms)))
    return found


@st.composite
def number_terms(draw: st.DrawFn) -> NumberTerm:
    scale = draw(st.sampled_from(["linear", "signed_log", "log"]))
    bounds = st.floats(0.01, 1e6) if scale == "log" else NUMBER
    low, high = sorted((draw(bounds), draw(bounds)))
    return NumberTerm(0, scale, low, high, *(draw(NUMBER) for _ in range(5)))  # type: ignore[arg-type]  # a list of texts


@given(number_terms(), st.lists(NUMBER, min_size=2))
def test_a_number_only_raises_or_only_lowers_the_margin(term: NumberTerm, values: list[float]) -> None:
    steps = np.diff(term.effect(np.sort(values)))
    assert (steps * np.sign(term.slope) >= 0).all()


@given(number_terms(), NUMBER)
def test_beyond_the_range_nothing_changes(term: NumberTerm, value: float) -> None:
    outside = np.array([min(value, term.low), max(value, term.high)])
    assert term.effect(outside).tolist() == term.effect(np.array([term.low, term.high])).tolist()


@given(number_terms())
def test_a_missing_number_counts_as_the_filling_and_adds_its_own_offset(term: NumberTerm) -> None:
    missing, filled = term.effect(np.array([np.nan, term.fill]))
    assert missing - filled == pytest.approx(term.missing - term.present, rel=1e-6, abs=1e-3)


def test_debts_and_incomes_of_one_size_are_opposite_on_the_signed_log() -> None:
    scaled = MONEY.scaled(np.array([-1000.0, 0.0, 1000.0]))
    assert scaled.tolist() == [-np.log1p(1000), 0, np.log1p(1000)]


def test_a_level_adds_its_number_and_a_missing_level_its_own() -> None:
    assert CAUSE.effect(np.array([1.0, 0.0, np.nan])).tolist() == [-0.5, 0.5, 2]


@given(number_terms(), st.tuples(NUMBER, NUMBER), NUMBER)
def test_terms_are_read_back(number: NumberTerm, levels: tuple[float, float], missing: float) -> None:
    terms: tuple[Term, ...] = (LevelTerm(1, levels, missing), number)
    assert terms_from_json(read_back(*terms), COLUMNS, "terms") == terms


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"column": 3}, "about column 3 of 3"),
        ({"column": 1}, "keys"),
        ({"low": 1e9}, "low is above high"),
        ({"scale": "cubic"}, "'cubic' is unknown"),
        ({"scale": "log"}, "does not fit its range"),
        ({"slope": None}, "terms 0, slope"),
    ],
)
def test_a_term_that_does_not_fit_its_column_is_refused(change: dict[str, object], message: str) -> None:
    (term,) = read_back(MONEY)
    with pytest.raises(BundleError, match=message):
        terms_from_json([term | change], COLUMNS, "terms")


def test_a_second_term_or_another_number_of_levels_is_refused() -> None:
    with pytest.raises(BundleError, match="two terms"):
        terms_from_json(read_back(MONEY, MONEY), COLUMNS, "terms")
    with pytest.raises(BundleError, match="3 numbers for 2 levels"):
        terms_from_json(read_back(LevelTerm(1, (0.0, 0.0, 0.0), 0.0)), COLUMNS, "terms")
