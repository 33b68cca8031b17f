from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from riskmodel.serving.api.app import ROUTES, create_app
from riskmodel.serving.api.problems import Problem
from riskmodel.serving.api.routes.batches import MEDIA_TYPE, PATH
from riskmodel.serving.api.strict_request import DEEPEST, LARGEST, RULE, parsed
from riskmodel.settings import Settings
from riskmodel.workflows.workspace import Workspace
from running_service import Running

FLAT = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text() | st.floats(-1e14, 1e14)
VALUES = st.recursive(FLAT, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def depth(value: Any) -> int:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if items is None else 1 + max(map(depth, items), default=0)


@given(VALUES)
def test_whatever_is_plain_json_is_read_as_it_is_unless_it_is_too_deep(value: Any) -> None:
    body = json.dumps(value).encode()
    if depth(value) > DEEPEST:
        with pytest.raises(Problem):
            parsed(body)
    else:
        assert parsed(body) == value


@given(st.binary())
def test_any_bytes_are_read_or_refused_as_a_problem(body: bytes) -> None:
    found: Problem | None = None
    try:
        parsed(body)
    except Problem as problem:
        found = problem
    assert found is None or found.status in (400, 422)


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "-Infinity", "1e999", "1" * 18, "1" * 5000, "1." + "1" * 50, '{"a": 1, "a": 2}', "", "{",
     "[" * 100_000],
)  # fmt: skip
def test_what_not_every_reader_reads_alike_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        parsed(text.encode())
    assert refused.value.status == 400
    assert [(one.field, one.value, one.rule) for one in refused.value.errors] == [("body", "…", RULE)]


def test_too_deep_is_told_with_the_rule() -> None:
    with pytest.raises(Problem) as refused:
        parsed(("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)).encode())
    assert (refused.value.status, refused.value.errors[0].rule) == (
        422,
        f"at most {DEEPEST} objects and lists inside each other",
    )


def test_a_body_that_cannot_be_read_is_answered_with_the_reason(service: Running) -> None:
    headers = {"Authorization": f"Bearer {service.key()}", "Content-Type": "application/json"}
    found = service.client.post("/v1/assessments", content=b'{"a": 1, "a": 2}', headers=headers)
    assert (found.status_code, found.json()["type"]) == (400, "urn:riskmodel:problem:no-json")
    assert "occurs twice" in found.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({}, "Content-Type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "Content-Type"),
        ({"Content-Type": "application/json; charset=utf-8", "Content-Encoding": "gzip"}, "Content-Encoding"),
        ({"Content-Type": 'application/json; boundary=x; charset="GBK"'}, "Content-Type"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/assessments", PATH])
def test_a_body_of_another_kind_is_415_with_the_header_and_is_not_told(
    service: Running, path: str, headers: dict[str, str], name: str
) -> None:
    kind = "application/json" if path == "/v1/assessments" else MEDIA_TYPE
    asked = {name: text.replace("application/json", kind) for name, text in headers.items()}
    body = b'{"name": "a secret"}'
    found = service.client.post(path, content=body, headers=asked | {"Authorization": f"Bearer {service.key()}"})
    (fault,) = found.json()["errors"]
    assert (found.status_code, fault["field"], fault["value"]) == (415, f"header.{name}", asked.get(name, ""))
    assert "secret" not in found.text


def test_no_body_at_all_is_a_missing_one(service: Running) -> None:
    found = service.client.post("/v1/assessments", headers={"Authorization": f"Bearer {service.key()}"})
    assert (found.status_code, found.json()["errors"][0]["field"]) == (422, "body")


def test_what_no_route_asks_for_and_what_is_said_twice_is_told_on_every_route(tmp_path: Path) -> None:
    app = create_app(Workspace(Settings(tmp_path)))
    client = TestClient(app)  # never opened: a query is looked at before anything is asked
    known = {
        (method.upper(), path): {one["name"] for one in told.get("parameters", ()) if one["in"] == "query"}
        for path, methods in app.openapi()["paths"].items()
        for method, told in methods.items()
    }
    asked = [(method, route.path) for module in ROUTES for route in module.ROUTER.routes for method in route.methods]
    assert set(known) < set(asked)
    for method, path in asked:
        for query in ("colour=red", *(f"{name}=1&{name}=2" for name in known.get((method, path), ()))):
            found = client.request(method, f"{path}?{query}")
            assert (found.status_code, found.json()["errors"][0]["field"]) == (422, f"query.{query.partition('=')[0]}")
