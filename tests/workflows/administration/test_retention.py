from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from riskmodel.review.assessments import Month, replace_month
from riskmodel.workflows.administration.retention import due
from riskmodel.workflows.erase import erase
from trained_county import NOW

if TYPE_CHECKING:
    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service


def test_what_is_due_is_what_would_be_erased_and_nothing_is_due_afterwards(service: Service, boss: Principal) -> None:
    for days in (5000, 4999, 0):
        service.noted(boss, "read", (), "look", NOW - timedelta(days=days)).result()
    for day in (date(2010, 1, 5), date(2025, 12, 5)):
        replace_month(service.store, Month(day, "l", "m", None, "f", "p", 0, "2026-01-05T00:00:00Z"), [], [])
    (service.workspace.results / "2010-01-05").mkdir(parents=True)
    (service.workspace.results / "2025-12-05").mkdir(parents=True)
    found, would = due(service, NOW), erase(service.workspace, "os me", NOW, do=False)
    assert found.log is (would.log_entries > 0) is True
    assert [day.isoformat() for day in found.months] == would.months == ["2010-01-05"]
    assert found.folders == ["2010-01-05"]
    assert (str(found.log_before), str(found.assessments_before)) == (would.log_before, would.assessments_before)
    assert (str(found.cases_before), found.verdicts, found.entries) == (would.cases_before, 0, 0)
    erase(service.workspace, "os me", NOW, do=True)
    after = due(service, NOW)
    assert (after.log, after.months, after.folders) == (False, [], [])


def test_in_an_empty_office_nothing_is_due(service: Service) -> None:
    found = due(service, NOW)
    assert (found.log, found.months, found.folders) == (False, [], [])
