from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from sqlalchemy import func, select

from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.schema import VISITS
from riskmodel.serving.clock import now
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from pathlib import Path

    from running_service import Running
    from trained_county import Office

VISIT = {"visitor_id": "K017", "reason": "alert", "finding": "risk", "cause_1": "ILL", "visited_on": "2024-06-01"}


@pytest.fixture
def visit(office: Office) -> dict[str, Any]:
    return VISIT | {"household_id": office.riskiest}


def sent(service: Running, rows: Any, idempotency_key: str = "", key: str = "") -> Any:
    headers = {"Authorization": f"Bearer {key or service.key()}"}
    headers |= {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    return service.client.post("/v1/visits", json={"visits": rows}, headers=headers)


def stored(service: Running) -> int:
    with service.service.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(VISITS)).scalar_one()


def test_findings_are_kept_once_and_the_answer_is_given_again(service: Running, visit: dict[str, Any]) -> None:
    before, key = stored(service), service.key()
    first = sent(service, [visit], "request-1", key)
    assert (first.status_code, first.json()["visits"]) == (201, 1)
    assert first.json()["known_at"] == now().date().isoformat()
    again = sent(service, [dict(reversed(visit.items()))], "request-1", key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert stored(service) == before + 1
    other = sent(service, [visit | {"finding": "not_home", "cause_1": None}], "request-1", key)
    assert (other.status_code, other.json()["type"]) == (409, "urn:riskmodel:problem:key-used-before")
    assert other.json()["errors"][0]["field"] == "header.Idempotency-Key"
    assert "page" not in other.text
    assert sent(service, [visit], "request-1").status_code == 201, "another asker has keys of its own"


def test_that_they_were_sent_is_in_the_audit_log_and_what_was_found_is_not(
    service: Running, visit: dict[str, Any]
) -> None:
    sent(service, [visit | {"visitor_id": "K0815"}], "request-2")
    *_, last = (entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry)
    assert (last.action, last.ids) == ("visit", (visit["household_id"],))
    assert "K0815" not in (service.workspace.home / LOG).read_text("utf-8")


def test_what_cannot_be_written_into_the_audit_log_is_not_kept(
    service: Running, visit: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    before, key = stored(service), service.key()
    with monkeypatch.context() as patch:
        patch.setattr(AuditLog, "append_all", broken)
        assert sent(service, [visit], "request-3", key).status_code == 500
    assert stored(service) == before
    assert sent(service, [visit], "request-3", key).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"finding": "no_risk"}, "body.visits.0.cause_1"),
        ({"visited_on": (now() + timedelta(days=2)).date().isoformat()}, "body.visits.0.visited_on"),
        ({"reason": "curiosity"}, "body.visits.0.reason"),
        ({"known_at": "2024-01-01"}, "body.visits.0.known_at"),
        ({"visitor_id": None}, "body.visits.0.visitor_id"),
        ({"visitor_id": "<script>张三 13800000000"}, "body.visits.0.visitor_id"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    service: Running, visit: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    before = stored(service)
    found = sent(service, [visit | change, visit | {"visitor_id": "K018"}], "request-4")
    assert found.status_code == 422
    assert found.json()["errors"][0]["field"].startswith(field)
    assert stored(service) == before


def test_a_household_elsewhere_is_not_there_and_nothing_of_the_request_is_kept(
    service: Running, visit: dict[str, Any]
) -> None:
    before, elsewhere = stored(service), service.key(area="990302")
    refused = sent(service, [visit], "request-5", elsewhere)
    nobody = sent(service, [visit | {"household_id": "H" + "0" * 24}], "request-5", elsewhere)
    assert (refused.status_code, nobody.status_code) == (404, 404)
    assert refused.json()["detail"] == nobody.json()["detail"]
    assert sent(service, [visit, visit | {"household_id": "H" + "0" * 24}], "request-5").status_code == 404
    assert stored(service) == before


def test_a_request_needs_a_key_of_its_own_and_a_role(service: Running, visit: dict[str, Any]) -> None:
    for key in ("", "short", "with blank inside"):
        assert sent(service, [visit], key).status_code == 422
    twice = [("Authorization", f"Bearer {service.key()}"), *[("Idempotency-Key", f"request-{n}") for n in "56"]]
    refused = service.client.post("/v1/visits", json={"visits": [visit]}, headers=twice)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "given once")
    assert sent(service, [], "request-6").status_code == 422
    assert sent(service, [visit], "request-6", service.key(Role.ANALYST)).status_code == 403
    assert sent(service, [visit], "request-7", service.key(Role.OFFICER)).status_code == 201


def test_the_next_ingest_brings_them_into_the_lake(
    service: Running, visit: dict[str, Any], sample_workspace: Any, tmp_path: Path
) -> None:
    sent(service, [visit | {"visitor_id": "K099"}], "request-8")
    newest = sorted((sample_workspace.home.parent / "generated" / "deliveries").iterdir())[-1]
    shutil.copytree(newest, tmp_path / newest.name)
    ingest(service.workspace, tmp_path / newest.name)
    county = service.workspace.counties()[0]
    found = service.workspace.lake.view(county, now().date()).canonical("visits")
    (row,) = found.filter(pl.col("visitor_id") == "K099").to_dicts()
    assert (row["household_id"], row["source"], row["known_at"]) == (visit["household_id"], "app", now().date())
