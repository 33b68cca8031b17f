from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from database_servers import database_url
from opened_service import AS_OF, HERE, HOMES
from published_households import publish_households
from riskmodel.errors import BusyError, DataError, UsageError
from riskmodel.review import store
from riskmodel.review.access import Role
from riskmodel.serving.api.app import Limits
from riskmodel.serving.api.problems import MEDIA_TYPE
from riskmodel.settings import Settings
from riskmodel.workflows.database import FILE, database
from riskmodel.workflows.promote import promote
from riskmodel.workflows.workspace import Workspace
from running_service import Running, running
from trained_county import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from trained_county import Office

PATIENCE = 60
"""Seconds to wait for what happens in a moment on a machine that has time."""


def test_every_problem_is_problem_json_with_the_request_id(service: Running) -> None:
    for path, status in (("/nowhere", 404), ("/v1/model", 401)):
        found = service.client.get(path, headers={"X-Request-ID": "my-request-1"})
        assert (found.status_code, found.headers["content-type"]) == (status, MEDIA_TYPE)
        assert found.json()["instance"] == found.headers["x-request-id"] == "my-request-1"
        assert found.json()["status"] == status


def test_a_path_with_a_slash_at_its_end_is_no_other_address(service: Running) -> None:
    for path in ("/v1/model/", "/openapi.json/", "/livez/"):
        found = service.client.get(path, follow_redirects=False, headers={"Host": "elsewhere.example"})
        assert (found.status_code, found.headers["content-type"]) == (404, MEDIA_TYPE)


def test_a_request_id_that_is_not_harmless_is_replaced(service: Running) -> None:
    found = service.client.get("/livez", headers={"X-Request-ID": 'x" onload="'})
    assert len(found.headers["x-request-id"]) == 32


def test_a_wrong_value_is_told_with_field_value_and_rule(service: Running) -> None:
    found = service.get("/v1/areas?level=planet", service.key())
    assert found.status_code == 422
    (fault,) = found.json()["errors"]
    assert (fault["field"], fault["value"]) == ("query.level", "planet")
    assert "pattern" in fault["rule"]


@pytest.mark.parametrize(
    ("error", "status"), [(UsageError("say it so"), 422), (BusyError("wait"), 503), (DataError("secret path"), 500),
                          (ZeroDivisionError("secret"), 500)]
)  # fmt: skip
def test_errors_of_the_program_are_answered_without_its_inside(
    service: Running, error: Exception, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr(service.service, "model", fails)
    found = service.get("/v1/model", service.key())
    assert (found.status_code, found.headers["content-type"]) == (status, MEDIA_TYPE)
    assert found.json()["instance"] == found.headers["x-request-id"]
    assert "secret" not in found.text
    assert ("say it so" in found.text) == isinstance(error, UsageError)
    assert capsys.readouterr() is not None


def test_the_interface_is_described(service: Running) -> None:
    found = service.client.get("/openapi.json").json()
    assert {"/livez", "/readyz", "/metrics", "/v1/model", "/v1/features", "/v1/areas"} <= set(found["paths"])
    assert "401" in found["paths"]["/v1/model"]["get"]["responses"]
    assert json.dumps(found).count("HTTPValidationError") == 0
    assert [name for name in found["components"]["schemas"] if not name.isalnum()] == []


def test_more_requests_than_it_takes_on_are_answered_503_and_watchers_always(office: Office, tmp_path: Path) -> None:
    with running(office.copied(tmp_path), Limits(most_requests=0)) as found:
        refused = found.get("/v1/model", found.key())
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert found.client.get("/livez").status_code == 200


def test_a_key_over_its_rate_is_answered_429_and_others_are_not(service: Running) -> None:
    slow, quick = service.key(per_minute=2), service.key()
    codes = [service.get("/v1/model", slow).status_code for _ in range(4)]
    assert codes[:2] == [200, 200]
    assert 429 in codes
    assert service.get("/v1/model", quick).status_code == 200


def test_another_champion_is_taken_while_it_runs_also_after_the_database_was_away(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(office.copied(tmp_path), Limits(refresh_seconds=0.05)) as found:
        key, refresh, failed = found.key(), found.service.refresh, threading.Event()

        def away_once() -> bool:
            if not failed.is_set():
                failed.set()
                raise ConnectionError
            return refresh()

        monkeypatch.setattr(found.service, "refresh", away_once)
        assert failed.wait(PATIENCE)
        assert found.get("/v1/model", key).json()["version"] == 1
        promote(found.workspace, 2, NOW, reason="a test")
        deadline = time.monotonic() + PATIENCE
        while found.get("/v1/model", key).json()["version"] == 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert found.get("/v1/model", key).json()["version"] == 2
        assert 'version="2"' in found.client.get("/metrics").text


def test_a_database_that_others_hold_is_answered_503_without_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PATIENCE", 0.1)
    place = Workspace(Settings(tmp_path / "home"))
    visit = {
        "household_id": HERE,
        "visited_on": "2026-01-03",
        "visitor_id": "K1",
        "reason": "alert",
        "finding": "not_home",
    }
    with running(place) as found, closing(sqlite3.connect(place.home / FILE)) as other:
        publish_households(found.service.store, HOMES, AS_OF)
        headers = {"Authorization": f"Bearer {found.key()}", "Idempotency-Key": "one-more"}
        other.execute("BEGIN IMMEDIATE")
        answer = found.client.post("/v1/visits", json={"visits": [visit]}, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (503, MEDIA_TYPE)
        assert answer.headers["retry-after"] == "5"
        assert str(tmp_path) not in answer.text
        other.rollback()
        assert found.client.post("/v1/visits", json={"visits": [visit]}, headers=headers).status_code == 201


def test_a_database_that_went_away_is_answered_503_without_its_address(tmp_path: Path) -> None:
    url = make_url(database_url("postgresql", tmp_path))
    place = Workspace(Settings(tmp_path / "home", database_url=url.render_as_string(hide_password=False)))
    database(place, migrate=True).close()
    admin = create_engine(url.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT")
    with running(place, Limits(refresh_seconds=60)) as found, admin.connect() as server:
        unknown = f"rmk_{'a' * 12}_x"
        assert found.get("/v1/model", unknown).status_code == 401
        server.exec_driver_sql(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        server.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": url.database}
        )
        answer = found.get("/v1/model", unknown)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "postgresql" not in answer.text
        server.exec_driver_sql(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
        assert found.get("/v1/model", unknown).status_code == 401
    admin.dispose()


def test_before_anything_was_delivered_a_month_is_refused_without_the_path_of_the_workspace(tmp_path: Path) -> None:
    with running(Workspace(Settings(tmp_path / "home"))) as found:
        answer = found.get("/v1/worklists/2025-12", found.key())
        assert answer.status_code == 404
        assert answer.json()["detail"] == "Nothing was published for 2025-12 in your area. Published months: none."


def test_roles_and_areas_are_asked_for(service: Running) -> None:
    township = service.get("/v1/areas?level=township", service.key()).json()["areas"][0]["code"]
    key = service.key(Role.CASE_SYSTEM, area=township)
    codes = [area["code"] for area in service.get("/v1/areas", key).json()["areas"]]
    assert township in codes
    assert all(code.startswith(township) for code in codes)
