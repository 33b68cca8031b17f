from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient

from riskmodel.serving.pages.form import MOST_PART, Filled
from riskmodel.serving.pages.page_route import PageRoute

BOUNDARY = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    """An application that tells what a form had."""
    app, router = FastAPI(), APIRouter(route_class=PageRoute)

    @router.post("/")
    def page(form: Filled) -> JSONResponse:
        return JSONResponse(
            [
                form.text("name"),
                form.texts("cause"),
                [[name, sent.file.read().decode()] for name, sent in form.files.items()],
            ]
        )

    app.include_router(router)
    return TestClient(app)


def test_fields_are_texts_and_files_are_apart(client: TestClient) -> None:
    data: dict[str, Any] = {"name": "  <b>李</b> ", "cause": ["ILL", "", "JOB"]}
    answer = client.post("/", data=data, files={"book": ("a.xlsx", b"PK")})
    assert answer.json() == ["<b>李</b>", ["ILL", "JOB"], [["book", "PK"]]]
    assert client.post("/", data={}).json() == ["", [], []]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/", data={"name": "x"}, headers=headers).status_code == status


def test_a_field_beyond_all_measure_is_refused(client: TestClient) -> None:
    text = f'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n{"x" * (MOST_PART + 1)}\r\n--b--\r\n'
    assert client.post("/", content=text, headers=BOUNDARY).status_code == 400


def test_a_form_that_is_none_is_refused(client: TestClient) -> None:
    assert client.post("/", content=b"\xff\xfe", headers=BOUNDARY).status_code == 400
