from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from check_cases import AS_OF, Case, county, entry, finds, fired, in_place, known_later, policy, view
from check_stories import CASES
from properties import moved_by_row_order
from riskmodel.policy import Policy
from riskmodel.tables import TABLES, View, check_rows
from riskmodel.tables.quality import FOUND_SCHEMA, Check, Use, declared, rule_pack, run_checks
from scenario import COUNTY
from worked_example import full_id, load, row

FIRING = [case for case in CASES if case.fires]
PLACED = [in_place(case, number) for number, case in enumerate(CASES, start=100)]
"""All cases as households of one county."""
LINE_15000 = policy({"monitoring_line": 15000})


@pytest.fixture(scope="module")
def everybody() -> View:
    return View.of(county(*PLACED), AS_OF, COUNTY)


def test_every_check_has_a_household_that_it_finds_and_one_that_it_does_not() -> None:
    codes = {check.code for check in declared()}
    assert {case.code for case in FIRING} == codes
    assert {case.code for case in CASES if not case.fires} == codes


def test_the_rows_of_the_cases_keep_the_contract() -> None:
    faults = {name: check_rows(TABLES[name], rows)[1].rows() for name, rows in county(*PLACED).items()}
    assert {name: rows for name, rows in faults.items() if rows} == {}


def test_neighbours_change_nothing(everybody: View) -> None:
    found = run_checks(everybody, policy()).found
    pairs = set(found.select("household_id", "check").iter_rows())
    wrong = [
        str(case)
        for number, case in enumerate(CASES, start=100)
        if ((full_id(f"H{number}01"), case.code) in pairs) != case.fires
    ]
    assert wrong == []


def test_a_finding_says_where_how_bad_and_why(everybody: View) -> None:
    found = run_checks(everybody, policy()).found
    assert found.schema == FOUND_SCHEMA
    assert found.null_count().sum_horizontal().item() == 0
    assert found.select(pl.struct("household_id", "check").is_unique().all()).item()
    assert found.equals(found.sort("household_id", "check"))
    assert found["township"].unique().to_list() == ["990101001"]
    facts = {check.code: (check.severity.value, check.use.value) for check in declared()}
    assert {(code, *facts[code]) for code in facts} == set(found.select("check", "severity", "use").iter_rows())
    assert (
        found.filter(pl.col("detail").str.contains(r"[?{}]") | pl.col("detail_en").str.contains(r"[?{}]")).height == 0
    )


def test_the_order_of_rows_never_matters() -> None:
    rows = county(*PLACED[::3])
    assert moved_by_row_order(lambda known: run_checks(known, policy()).found, rows, AS_OF, seed=3) == []


@pytest.mark.parametrize("case", FIRING, ids=str)
def test_a_fact_known_after_the_as_of_date_fires_nothing(case: Case) -> None:
    assert not finds(case.code, known_later(case.told, AS_OF + timedelta(days=1)))


def test_what_becomes_known_later_never_changes_an_earlier_day(everybody: View) -> None:
    early = date(2024, 12, 31)
    past = {name: rows.filter(pl.col("known_at") <= early) for name, rows in county(*PLACED).items()}
    alone = run_checks(View.of(past, early, COUNTY), policy())
    assert run_checks(replace(everybody, as_of=early), policy()).found.equals(alone.found)
    assert alone.found.height > 50


def test_nobody_is_found_in_a_county_of_which_nothing_is_known() -> None:
    result = run_checks(View.of({}, AS_OF, COUNTY), policy())
    assert (result.found.height, result.found.schema) == (0, FOUND_SCHEMA)
    assert result.townships.height == 0


def test_a_household_that_no_longer_exists_is_not_checked() -> None:
    (case,) = (case for case in CASES if (case.code, case.story) == ("1_02_006", "one fen under the line"))
    gone = {"household_id": "H1", "valid_from": date(2025, 1, 1), "status": "dissolved", "size": 0}
    assert fired({**case.told, "households": [gone]}) == []


# --- what could not be asked ---


