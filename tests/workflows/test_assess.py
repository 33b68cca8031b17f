from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from riskmodel.errors import UsageError
from riskmodel.workflows.assess import Assessed, Assessor, answer, fresh
from riskmodel.workflows.assess_together import assess_together
from riskmodel.workflows.champions import Champions, Loaded
from riskmodel.workflows.sent_case import Case
from trained_county import Office

STATE: dict[str, Any] = {"valid_from": date(2019, 1, 1), "village_code": "990301101201", "category": "ordinary"}
STATE |= {"size": 2, "status": "active"}
DAY = date(2024, 6, 5)


@pytest.fixture(scope="module")
def models(office: Office) -> Loaded:
    found = Champions(office.workspace)
    found.refresh()
    assert found.current is not None
    return found.current


def assessed(assessor: Assessor, models: Loaded, day: date = DAY, complete: bool = False, **state: Any) -> Assessed:
    (told,) = assess_together(assessor, [Case({"households": [STATE | state]}, day, complete)], models, "zh")
    if isinstance(told, Exception):
        raise told
    return told


def test_a_household_of_which_next_to_nothing_is_known_is_told_so(office: Office, models: Loaded) -> None:
    told = assessed(Assessor(office.workspace), models)
    assert 0 < told.explanation.probability < 1
    assert "income_to_line" in told.missing
    assert "household_size" not in told.missing


def test_with_all_facts_a_full_list_of_the_county_says_that_there_is_nothing(office: Office, models: Loaded) -> None:
    assessor = Assessor(office.workspace)
    some = assessed(assessor, models, office.as_of)
    all_of_it = assessed(assessor, models, office.as_of, complete=True)
    listed = office.workspace.lake.view("990301", office.as_of).records
    assert (set(all_of_it.missing) < set(some.missing)) == any(record.full_list for record in listed)


def test_the_same_facts_give_the_same_answer_after_everything_was_read_anew(office: Office, models: Loaded) -> None:
    assessor = Assessor(office.workspace)
    first = assessed(assessor, models)
    assessor.forget()
    assert assessed(assessor, models) == first
    told = answer(first.explanation, full=False)
    assert {"rank_county", "rank_township", "contributions"}.isdisjoint(told)


def test_a_county_of_which_nothing_was_published_is_assessed_alone(office: Office, models: Loaded) -> None:
    told = assessed(Assessor(office.workspace), models, village_code="990399101201")
    assert all(reason["typical"] is None for reason in told.explanation.reasons)


def test_a_household_that_is_not_there_any_more_is_refused(office: Office, models: Loaded) -> None:
    with pytest.raises(UsageError, match="not active"):
        assessed(Assessor(office.workspace), models, status="dissolved")


def test_what_is_answered_names_the_model(office: Office, models: Loaded) -> None:
    told, missing = fresh(assessed(Assessor(office.workspace), models), models, full=False)
    assert (told["model_version"], told["feature_set"]) == (1, models.bundle.facts.feature_set)
    assert "income_to_line" in missing
