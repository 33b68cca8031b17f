from __future__ import annotations

from datetime import date

import pytest

from riskmodel.errors import NothingInForce
from riskmodel.policy import Policy
from riskmodel.scoring.measure_questions import number_in_force, questions
from riskmodel.tables import View
from scenario import COUNTY, policy_of

AS_OF = date(2025, 3, 5)


def test_the_questions_of_a_county_and_day_are_made_once() -> None:
    policy, listed = policy_of(8000), frozenset({("shocks", frozenset({date(2025, 2, 1)}))})
    asked = questions(policy, COUNTY, AS_OF, frozenset())
    assert questions(policy, COUNTY, AS_OF, frozenset()) is asked
    assert questions(policy, COUNTY, AS_OF, listed) is not asked


def test_each_fact_comes_from_one_table() -> None:
    names = [
        name
        for part in questions(policy_of(8000), COUNTY, AS_OF, frozenset()).parts
        for name in part.plan.like.collect_schema()
    ]
    assert len(set(names)) == len(names) > 40


def test_a_number_that_is_not_in_force_is_none_and_not_zero() -> None:
    view = View.of({}, AS_OF, COUNTY)
    assert number_in_force(policy_of(8000), view, "loan_cap") is None
    assert number_in_force(policy_of(8000, **{"age.loan_min": 18}), view, "age.loan_min") == 18


def test_without_the_ages_of_work_no_question_can_be_asked() -> None:
    with pytest.raises(NothingInForce, match=r"age\.working"):
        questions(Policy([]), COUNTY, AS_OF, frozenset())
