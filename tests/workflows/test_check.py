from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from check_cases import AS_OF, county, in_place, office, policy
from check_stories import CASES
from riskmodel.errors import UsageError
from riskmodel.settings import Settings
from riskmodel.tables import View
from riskmodel.tables.quality import FOUND_SCHEMA, Severity, declared, run_checks
from riskmodel.workflows.check import Checked, check
from riskmodel.workflows.workspace import Workspace
from scenario import COUNTY

PLACED = [in_place(case, number) for number, case in enumerate(CASES, start=100)]
"""All cases as households of one county."""
ROWS = county(*PLACED)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return office(tmp_path_factory.mktemp("checks") / "home", *PLACED)


@pytest.fixture(scope="module")
def done(place: Workspace) -> Checked:
    return check(place)


@pytest.fixture(scope="module")
def book(done: Checked) -> dict[str, list[list[Any]]]:
    opened = CalamineWorkbook.from_path(done.workbook)
    return {name: opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names}


def test_the_newest_delivery_is_the_as_of_date_and_every_finding_is_stored(done: Checked) -> None:
    expected = run_checks(View.of(ROWS, AS_OF, COUNTY), policy()).found
    found = pl.read_parquet(done.table)
    assert done.as_of == AS_OF.isoformat()
    assert found.schema == FOUND_SCHEMA
    assert found.equals(expected)


def test_counts_are_those_of_the_findings(done: Checked) -> None:
    found = pl.read_parquet(done.table)
    assert done.found == dict(found.group_by("check").len().iter_rows())
    assert done.errors == found.filter(pl.col("severity") == Severity.ERROR.value).height
    (township,) = done.townships
    assert (township.county, township.township, township.name) == (COUNTY, "990101001", "示例镇")
    assert (township.found, township.households) == (done.found, done.households)


def test_the_first_sheet_counts_every_check_by_township_with_a_total(
    book: dict[str, list[list[Any]]], done: Checked
) -> None:
    head, *townships, total = book["汇总"]
    assert list(book) == ["汇总", "明细", "说明"]
    assert head[4:] == [f"{c.code} {c.title}" for c in declared()]
    counts = [float(done.found[c.code]) for c in declared()]
    assert townships == [["990101", "990101001", "示例镇", float(done.households), *counts]]
    assert total == ["合计", "", "", float(done.households), *counts]


def test_the_second_sheet_has_a_row_per_finding_with_its_household(
    book: dict[str, list[list[Any]]], done: Checked
) -> None:
    _, *rows = book["明细"]
    found = pl.read_parquet(done.table)
    assert {(row[2], row[3], row[7]) for row in rows} == set(
        found.select("household_id", "check", "detail").iter_rows()
    )
    assert len(rows) == found.height
    assert {row[1] for row in rows} == {"990101001001"}


def test_the_third_sheet_explains_every_check_and_says_that_it_is_internal(book: dict[str, list[list[Any]]]) -> None:
    sheet = book["说明"]
    assert "不得对外公开" in sheet[0][0]
    assert "not for publication" in sheet[0][0]
    head = next(index for index, row in enumerate(sheet) if row[0] == "编号")
    assert [row[:4] for row in sheet[head + 1 :]] == [[c.code, c.title, c.english, c.rule] for c in declared()]


def test_a_check_that_lacks_a_number_is_told_in_the_result_and_in_the_workbook(tmp_path: Path) -> None:
    result = check(office(tmp_path / "home", *PLACED, without=["monitoring_line"]))
    lacking = {gap["check"] for gap in result.not_run if gap["needs"] == "monitoring_line"}
    assert lacking == {"1_02_006", "4_11_010", "X_04"}
    assert "1_02_006" not in result.found
    sheet = CalamineWorkbook.from_path(result.workbook).get_sheet_by_name("说明").to_python()
    (told,) = (row[-1] for row in sheet if row[0] == "1_02_006")
    assert "no value of monitoring_line is in force for area 990101001001" in str(told)


def test_checking_again_replaces_the_files_and_changes_nothing(place: Workspace, done: Checked) -> None:
    before = (Path(done.workbook).read_bytes(), Path(done.table).read_bytes())
    assert check(place) == done
    assert (Path(done.workbook).read_bytes(), Path(done.table).read_bytes()) == before


def test_an_earlier_day_sees_what_was_known_then(tmp_path: Path) -> None:
    place = office(tmp_path / "home", *PLACED)
    early = date(2024, 12, 1)
    expected = run_checks(View.of(ROWS, early, COUNTY), policy()).found
    result = check(place, early)
    assert pl.read_parquet(result.table).equals(expected)
    assert Path(result.workbook) == place.reports / "checks" / "2024-12-01" / "checks.xlsx"


def test_unconfirmed_numbers_are_named(tmp_path: Path) -> None:
    result = check(office(tmp_path / "home", *PLACED, without=["deadline.elimination_min"]))
    assert result.unconfirmed_policy == ["deadline.elimination_min (national)"]


def test_a_day_without_households_or_news_is_refused(place: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no household was known on 2001-01-01; the first was known on 2020-01-01"):
        check(place, date(2001, 1, 1))
    with pytest.raises(UsageError, match="more than 62 days after the newest delivery"):
        check(place, date(2025, 9, 1))
    with pytest.raises(UsageError, match="holds no data yet"):
        check(Workspace(Settings(tmp_path)))
