from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.serving.api.routes import batches as module
from riskmodel.serving.api.routes.batches import MEDIA_TYPE, PATH
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from running_service import Running

ON_EVERY_DATABASE = True

STATE = {"valid_from": "2019-01-01", "village_code": "990301101201", "category": "ordinary", "size": 2}
HEAD = {"person_id": "父", "valid_from": "2019-01-01", "relation": "head", "sex": "male", "birth_month": "1961-03"}
BILL = {"settlement_id": "a", "person_id": "父", "visit_type": "inpatient", "service_end": "2024-04-20"}
BILL |= {"total_cost": "40000", "basic_paid": "21600", "self_pay": "18400"}


def facts(**tables: Any) -> dict[str, Any]:
    state = tables.pop("state", {})
    whole = {"households": [STATE | {"status": "active"} | state], "members": [HEAD], **tables}
    return {"as_of": "2024-06-05", "tables": whole}


def sent(service: Running, lines: list[Any], key: str = "", **query: str) -> Any:
    body = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    headers = {"Authorization": f"Bearer {key or service.key()}", "Content-Type": MEDIA_TYPE}
    return service.client.post(PATH, content=body.encode(), headers=headers, params=query)


def answers(found: Any) -> list[dict[str, Any]]:
    assert (found.status_code, found.headers["content-type"]) == (200, MEDIA_TYPE)
    return [json.loads(line) for line in found.text.splitlines()]


def test_every_line_is_answered_in_order_as_the_household_alone_would_be(
    service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PORTION", 3)
    lines: list[Any] = [
        facts(),
        facts(medical_settlements=[BILL]),
        facts(medical_settlements=[BILL | {"self_pay": "5"}]),
        facts(medical_settlements=[BILL | {"visit_type": "hotel"}]),
        facts(state={"village_code": "990302101201"}),
        facts(state={"status": "dissolved"}),
        facts() | {"as_of": "9999-12-31"},
        '{"tables": {"households": [], "households": []}}',
        "[]",
        facts(medical_settlements=[BILL, BILL | {"disease_group": "cancer"}]),
        facts(),
    ]
    key = service.key(area="990301")
    found = answers(sent(service, lines, key, explain="full", language="en"))
    assert [one["index"] for one in found] == list(range(len(lines)))
    assert [one["status"] for one in found] == [200, 200, 422, 422, 404, 422, 422, 400, 422, 422, 200]
    for line, one in zip(lines, found, strict=True):
        content = line if isinstance(line, str) else json.dumps(line)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        query = {"explain": "full", "language": "en"}
        alone = service.client.post("/v1/assessments", content=content, headers=headers, params=query)
        told, mine = alone.json(), one.get("assessment") or one["problem"]
        assert alone.status_code == one["status"]
        for name in ("request_id", "instance"):
            assert bool(told.pop(name, None)) == bool(mine.pop(name, None))
        assert mine == told


def test_that_they_were_assessed_is_in_the_log_and_the_facts_are_not(service: Running) -> None:
    answers(sent(service, [facts(medical_settlements=[BILL])] * 2))
    *_, last = (entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry)
    assert (last.action, len(last.ids)) == ("assess", 2)
    assert "18400" not in (service.workspace.home / LOG).read_text("utf-8")


def test_a_key_without_the_role_and_no_key_are_refused_before_the_body_is_read(service: Running) -> None:
    assert sent(service, [facts()], service.key(Role.OFFICER)).status_code == 403
    assert service.client.post(PATH, content=b"{}").status_code == 401


def test_more_than_is_taken_at_once_is_refused(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_HOUSEHOLDS", 2)
    monkeypatch.setattr(module, "MOST_BYTES_OF_ONE", 900)
    many = sent(service, [facts()] * 3)
    assert (many.status_code, many.json()["errors"][0]["field"]) == (413, "body")
    assert many.json()["errors"][0]["rule"].startswith("at most 2 households")
    large = facts(medical_settlements=[BILL] * 5)
    assert [one["status"] for one in answers(sent(service, [large, facts()]))] == [413, 200]
    assert sent(service, []).status_code == 422
    assert sent(service, ["", "  "]).status_code == 422


def test_a_batch_may_be_larger_than_a_household_alone_and_has_its_own_limit(service: Running) -> None:
    body = b" " * 1_500_000 + json.dumps(facts()).encode()
    headers = {"Authorization": f"Bearer {service.key()}", "Content-Type": MEDIA_TYPE}
    assert service.client.post("/v1/assessments", content=body, headers=headers).status_code == 413
    assert service.client.post(PATH, content=b"\n" + body, headers=headers).status_code == 200
    claimed = headers | {"Content-Length": str(module.MOST_BYTES + 1)}
    assert service.client.post(PATH, content=b"x", headers=claimed).status_code == 413


def test_who_goes_away_is_worked_for_no_longer(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PORTION", 1)
    body = b"\n".join([json.dumps(facts()).encode()] * 20)
    headers = [(b"authorization", f"Bearer {service.key()}".encode()), (b"content-type", MEDIA_TYPE.encode())]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": headers}
    scope |= {"asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http"}
    answered: list[dict[str, Any]] = []
    sent_once, gone = iter([True]), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if next(sent_once, False):
            return {"type": "http.request", "body": body, "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)
        if message.get("body"):
            gone.set()

    asyncio.run(service.client.app(scope, receive, send))  # type: ignore[arg-type]
    assert 1 <= sum(bool(message.get("body")) for message in answered) < 10


def test_batches_have_their_own_room_and_leave_it(service: Running) -> None:
    for _ in range(4):
        assert answers(sent(service, [facts()]))


def test_the_route_is_described_with_what_is_sent_and_what_comes_back(service: Running) -> None:
    told = service.client.get("/openapi.json").json()
    route = told["paths"][PATH]["post"]
    assert set(route["responses"]) >= {"200", "401", "403", "408", "413", "422", "429", "503"}
    assert MEDIA_TYPE in route["requestBody"]["content"]
    assert MEDIA_TYPE in route["responses"]["200"]["content"]
    assert "Facts" in told["components"]["schemas"]
