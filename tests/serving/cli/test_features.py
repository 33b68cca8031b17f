from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from command_line import answer
from riskmodel.features import declared
from riskmodel.serving.cli.features import MOST_NAMED, _behind_lines, health_lines
from riskmodel.tables.rhythm import Feed
from riskmodel.workflows.evidence import Behind, Value, behind
from riskmodel.workflows.health import health
from riskmodel.workflows.score import newest_as_of
from riskmodel.workflows.value_reasons import FullList
from riskmodel.workflows.workspace import Workspace
from trained_county import Office

Capture = pytest.CaptureFixture[str]
AS_OF = date(2024, 5, 25)


@pytest.fixture(scope="module")
def household(sample_workspace: Workspace) -> str:
    view = sample_workspace.lake.view("990301", AS_OF)
    return str(view.ids.decode("H", view.table("incomes").collect()["household_id"].head(1)).item())


def test_the_list_has_a_line_for_every_feature_with_unit_cause_and_direction(capsys: Capture) -> None:
    shown = answer(capsys, "features", "list")
    lines = shown.out.splitlines()
    assert (shown.code, shown.err, len(lines)) == (0, "", len(declared()) + 2)
    for f, line in zip(declared(), lines[1:], strict=False):
        arrow = {1: "↑", -1: "↓", 0: "·"}[f.direction]
        assert line.split()[0] == f.name
        assert f"{f.label} " in line
        assert line.split()[-4:] == [f.unit, f.group.value, f.group.zh, arrow]


def test_the_list_of_a_group_and_as_json(capsys: Capture) -> None:
    shown = answer(capsys, "features", "list", "--group", "DEBT", "--json")
    expected = [f for f in declared() if f.group.value == "DEBT"]
    assert [found["name"] for found in shown.json["features"]] == [f.name for f in expected]
    assert [found["label"] for found in shown.json["features"]] == [f.label for f in expected]
    assert answer(capsys, "features", "list", "--group", "DEBT").out.endswith(
        f"{len(expected)} features; risk: ↑ more never lowers it, ↓ more never raises it, · free\n"
    )
    wrong = answer(capsys, "features", "list", "--group", "debts", "--json")
    assert (wrong.code, "debts" in wrong.json["error"]["message"]) == (2, True)


def test_a_feature_is_shown_with_definition_tables_windows_and_policy(capsys: Capture) -> None:
    shown = answer(capsys, "features", "show", "bills_to_line_3m")
    assert shown.code == 0
    for part in (
        "近3个月人均自付医疗支出与监测线之比",
        "Self-pay of the bills of the last 3 complete months",
        "ILL 因病",
        "↑ raising the value never lowers the risk",
        "reads medical_settlements: last 3 complete months [months_ago, self_pay]",
        "reads households: state at the as-of date [size]",
        "monitoring_line",
        "features/medical.py",
    ):
        assert part in shown.out
    assert "other households" not in shown.out
    assert "other households of the village" in answer(capsys, "features", "show", "village_overdue_share").out
    assert answer(capsys, "features", "show", "bills_to_line_3m", "--json").json["reads"][0]["window"] == (
        "last 3 complete months"
    )


def test_an_unknown_feature_is_wrong_usage(capsys: Capture) -> None:
    shown = answer(capsys, "features", "show", "bills_to_lines", "--json")
    assert shown.code == 2
    assert "Did you mean" in shown.json["error"]["message"]


def test_the_rows_behind_the_features_of_a_household_are_one_json_object(
    sample_workspace: Workspace, household: str, capsys: Capture
) -> None:
    words = ("features", "explain", household, "received_to_line_3m", "income_months_6m", "--as-of", AS_OF)
    shown = answer(capsys, *words, "--json", home=sample_workspace.home)
    found = behind(sample_workspace, household, AS_OF, ["received_to_line_3m", "income_months_6m"])
    assert (shown.code, shown.err) == (0, "")
    assert [value["value"] for value in shown.json["features"]] == [value.value for value in found.features]
    for evidence, expected in zip(shown.json["evidence"], found.evidence, strict=True):
        assert (evidence["table"], evidence["window"]) == (expected.table, expected.window)
        assert [row["known_at"] for row in evidence["rows"]] == [row["known_at"].isoformat() for row in expected.rows]
    assert shown.json["policy"][0]["kind"] == "monitoring_line"


def test_the_rows_behind_a_feature_are_told_with_headers_and_words_of_the_office(
    sample_workspace: Workspace, household: str, capsys: Capture
) -> None:
    words = ("features", "explain", household, "received_to_line_3m", "village_income_to_line", "--as-of", AS_OF)
    shown = answer(capsys, *words, home=sample_workspace.home)
    (incomes,) = [e for e in behind(sample_workspace, household, AS_OF, words[3:4]).evidence if e.table == "incomes"]
    assert f"incomes {incomes.title}: last 3 complete months" in shown.out
    assert incomes.rows
    for row in incomes.rows:
        word = incomes.words["component"][row["component"]]
        parts = (
            str(row["month"]),
            f"{row['component']} {word}",
            f"{row['amount']:,.2f}",
            str(row["known_at"]),
            row["batch_id"],
        )
        assert [line for line in shown.out.splitlines() if all(part in line for part in parts)], row
    assert "known_at" in shown.out
    assert "金额" in shown.out
    assert "village_income_to_line*" in shown.out
    assert "their rows are not shown" in shown.out
    assert "policy monitoring_line on " in shown.out


