from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from filled_lists import BACK, VISITED, filled_in
from riskmodel.errors import DataError, UsageError
from riskmodel.workflows.ingest import Ingested, ingest
from riskmodel.workflows.worklist import WorkList, work_list
from riskmodel.workflows.worklist_evaluation import evaluate_lists
from riskmodel.workflows.workspace import Workspace
from trained_county import Office

AREA = "990301"


@pytest.fixture
def place(office: Office, tmp_path: Path) -> Workspace:
    return office.copied(tmp_path)


def test_a_filled_in_workbook_comes_back_as_visits(place: Workspace, tmp_path: Path) -> None:
    listed, drawn = chosen(work_list(place, area=AREA, capacity=60))
    findings = {listed[0]: "有风险", listed[1]: "无风险", drawn[0]: "未见到人"}
    done = brought_back(place, findings, tmp_path)
    visits = place.lake.view(AREA, BACK).canonical("visits").sort("household_id")
    assert (done.rows_loaded, done.rows_refused, done.rejected) == (3, 57, [])
    assert dict(visits.select("household_id", "finding").iter_rows()) == {
        listed[0]: "risk",
        listed[1]: "no_risk",
        drawn[0]: "not_home",
    }
    assert visits["reason"].unique().to_list() == ["routine"]
    assert visits["visited_on"].unique().to_list() == [VISITED]
    assert visits.filter(pl.col("finding") == "risk").select("cause_1", "visitor_id").row(0) == ("ILL", "W07")


def test_rows_that_were_not_visited_are_named_in_the_report(place: Workspace, tmp_path: Path) -> None:
    listed, _ = chosen(work_list(place, area=AREA, capacity=60))
    done = brought_back(place, dict.fromkeys(listed, "无风险"), tmp_path)
    assert done.report is not None
    assert done.report.quarantine is not None
    lines = pl.read_parquet(done.report.quarantine)
    assert lines["row"].n_unique() == 3


def test_the_numbers_are_those_of_the_visits(place: Workspace, tmp_path: Path) -> None:
    listed, drawn = chosen(work_list(place, area=AREA, capacity=60))
    findings = {id_: "有风险" if number < 20 else "无风险" for number, id_ in enumerate(listed[:50])}
    findings |= {listed[50]: "未见到人", drawn[0]: "有风险", drawn[1]: "无风险", drawn[2]: "无风险"}
    brought_back(place, findings, tmp_path)
    found = evaluate_lists(place, area=AREA)
    numbers = found.numbers
    assert (numbers.listed.households, numbers.listed.known, numbers.listed.found) == (57, 50, 20)
    assert (numbers.audited.households, numbers.audited.known, numbers.audited.found) == (3, 3, 1)
    unlisted = numbers.unlisted
    assert numbers.precision.value == pytest.approx(0.4)
    assert numbers.missed.value == pytest.approx(unlisted / 3)
    assert numbers.recall.value == pytest.approx(57 * 0.4 / (57 * 0.4 + unlisted / 3))
    assert found.told
    assert found.read_on == BACK.isoformat()
    assert any("7 visits are not known" in warning for warning in found.warnings)
    assert any("only 3 audit visits" in warning for warning in found.warnings)
    assert all(re.search(" / .*[\u4e00-\u9fff]", warning) for warning in found.warnings)


def test_visits_before_the_list_and_long_after_it_do_not_count(place: Workspace, tmp_path: Path) -> None:
    listed, drawn = chosen(work_list(place, area=AREA, capacity=60))
    rows = "".join(
        f"{id_},{day},W07,日常走访,有风险\n"
        for id_, day in ((listed[0], "2024-05-04"), (listed[1], "2024-05-05"), (drawn[0], "2024-07-06"))
    )
    folder = tmp_path / "2024-07-20"
    folder.mkdir()
    (folder / "delivery.toml").write_text('ids = "canonical"\n')
    (folder / "visits.csv").write_text("户编号,走访日期,走访人编号,走访原因,走访结果\n" + rows, "utf-8")
    assert ingest(place, folder).rows_loaded == 3
    found = evaluate_lists(place, area=AREA)
    assert (found.numbers.listed.known, found.numbers.audited.known) == (1, 0)
    assert not found.told


