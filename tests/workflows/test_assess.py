from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from riskmodel.errors import UsageError
from riskmodel.workflows.assess import Assessor, answer
from riskmodel.workflows.champions import Champions, Loaded
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


def test_a_household_of_which_next_to_nothing_is_known_is_told_so(office: Office, models: Loaded) -> None:
    found, told = Assessor(office.workspace).assess({"households": [STATE]}, DAY, models, "zh")
    assert told.explanation.household_id == found.household_id
    assert 0 < told.explanation.probability < 1
    assert "income_to_line" in told.missing
    assert "household_size" not in told.missing


def test_with_all_facts_a_full_list_of_the_county_says_that_there_is_nothing(office: Office, models: Loaded) -> None:
    assessor, sent = Assessor(office.workspace), {"households": [STATE]}
    _, some = assessor.assess(sent, office.as_of, models, "zh")
    _, all_of_it = assessor.assess(sent, office.as_of, models, "zh", complete=True)
    listed = office.workspace.lake.view("990301", office.as_of).records
    assert (set(all_of_it.missing) < set(some.missing)) == any(record.full_list for record in listed)


def test_the_same_facts_give_the_same_answer_after_everything_was_read_anew(office: Office, models: Loaded) -> None:
    assessor = Assessor(office.workspace)
    first = assessor.assess({"households": [STATE]}, DAY, models, "en")[1]
    assessor.forget()
    assert assessor.assess({"households": [STATE]}, DAY, models, "en")[1] == first
    told = answer(first.explanation, full=False)
    assert {"rank_county", "rank_township", "contributions"}.isdisjoint(told)


def test_a_county_of_which_nothing_was_published_is_assessed_alone(office: Office, models: Loaded) -> None:
    elsewhere = STATE | {"village_code": "990399101201"}
    _, told = Assessor(office.workspace).assess({"households": [elsewhere]}, DAY, models, "zh")
    assert all(reason["typical"] is None for reason in told.explanation.reasons)


def test_a_household_that_is_not_there_any_more_is_refused(office: Office, models: Loaded) -> None:
    with pytest.raises(UsageError, match="not active"):
        Assessor(office.workspace).assess({"households": [STATE | {"status": "dissolved"}]}, DAY, models, "zh")