@pytest.mark.parametrize("check", [check for check in declared() if check.policy], ids=lambda check: check.code)
def test_a_check_without_its_number_is_reported_as_not_run_and_finds_nobody(everybody: View, check: Check) -> None:
    code = check.code
    for kind in check.policy:
        result = run_checks(everybody, policy({kind: None}))
        assert code not in result.found["check"].to_list()
        lacking = [gap for gap in result.not_run if gap.check == code and gap.needs == kind]
        assert lacking
        assert all(gap.area.startswith("990101") and gap.households > 0 and kind in gap.reason for gap in lacking)


def test_with_all_numbers_and_files_every_check_runs(everybody: View) -> None:
    assert run_checks(everybody, policy()).not_run == ()


def test_where_only_one_village_has_a_number_the_others_are_named() -> None:
    told = {"households": [{"household_id": "H1"}, {"household_id": "H2", "village_code": "990101002001"}]}
    surveys = [{"household_id": h, "period_end": date(2024, 9, 30), "net_per_capita": 1} for h in ("H1", "H2")]
    own = entry("monitoring_line", 8000, "990101001")
    result = run_checks(view({**told, "income_surveys": surveys}), Policy([[own]]))
    assert result.found.filter(pl.col("check") == "1_02_006")["township"].to_list() == ["990101001"]
    lacking = [gap for gap in result.not_run if gap.check == "1_02_006"]
    assert [(gap.area, gap.on, gap.households) for gap in lacking] == [("990101002001", "2024-09-30", 1)]


# --- the worked example of the contract ---


@pytest.mark.parametrize("as_of", [date(2025, 3, 5), date(2025, 6, 5), date(2025, 7, 5)])
def test_the_worked_example_has_no_fault(as_of: date) -> None:
    # incomes above the line, all guarantees held, an ill member with bills, two who can work, a running loan as
    # development measure; its first episode is older than the county's records of identifications
    assert run_checks(View.of(load(), as_of, COUNTY), policy()).found.height == 0


def test_in_march_nothing_of_an_identification_was_received_yet() -> None:
    lacking = run_checks(View.of(load(), date(2025, 3, 5), COUNTY), policy()).not_run
    assert [(gap.check, gap.needs) for gap in lacking] == [
        ("1_11_002", "income_surveys"),
        ("1_11_002", "guarantee_checks"),
    ]


def test_with_a_line_of_15000_the_worked_example_is_under_it_after_its_first_episode() -> None:
    in_march = run_checks(View.of(load(), date(2025, 3, 5), COUNTY), LINE_15000).found
    assert in_march["check"].to_list() == ["1_02_006", "X_04"]
    in_june = run_checks(View.of(load(), date(2025, 6, 5), COUNTY), LINE_15000).found
    assert in_june["check"].to_list() == []  # monitored since May


def test_the_worked_example_with_a_healthy_father_and_no_measures() -> None:
    healthy = load()["members"].with_columns(major_illness=pl.lit(value=False))
    elsewhere = row("measures", household_id=full_id("H77"), measure_id=full_id("M77"))
    rows = {**load(), "members": healthy, "measures": elsewhere}
    found = run_checks(View.of(rows, date(2025, 6, 30), COUNTY), policy()).found
    assert found["check"].to_list() == ["X_01", "X_05"]
    assert found["detail"].to_list() == [
        "2025-05识别,已满1个月,无任何帮扶措施",
        "2025-05识别,原因含因病,4名成员均无长期慢性病或大病",
    ]


# --- the rule baseline ---


def test_points_count_the_risk_signals_of_every_active_household(everybody: View) -> None:
    points = rule_pack(everybody, policy())
    signals = run_checks(everybody, policy()).found.filter(pl.col("use") == Use.RISK.value)
    counted = signals.group_by("household_id").agg(points=pl.len().cast(pl.Int32))
    assert points.height == len(CASES) + 2  # H1 and H9 are there too
    assert points.filter(pl.col("points") > 0).equals(counted.sort("household_id"))
    assert points["points"].max() == 2
