from __future__ import annotations

from typing import Any

import pytest

from promises import described
from riskmodel.serving.api.problems import MEDIA_TYPE
from riskmodel.serving.api.routes.batches import MEDIA_TYPE as LINES
from riskmodel.serving.api.routes.batches import PATH

READY = ("/readyz", "503")
"""Answered with what is missing, as its 200 is."""


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return described()


def answers(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, status, answer)
        for path, methods in schema["paths"].items()
        for told in methods.values()
        for status, answer in told["responses"].items()
    ]


def test_whatever_goes_wrong_is_described_as_a_problem_and_as_nothing_else(schema: dict[str, Any]) -> None:
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    wrong = [(path, status, answer["content"]) for path, status, answer in answers(schema) if status >= "400"]
    assert len(wrong) > 100
    assert [(path, status) for path, status, content in wrong if content != problem] == [READY]


def test_every_route_tells_that_it_may_fail_and_that_other_methods_are_refused(schema: dict[str, Any]) -> None:
    found = {(path, status) for path, status, _ in answers(schema)}
    assert {(path, status) for path in schema["paths"] for status in ("405", "500")} <= found


@pytest.mark.parametrize("name", ["Told", "Group", "Measure", "Assessment", "FreshAssessment", "Names", "Facts"])
def test_every_field_says_what_it_means(schema: dict[str, Any], name: str) -> None:
    fields = schema["components"]["schemas"][name]["properties"]
    assert [field for field, told in fields.items() if not told.get("description")] == []


def test_a_batch_is_answered_in_lines_alone(schema: dict[str, Any]) -> None:
    content = schema["paths"][PATH]["post"]["responses"]["200"]["content"]
    assert content == {LINES: {"schema": {"$ref": "#/components/schemas/Line"}}}
