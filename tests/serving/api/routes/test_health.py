from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.models.pointer import FOLDER
from riskmodel.review.store import newest_version
from riskmodel.serving.api.stopping import STOPPING
from riskmodel.settings import Settings
from riskmodel.workflows.workspace import Workspace
from running_service import Running, running


def test_it_is_alive_and_ready_with_model_database_and_month(service: Running) -> None:
    assert service.client.get("/livez").json() == {"alive": True}
    found = service.client.get("/readyz")
    assert found.status_code == 200
    told = found.json()
    assert (told["ready"], told["stopping"], told["database"], told["model_refused"]) == (
        True,
        False,
        newest_version(),
        "",
    )
    assert told["model"].startswith("1 ")
    assert service.published is not None
    assert told["newest_month"] == service.published.as_of


def test_without_a_model_it_is_not_ready_and_says_why(tmp_path: Path) -> None:
    with running(Workspace(Settings(tmp_path / "home"))) as found:
        answer = found.client.get("/readyz")
        assert answer.status_code == 503
        assert "no champion of new_entry_12m is named yet" in answer.json()["model_refused"]
        assert found.get("/v1/model", found.key()).status_code == 503


def test_a_damaged_champion_is_refused_and_shown(service: Running) -> None:
    folder = service.workspace.registry.folder / FOLDER
    path = folder / "household-risk-new_entry_12m.json"
    sound = path.read_bytes()
    path.write_text('{"bundle": "artifacts", "hash": "0", "version": 7}', "utf-8")
    try:
        service.service.models.refresh()
        told = service.client.get("/readyz").json()
        assert told["ready"]
        assert told["model"].startswith("1 ")
        assert told["model_refused"] == "the champion's files are damaged: version 7 of new_entry_12m"
    finally:
        path.write_bytes(sound)
        service.service.models.refresh()
    assert service.client.get("/readyz").json()["model_refused"] == ""


def test_a_service_that_stops_is_not_ready(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(STOPPING, "is_set", lambda: True)
    found = service.client.get("/readyz")
    assert (found.status_code, found.json()["stopping"], found.json()["ready"]) == (503, True, False)


def test_metrics_tell_routes_and_the_model_and_no_path(service: Running) -> None:
    service.get("/v1/households/H123", service.key())
    text = service.client.get("/metrics").text
    assert 'riskmodel_requests_total{method="GET",route="/livez",status="200"}' in text
    assert "riskmodel_model_info{" in text
    assert "H123" not in text