def test_without_a_name_all_features_are_explained_as_of_the_newest_run_date(
    sample_workspace: Workspace, household: str, capsys: Capture
) -> None:
    shown = answer(capsys, "features", "explain", household, home=sample_workspace.home)
    assert shown.code == 0
    assert f"as of {newest_as_of(sample_workspace)}" in shown.out
    assert all(f"\n{f.name} " in shown.out or f"\n{f.name}* " in shown.out for f in declared())
    assert "- missing 缺失" in shown.out
    assert "no record in the window 窗口内无记录" in shown.out
    assert "no known row / 无已知记录" in shown.out


def test_a_zero_by_a_full_list_is_told_with_its_department_and_months() -> None:
    months = ["2025-01", "2025-02"]
    lists = [FullList("social_assistance", "civil", months), FullList("shocks", "emergency", months[:1])]
    value = Value("x", "x", "x", "月", "AID", "free", 0.0, of_other_households=False, lists=lists)
    row = list(_behind_lines(Behind("H1", "990301", "", str(AS_OF), [value], [], [])))[2]
    assert "0" in row
    assert row.endswith(
        "not on the full list 不在全量名单上: social_assistance, civil 民政, 2025-01 ... 2025-02; "
        "not on the full list 不在全量名单上: shocks, emergency 应急, 2025-01"
    )


def test_features_are_explained_as_of_the_date_of_the_scores_that_are_explained(
    office: Office, tmp_path: Path, capsys: Capture
) -> None:
    place = office.copied(tmp_path)
    told = "2024-02-05"
    assert told < office.scored.as_of
    (place.results / office.scored.as_of).rename(place.results / told)
    shown = answer(capsys, "features", "explain", office.riskiest, "income_to_line", "--json", home=place.home)
    assert shown.json["as_of"] == told


def test_a_household_that_nobody_knows_is_wrong_usage(sample_workspace: Workspace, capsys: Capture) -> None:
    shown = answer(capsys, "features", "explain", "H000", "--county", "990301", home=sample_workspace.home)
    assert (shown.code, shown.out) == (2, "")
    assert "household H000 is not active in 990301" in shown.err


def test_health_is_one_json_object_with_every_feature(sample_workspace: Workspace, capsys: Capture) -> None:
    shown = answer(capsys, "features", "health", "--as-of", AS_OF, "--json", home=sample_workspace.home)
    found = health(sample_workspace, AS_OF)
    assert shown.code == 0
    assert shown.json["shifted"] == found.shifted
    assert shown.json["never_known"] == found.never_known
    assert [state["name"] for state in shown.json["features"]] == [f.name for f in declared()]
    assert shown.json["silent"] == []


def test_health_names_what_it_found_beside_the_date_asked_for(sample_workspace: Workspace, capsys: Capture) -> None:
    shown = answer(
        capsys, "features", "health", "--as-of", AS_OF, "--against", "2023-11-25", home=sample_workspace.home
    )
    found = health(sample_workspace, AS_OF, date(2023, 11, 25))
    assert "2024-05-25, beside 2023-11-25" in shown.out
    assert f"never known 全部缺失: {len(found.never_known)}: {found.never_known[0]}" in shown.out
    assert f"... ({len(found.never_known) - MOST_NAMED} more, see --json)" in shown.out
    largest = next(iter(found.shifted))
    assert f"(PSI): {len(found.shifted)}: {largest} {found.shifted[largest]:.2f}" in shown.out
    assert "ERROR" not in shown.out


def test_a_source_that_went_silent_is_an_error_and_exit_code_1(sample_workspace: Workspace, capsys: Capture) -> None:
    shown = answer(capsys, "features", "health", "--as-of", "2024-07-11", home=sample_workspace.home)
    assert shown.code == 1
    assert (
        "ERROR source went silent 数据来源中断: employment from hrss, county 990301: last on 2024-05-25, "
        "47 days ago; usually every 31 days, missed after 46"
    ) in shown.out
    as_json = answer(capsys, "features", "health", "--as-of", "2024-07-11", "--json", home=sample_workspace.home)
    assert (as_json.code, as_json.json["silent"][0]["table"]) == (1, "employment")


def test_a_source_without_news_is_told_and_no_error(sample_workspace: Workspace) -> None:
    found = health(sample_workspace, AS_OF)
    found.stale.append(Feed("990301", "shocks", "police", 9, "2024-05-25", "2023-05-25", 0, 31, 46, False, True))
    assert [line for line in health_lines(found) if "nothing new" in line] == [
        "  nothing new 长期无新内容: shocks from police, county 990301: "
        "arrives, but since 2023-05-25 it said nothing new"
    ]
    assert not found.failed
