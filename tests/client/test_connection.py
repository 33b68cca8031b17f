from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from riskmodel.client.batch import Line
from riskmodel.client.connection import Connection
from riskmodel.client.results import Model, Ready
from riskmodel.client.retrying import Patience
from riskmodel.client.service_error import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable


def answered(answer: Callable[[httpx2.Request], httpx2.Response], patience: Patience | None = None) -> Connection:
    """A connection whose requests are answered so."""
    carried = httpx2.MockTransport(answer)
    waits = patience or Patience(tries=1)
    return Connection("https://here/below", " rmk_x_y\n", timeout=1, patience=waits, tls=None, transport=carried)


def test_key_question_and_headers_go_with_the_request_below_the_address() -> None:
    asked: list[httpx2.Request] = []

    def noted(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(404, json={})

    with pytest.raises(ServiceError):
        answered(noted).ask(Model, "POST", "v1/x", {"as_of": None, "area": "99"}, {"a": 1}, headers={"More": " b "})
    (request,) = asked
    assert str(request.url) == "https://here/below/v1/x?area=99"
    assert (request.headers["authorization"], request.headers["more"], request.content) == (
        "Bearer rmk_x_y",
        "b",
        b'{"a": 1}',
    )


def test_nobody_at_the_address_is_the_one_error_for_an_answer_and_for_lines() -> None:
    def broken(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody")

    for ask in (
        lambda: answered(broken).ask(Model, "GET", "v1/model"),
        lambda: list(answered(broken).ask_lines(Line, "v1/lines", {}, b"")),
    ):
        with pytest.raises(ServiceError) as raised:
            ask()
        assert (raised.value.status, raised.value.name) == (0, "no-answer")


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (httpx2.Response(200, text="<html>"), "no JSON"),
        (httpx2.Response(200, json={"label": "x"}), "version is missing"),
        (httpx2.Response(200, json=[1]), "no object"),
        (httpx2.Response(302, headers={"Location": "https://elsewhere"}), "points away"),
        (httpx2.Response(502, text="<html>Bad gateway"), "no problem"),
    ],
)
def test_an_answer_that_is_not_of_the_service_is_an_error(response: httpx2.Response, why: str) -> None:
    with pytest.raises(ServiceError, match=why) as raised:
        answered(lambda _: response).ask(Model, "GET", "v1/model")
    assert (raised.value.status, raised.value.name) == (response.status_code, "unexpected")
    assert "html" not in raised.value.detail.partition("(")[0]


def test_a_status_that_is_fine_is_read_and_not_asked_again() -> None:
    waited: list[float] = []
    busy = httpx2.Response(503, headers={"Retry-After": "1"}, json={"ready": False})
    with pytest.raises(ServiceError, match="stopping is missing"):
        answered(lambda _: busy, Patience(sleep=waited.append)).ask(Ready, "GET", "readyz", fine=(503,))
    assert waited == []


def test_lines_come_one_by_one_and_the_response_is_closed() -> None:
    response = httpx2.Response(200, text='{"index": 0, "status": 404}\n{"index": 1, "status": 422}\n')
    lines = answered(lambda _: response).ask_lines(Line, "v1/lines", {}, b"")
    assert [line.status for line in lines] == [404, 422]
    assert response.is_closed
