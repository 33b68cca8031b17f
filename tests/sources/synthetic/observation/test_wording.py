from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from riskmodel.sources.synthetic.observation.coded import facts
from riskmodel.sources.synthetic.observation.forms import FORMS
from riskmodel.sources.synthetic.observation.identities import Identities
from riskmodel.sources.synthetic.observation.wording import HEALTH, amounts, worded
from riskmodel.sources.synthetic.vocabulary import RELATION
from sources.synthetic.simulated_county import fresh


@pytest.fixture(scope="module")
def identities() -> Identities:
    found = Identities(1, fresh().villages)
    found.grow(fresh())
    found.name_heads(np.zeros(200, dtype=np.int64))
    return found


def test_amounts_are_written_as_an_office_does() -> None:
    fen = pl.Series([123_400, 123_456, -50, 5, None, 123_456_700])
    assert amounts(fen).to_list() == ["1234", "1234.56", "-0.50", "0.05", None, "1234567"]
    assert amounts(fen, thousands=True).to_list()[-1] == "1,234,567"
    assert amounts(pl.Series([5_000_000, 123_400]), ten_thousands=True).to_list() == ["5.0", "0.1234"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_files_of_no_row_and_of_one_row_are_written_too(identities: Identities, count: int) -> None:
    who = np.arange(count)
    rows = facts("incomes", who, household_id=who, month=24240, component=0, amount=who * 100)
    text = worded(rows, FORMS["incomes"], identities)
    assert text.height == count
    assert text.columns == ["household_id", "head_name", "month", "component", "amount"]


def test_months_terms_and_days_take_the_form_of_the_department(identities: Identities) -> None:
    rows = facts("incomes", np.zeros(2), household_id=0, month=np.array([24240, 24251]), component=0, amount=1)
    patterns = {"%Y%m": "202001", "%Y年%-m月": "2020年1月", "%Y-%m": "2020-01"}
    for pattern, expected in patterns.items():
        assert worded(rows, replace(FORMS["incomes"], month=pattern), identities)["month"][0] == expected
    terms = facts("enrolments", np.zeros(2), person_id=0, term=np.array([24242, 24248]))
    assert worded(terms, FORMS["enrolments"], identities)["term"].to_list() == ["2020年春季学期", "2020年秋季学期"]


def test_a_question_for_problems_is_answered_the_other_way_round(identities: Identities) -> None:
    rows = facts("guarantee_checks", np.zeros(2), household_id=0, house_ok=np.array([True, False]))
    assert worded(rows, FORMS["guarantee_checks"], identities)["house_ok"].to_list() == ["否", "是"]


def test_states_of_health_stand_in_one_cell_and_a_number_may_be_missing(identities: Identities) -> None:
    rows = facts(
        "members", np.zeros(3), person_id=np.arange(3), household_id=0, relation=RELATION["child"],
        chronic_illness=np.array([True, False, True]), major_illness=np.array([True, False, False]),
        disability_type=np.array([-1, -1, 2]),
    ).with_columns(numbered=pl.Series([True, False, True]))  # fmt: skip
    text = worded(rows, FORMS["members"], identities)
    assert text[HEALTH].to_list() == ["长期慢性病,患有大病", "健康", "长期慢性病,残疾"]
    assert text["person_id"].is_null().to_list() == [False, True, False]
    assert text["person_name"].null_count() == 0
    assert text["relation"].unique().to_list() == ["子女"]
