from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from riskmodel.review.assessments import Month, replace_month
from riskmodel.workflows.administration.months import months

if TYPE_CHECKING:
    from riskmodel.workflows.service import Service


def test_scores_that_nobody_published_wait(service: Service) -> None:
    for name in ("2025-11-05", "2025-12-05", "new_entry_6m"):
        (service.workspace.results / name).mkdir(parents=True)
    replace_month(service.store, Month(date(2025, 11, 5), "l", "m", None, "f", "p", 0, "2026-01-05T00:00:00Z"), [], [])
    found = months(service)
    assert [month.as_of for month in found.published] == [date(2025, 11, 5)]
    assert found.waiting == ["2025-12-05"]
