from __future__ import annotations

from typing import Any

import httpx2
import pytest

from riskmodel.client.service_error import FieldError, ServiceError, error_of, no_answer, retry_after, unexpected
from riskmodel.serving.api.problems import Problem, answer, busy, fault, invalid, too_many


def sent(problem: Problem, request_id: str = "request-1") -> httpx2.Response:
    """A problem as the service sends it."""
    found = answer(problem, request_id)
    return httpx2.Response(found.status_code, headers=dict(found.headers), content=bytes(found.body))


def test_a_problem_of_the_service_comes_back_whole() -> None:
    found = error_of(sent(invalid([fault(["body", "tables", "incomes", 0], -5, "greater than 0")], "Wrong facts.")))
    assert (found.status, found.name, found.title, found.detail) == (422, "invalid", "Invalid", "Wrong facts.")
    assert found.request_id == "request-1"
    assert found.errors == (FieldError("body.tables.incomes.0", "-5", "greater than 0"),)
    assert found.retry_after is None


def test_its_text_names_fields_and_rules_and_no_value() -> None:
    found = error_of(sent(invalid([fault(["name"], "张三", "no name")])))
    assert str(found).startswith("422 Invalid: What was sent")
    assert "name: no name" in str(found)
    assert "(request request-1)" in str(found)
    assert "张三" not in f"{found} {found!r}"


@pytest.mark.parametrize(("problem", "seconds"), [(busy(5), 5), (too_many(17), 17)])
def test_it_says_when_to_ask_again(problem: Problem, seconds: int) -> None:
    assert error_of(sent(problem)).retry_after == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"])
def test_what_is_no_number_of_seconds_is_no_time_to_wait(text: str) -> None:
    assert retry_after(httpx2.Response(503, headers=httpx2.Headers([(b"retry-after", text.encode())]))) is None


@pytest.mark.parametrize(
    "response",
    [
        httpx2.Response(500, text="<html>secret</html>"),
        httpx2.Response(500, json={"type": "x"}),
        httpx2.Response(500, content=b"{", headers={"Content-Type": "application/problem+json"}),
        httpx2.Response(500, content=b"[]", headers={"Content-Type": "application/problem+json"}),
    ],
)
def test_an_error_that_is_no_problem_is_unexpected(response: httpx2.Response) -> None:
    found = error_of(response)
    assert (found.status, found.name) == (500, "unexpected")
    assert "secret" not in str(found)


@pytest.mark.parametrize("errors", [None, [], ["x"], [{"field": "a"}]])
def test_a_problem_with_odd_errors_is_still_a_problem(errors: Any) -> None:
    body = {"type": "urn:riskmodel:problem:invalid", "errors": errors}
    found = error_of(httpx2.Response(422, json=body, headers={"Content-Type": "application/problem+json"}))
    assert found.name == "invalid"
    assert found.errors == ((FieldError("a", "", ""),) if errors == [{"field": "a"}] else ())


def test_no_answer_and_an_unexpected_one_have_names_of_their_own() -> None:
    assert no_answer(httpx2.ConnectTimeout("slow")).name == "no-answer"
    assert str(no_answer(httpx2.ConnectTimeout("slow"))) == "no-answer Nobody answered: ConnectTimeout: slow"
    assert unexpected(httpx2.Response(204), "empty").name == "unexpected"
    assert isinstance(no_answer(OSError()), ServiceError)
