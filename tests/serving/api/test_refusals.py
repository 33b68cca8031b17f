from __future__ import annotations

import json

import pytest

from riskmodel.errors import BusyError, DatabaseAway, DataError, UsageError
from riskmodel.serving.api.problems import answer, not_found
from riskmodel.serving.api.refusals import refusal
from riskmodel.workflows.sent_case import Wrong, WrongFacts
from riskmodel.workflows.whatif_questions import NotSupposed


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UsageError("say it so"), 422, True),
        (BusyError("say it so"), 503, False),
        (DatabaseAway("say it so"), 503, False),
        (not_found("say it so"), 404, True),
        (DataError("say it so"), 500, False),
        (KeyError("say it so"), 500, False),
    ],
)
def test_what_was_written_for_people_is_told_and_nothing_else(error: Exception, status: int, said: bool) -> None:
    problem = refusal(error, "id")
    assert problem.status == status
    assert ("say it so" in problem.detail) == said
    assert ("Retry-After" in problem.headers) == (status == 503)


def test_wrong_facts_are_told_with_field_value_and_rule() -> None:
    (fault,) = refusal(WrongFacts([Wrong("incomes", 3, "amount", "-1", "too low")]), "id").errors
    assert (fault.field, fault.value, fault.rule) == ("body.tables.incomes.3.amount", "-1", "too low")


def test_what_is_not_accepted_always_names_something() -> None:
    (told,) = refusal(UsageError("say it so"), "id").errors
    assert (told.field, told.rule) == ("request", "say it so")
    (told,) = refusal(NotSupposed("no such one", "scenarios", 2, "wealth"), "id").errors
    assert (told.field, told.value, told.rule) == ("body.scenarios.2", "wealth", "no such one")


def test_half_a_character_in_a_refused_value_is_no_fault_of_the_service() -> None:
    told = answer(not_found("\ud800"), "id").body
    assert json.loads(bytes(told))["detail"] == "\ud800"
