from __future__ import annotations

from pathlib import Path

from riskmodel.review.access import Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.settings import Settings
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.service import Service
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW, Office

WHO = Principal("k" * 12, "county system", (Role.CASE_SYSTEM,), "990301")


def test_it_tells_its_models_features_and_the_areas_of_who_asks(office: Office, tmp_path: Path) -> None:
    service = Service(office.copied(tmp_path))
    model = service.model()
    assert model is not None
    assert (model.version, model.horizon_months, bool(model.shorter_hash)) == (1, 12, True)
    assert len(service.features) > 70
    assert all(area.code.startswith("990301") for area in service.areas(WHO))
    assert service.areas(Principal("x", "x", (), "98")) == []
    service.close()


def test_what_was_noted_is_in_the_log_when_it_is_said_to_be(tmp_path: Path) -> None:
    service = Service(Workspace(Settings(tmp_path / "home")))
    service.noted(WHO, "read", ["H" + "0" * 24], "2026-01", NOW).result(timeout=10)
    (entry,) = AuditLog(tmp_path / "home" / LOG).entries()
    assert entry is not None
    assert (entry.who, entry.action, entry.ids) == (f"key {WHO.id}", "read", ("H" + "0" * 24,))
    service.close()


def test_it_is_not_ready_without_a_model_or_a_database(office: Office, tmp_path: Path) -> None:
    bare = Service(Workspace(Settings(tmp_path / "bare")))
    assert not bare.readiness().ready
    assert bare.model() is None
    bare.close()
    service = Service(office.copied(tmp_path))
    assert service.readiness().ready
    with service.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    assert not service.readiness().ready
    service.close()
