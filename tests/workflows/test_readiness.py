from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.review.store import newest_version
from riskmodel.workflows.champions import Champions
from riskmodel.workflows.database import database
from riskmodel.workflows.publish import publish
from riskmodel.workflows.readiness import model_facts, readiness
from riskmodel.workflows.workspace import Workspace
from trained_county import LABEL, NOW, Office

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_it_is_ready_with_a_model_and_a_database_and_names_both(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    store, models = database(place), Champions(place)
    assert (readiness(store, models).ready, readiness(store, models).model) == (False, "")
    models.refresh()
    publish(place, lambda: NOW)
    found = readiness(store, models)
    assert models.refused == ""
    assert (found.ready, found.database, found.newest_month) == (True, newest_version(), office.scored.as_of)
    assert models.current is not None
    facts = model_facts(models.current)
    assert (facts.label, facts.version, facts.horizon_months) == (LABEL, 1, 12)
    assert found.model == f"1 {facts.hash[:16]}"


def test_a_database_that_does_not_answer_is_told_and_is_no_fault(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Workspace(office.copied(tmp_path).settings)
    store, models = database(place), Champions(place)
    models.refresh()

    def away(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(type(store), "reading", away)
    found = readiness(store, models)
    assert (found.ready, found.database, found.newest_month) == (False, "", "")
