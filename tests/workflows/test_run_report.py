from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from riskmodel.settings import Settings
from riskmodel.workflows.run_report import RunReport, Stage, day_that_was_run, read_report, report_path, write_report
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


def test_the_day_is_told_once_the_list_was_issued(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    assert day_that_was_run(path, "2025-12") is None
    write_report(path, RunReport("2025-12", "2026-01-05", stages={"check": Stage()}))
    assert day_that_was_run(path, "2025-12") is None
    write_report(path, RunReport("2025-12", "2026-01-05", stages={"list": Stage()}))
    assert day_that_was_run(path, "2025-12") == "2026-01-05"
    assert day_that_was_run(path, "2025-11") is None


def test_counties_without_visits_are_named_with_the_command() -> None:
    rows = {"rows_read": 1, "files": 1, "rows_loaded": 1, "rows_waiting": 0, "rows_refused": 0}
    listed = {"visits": 2, "folder": "x", "outdated": False, "without_list": ["990302", "990303"]}
    facts: dict[str, dict[str, Any]] = {
        "ingest": rows,
        "check": {"errors": 0, "workbook": "w"},
        "list": listed,
        "publish": {"households": 1},
    }
    facts["score"] = {"households": 1, "cpu_by_county": {}}
    report = RunReport("2025-12", "2026-01-05", stages={name: Stage(facts=told) for name, told in facts.items()})
    text = "\n".join(report.lines())
    assert "no visits yet in 990302, 990303" in text
    assert "riskmodel worklist --again --as-of 2026-01-05 / 名单下发后加入、尚无走访的县：990302、990303" in text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"stages": {}}', '{"stages": {"check": 1}}', '{"stages": []}'])
def test_a_damaged_account_begins_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, "utf-8")
    assert read_report(tmp_path / "x.json", "2025-12", "2026-01-05").stages == {}
