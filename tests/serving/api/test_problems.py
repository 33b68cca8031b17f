from __future__ import annotations

import json
from datetime import date

import pytest

from riskmodel.serving.api.problems import (
    MEDIA_TYPE,
    Fault,
    answer,
    fault,
    faults,
    invalid,
    too_large,
    too_many,
    unauthorised,
    unknown_household,
)


def test_a_problem_is_answered_as_rfc_9457_has_it() -> None:
    found = answer(invalid([fault(("body", "tables", 0), 7, "a text")]), "request-1")
    told = json.loads(bytes(found.body))
    assert (found.status_code, found.media_type) == (422, MEDIA_TYPE)
    assert told["type"] == "urn:riskmodel:problem:invalid"
    assert told["instance"] == "request-1"
    assert told["errors"] == [{"field": "body.tables.0", "value": "7", "rule": "a text"}]


def test_a_refused_value_is_shortened() -> None:
    assert len(fault(["x"], "a" * 500, "short").value) < 100


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "null"), (True, "true"), (7, "7"), (1.5, "1.5"), ("a", "a"), (date(2024, 1, 2), "2024-01-02"),
     ({"name": "某"}, "…"), (["某"], "…"), (b"some body", "…")],
)  # fmt: skip
def test_a_refused_value_is_told_as_json_has_it_and_nothing_that_has_parts(value: object, told: str) -> None:
    assert fault(["x"], value, "a rule").value == told


def test_a_missing_field_has_no_value_and_says_where() -> None:
    missing = {"type": "missing", "loc": ("tables",), "msg": "Field required", "input": {"secret": 1}}
    assert faults([missing], ["body"]) == [Fault(field="body.tables", value="", rule="Field required")]


def test_headers_say_when_to_come_back_and_what_to_send() -> None:
    assert answer(too_many(7), "r").headers["retry-after"] == "7"
    assert answer(unauthorised(), "r").headers["www-authenticate"] == "Bearer"


def test_a_body_that_is_too_large_is_told_with_the_limit() -> None:
    assert too_large(1_000).errors == [Fault(field="body", value="…", rule="at most 1,000 bytes")]


def test_a_household_elsewhere_and_one_that_does_not_exist_are_the_same_problem() -> None:
    assert vars(unknown_household()) == vars(unknown_household())
    assert "not allowed" not in unknown_household().detail
