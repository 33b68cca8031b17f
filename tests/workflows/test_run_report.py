from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskmodel.settings import Settings
from riskmodel.workflows.run_report import RunReport, Stage, read_report, report_path, write_report
from riskmodel.workflows.workspace import Workspace


def test_an_account_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = report_path(Workspace(Settings(tmp_path)), date(2025, 12, 1))
    assert path == tmp_path / "runs" / "2025-12.json"
    assert read_report(path, "2025-12", "2026-01-05") == RunReport("2025-12", "2026-01-05")
    report = RunReport("2025-12", "2026-01-05", stages={"check": Stage("k", 1.5, {"errors": 3})})
    write_report(path, report)
    assert read_report(path, "2025-12", "2026-01-05") == report


def test_an_account_of_another_day_begins_anew(tmp_path: Path) -> None:
    write_report(path := tmp_path / "x.json", RunReport("2025-12", "2026-01-05", "done"))
    assert read_report(path, "2025-12", "2026-01-06") == RunReport("2025-12", "2026-01-06")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"stages": {}}', '{"stages": {"check": 1}}', '{"stages": []}'])
def test_a_damaged_account_begins_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, "utf-8")
    assert read_report(tmp_path / "x.json", "2025-12", "2026-01-05").stages == {}
