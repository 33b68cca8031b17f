from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.settings import Settings
from riskmodel.sources.delivery import DeliveredFile
from riskmodel.workflows.run_day import RunDay, arriving, require_runnable, run_day
from riskmodel.workflows.run_report import RunReport, Stage, report_path, write_report
from riskmodel.workflows.workspace import Workspace

MAY, RUN, NEW = date(2025, 5, 1), date(2025, 6, 5), date(2025, 6, 8)
CHANGED = """
[[run_day]]
area = ""
value = 8
unit = "day of the month"
published_on = 2020-01-01
effective_from = 2020-01-01
source = "a test"
confirmed = true
"""


def changed(folder: Path, *stages: str) -> Workspace:
    """A month that got so far; then the policy names another day."""
    place = Workspace(Settings(folder))
    write_report(report_path(place, MAY), RunReport("2025-05", "2025-06-05", stages={name: Stage() for name in stages}))
    (folder / "policy").mkdir()
    (folder / "policy" / "days.toml").write_text(CHANGED, "utf-8")
    return place


def test_a_month_is_run_on_the_day_of_the_policy(tmp_path: Path) -> None:
    assert run_day(Workspace(Settings(tmp_path)), MAY) == RunDay(RUN, RUN)


def test_a_month_whose_list_was_issued_stays_on_its_day(tmp_path: Path) -> None:
    assert run_day(changed(tmp_path, "ingest", "list"), MAY) == RunDay(RUN, NEW)


def test_a_month_without_a_list_follows_the_policy(tmp_path: Path) -> None:
    assert run_day(changed(tmp_path, "ingest", "check"), MAY) == RunDay(NEW, NEW)


def test_a_month_is_refused_before_its_deliveries_are_read(place: Workspace, delivered: Path) -> None:
    files, today = arriving(delivered), date(2026, 1, 5)
    assert require_runnable(place, MAY, today, files).day == RUN
    for month, said in ((date(2010, 1, 1), "no household was known"), (date(2025, 9, 1), "62 days after")):
        with pytest.raises(UsageError, match=said):
            require_runnable(place, month, today, files)
    with pytest.raises(UsageError, match="today is 2025-06-04"):
        require_runnable(place, MAY, date(2025, 6, 4), files)
    assert require_runnable(place, date(2024, 5, 1), today, [*files[:1], history(delivered)]).day == date(2024, 6, 5)


def history(delivered: Path) -> DeliveredFile:
    """A file that tells what was known before it was received."""
    (delivered / "2025-01-10" / "delivery.toml").write_text('mode = "h"\n', "utf-8")
    return arriving(delivered)[0]