def test_a_risk_found_on_one_of_several_visits_is_a_case(place: Workspace, tmp_path: Path) -> None:
    listed, _ = chosen(work_list(place, area=AREA, capacity=60))
    folder = tmp_path / "2024-06-20"
    folder.mkdir()
    (folder / "delivery.toml").write_text('ids = "canonical"\n')
    rows = [(listed[0], "11", "有风险"), (listed[0], "12", "无风险"), (listed[1], "11", "无风险")]
    rows += [(listed[1], "13", "未见到人")]
    lines = "".join(f"{id_},2024-05-{day},W07,日常走访,{word}\n" for id_, day, word in rows)
    (folder / "visits.csv").write_text("户编号,走访日期,走访人编号,走访原因,走访结果\n" + lines, "utf-8")
    ingest(place, folder)
    numbers = evaluate_lists(place, area=AREA).numbers
    assert (numbers.listed.known, numbers.listed.found) == (2, 1)


def test_lists_of_several_months_are_taken_together(place: Workspace, tmp_path: Path) -> None:
    first = work_list(place, area=AREA, capacity=60)
    _, drawn = chosen(first)
    (place.results / "2024-05-05").rename(place.results / "2024-05-20")
    second = work_list(place, area=AREA, capacity=60)
    brought_back(place, dict.fromkeys(drawn, "无风险"), tmp_path, Path(first.visitors))
    alone, both = (evaluate_lists(place, area=AREA, since=since) for since in (None, date(2024, 5, 1)))
    assert alone.lists == [second.folder]
    assert both.lists == [first.folder, second.folder]
    assert both.numbers.unlisted == 2 * alone.numbers.unlisted
    assert both.numbers.audited.known >= 3
    with pytest.raises(
        UsageError, match=r"no list was drawn since 2024-12-01; the newest one is of.* / .*请给更早的月份。"
    ):
        evaluate_lists(place, area=AREA, since=date(2024, 12, 1))


def test_without_a_list_or_with_a_changed_one_nothing_is_said(place: Workspace) -> None:
    with pytest.raises(UsageError, match=r"no work list.* / .*走访名单。"):
        evaluate_lists(place, area=AREA)
    done = work_list(place, area=AREA, capacity=60)
    (Path(done.folder) / "worklist.parquet").unlink()
    with pytest.raises(DataError, match="not the list that was issued"):
        evaluate_lists(place, area=AREA)


def test_households_where_there_were_no_visits_are_said_to_be_out_of_reach(place: Workspace) -> None:
    (place.home / "policy" / "own.toml").write_text(
        "[[visits.audit_share]]\n"
        + 'area = "990301"\nvalue = 0\nunit = "share"\npublished_on = 2020-01-01\n'
        + 'effective_from = 2020-01-01\nsource = "invented"\nconfirmed = true\n'
    )
    done = work_list(Workspace(place.settings), area=AREA, capacity=60)
    assert (done.counts["audit"], done.out_of_reach) == (0, done.counts["unlisted"])
    found = evaluate_lists(place, area=AREA)
    assert found.numbers.out_of_reach == done.out_of_reach
    assert any("nothing is said of them" in warning for warning in found.warnings)


def chosen(done: WorkList) -> tuple[list[str], list[str]]:
    """Ids of the listed by rank and of those drawn by lot."""
    rows = pl.read_parquet(Path(done.folder) / "worklist.parquet").sort("rank_place")
    listed, drawn = (rows.filter(pl.col("status") == word)["household_id"].to_list() for word in ("listed", "audit"))
    return listed, drawn


def brought_back(place: Workspace, findings: dict[str, str], folder: Path, visitors: Path | None = None) -> Ingested:
    """Ingest the visitors' workbooks of the only list, filled in."""
    own = visitors or next((place.home / "worklists").glob("*/*/visitors"))
    return ingest(place, filled_in(own, findings, folder, causes="因病"))
