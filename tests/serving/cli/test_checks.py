from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from check_cases import Told, office
from riskmodel.errors import UsageError
from riskmodel.rendering.workbook import text_width
from riskmodel.serving.cli import checks
from riskmodel.serving.cli.checks import checked_lines
from riskmodel.workflows.check import Checked, Township
from riskmodel.workflows.workspace import Workspace

GAP: dict[str, Any] = {"check": "X_04", "needs": "monitoring_line", "area": "990101", "on": "2024-09-30"}
GAP |= {"households": 7, "reason": "no value / 没有生效"}
DONE = Checked(
    as_of="2025-06-05",
    workbook="reports/checks.xlsx",
    table="reports/checks.parquet",
    households=1210,
    counties=["990101"],
    found={"1_02_006": 12, "X_01": 3},
    errors=3,
    townships=[
        Township("990101", "990101001", "示例镇", 1200, {"1_02_006": 12}),
        Township("990101", "990101002", "乡", 10, {"X_01": 3}),
    ],
    not_run=[GAP, GAP | {"check": "1_02_006"}],
    unconfirmed_policy=["age.school_min (national)"],
)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A county in which H1 is monitored without a measure and H2 has too little income."""
    identified = {"identified_month": date(2025, 1, 1), "cause_1": "OTH"}
    complete = {"income_surveys": {"period_end": date(2024, 12, 31), "net_per_capita": 9000}}
    complete |= {"guarantee_checks": {"checked_on": date(2025, 1, 5)}}
    told: Told = {
        "households": [{"household_id": "H2"}],
        "monitoring_episodes": [identified],
        **{name: [row | {"stage": "identification"}] for name, row in complete.items()},
    }
    poor = {"income_surveys": [{"household_id": "H2", "period_end": date(2024, 9, 30), "net_per_capita": 7000}]}
    return office(tmp_path_factory.mktemp("county") / "home", told, poor)


def run(workspace: Workspace, *words: str) -> Result:
    """What `riskmodel check WORDS` answers in a workspace."""
    app = typer.Typer()
    checks.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["check", *words], obj=workspace.home)


def test_the_table_has_a_row_per_township_a_column_per_check_that_fired_and_totals() -> None:
    lines = list(checked_lines(DONE))
    table = [line.split() for line in lines[2:6]]
    assert table == [
        ["township", "乡镇", "households", "1_02_006", "X_01"],
        ["990101001", "示例镇", "1,200", "12", "-"],
        ["990101002", "乡", "10", "-", "3"],
        ["total", "合计", "1,210", "12", "3"],
    ]
    assert len({text_width(line) for line in lines[2:6]}) == 1


def test_it_tells_what_the_checks_mean_what_was_not_run_and_where_the_workbook_is() -> None:
    text = "\n".join(checked_lines(DONE))
    assert "1_02_006 W R  收入低于监测线但未纳入监测 / income under the line but not monitored" in text
    assert "5_15_016" not in text
    assert "not run 未执行 X_04, 1_02_006 (990101, 7 户): no value / 没有生效" in text
    assert "age.school_min (national)" in text
    assert "workbook: reports/checks.xlsx" in text


def test_a_county_without_findings_says_so() -> None:
    clean = replace(
        DONE, found={}, errors=0, townships=[Township("990101", "990101001", "示例镇", 1200, {})], not_run=[]
    )
    assert "no check fired" in list(checked_lines(clean))


def test_json_is_the_result_and_findings_are_no_failure(county: Workspace) -> None:
    shown = run(county, "--json")
    assert shown.exit_code == 0
    found = json.loads(shown.stdout)
    assert found["found"] == {"1_02_006": 1, "X_01": 1}
    assert found["errors"] == 1
    assert found["townships"][0]["found"] == found["found"]


def test_strict_fails_only_when_an_error_was_found(county: Workspace) -> None:
    assert run(county, "--strict").exit_code == 1
    assert run(county, "--strict", "--as-of", "2024-12-01").exit_code == 0  # only the income, which is a warning


def test_a_wrong_date_is_wrong_usage(county: Workspace) -> None:
    assert isinstance(run(county, "--as-of", "June").exception, UsageError)
