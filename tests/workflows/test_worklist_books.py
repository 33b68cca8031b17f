from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from filled_lists import sheet_of
from riskmodel.policy import Listing, Tier
from riskmodel.rendering.workbook import workbook_bytes
from riskmodel.tables import TABLES
from riskmodel.workflows.worklist import WorkList, work_list
from riskmodel.workflows.worklist_books import file_names, visitors_sheet
from trained_county import Office

AS_OF = date(2024, 5, 5)


@pytest.fixture(scope="module")
def done(office: Office, tmp_path_factory: pytest.TempPathFactory) -> WorkList:
    """A list of 60 visits."""
    return work_list(office.copied(tmp_path_factory.mktemp("lists")), area="990301", capacity=60)


def test_visitors_are_told_no_score_no_rank_no_reason_and_no_lot(done: WorkList) -> None:
    (path,) = Path(done.visitors).glob("*.xlsx")
    notes, header, lines = sheet_of(path)
    assert header == [
        *("走访次序", "乡镇", "村名", "村代码", "户编号", "帮扶责任人编号", "人口", "本户另请核实"),
        *("走访日期", "走访人编号", "走访原因", "走访结果", "风险原因1", "风险原因2"),
    ]
    cells = {str(cell) for line in lines for cell in line}
    text = "\n".join([*notes, *cells])
    told = [*(word.zh for word in (*Listing, *Tier)), "概率", "排名", "抽查", "推高", "分数"]
    assert [word for word in told if word in text] == []
    rows = pl.read_parquet(Path(done.folder) / "worklist.parquet").drop_nulls("visit_order")
    assert cells.isdisjoint({f"{value:.4f}" for value in rows["probability"]})


def test_every_row_of_the_visitors_looks_alike(done: WorkList) -> None:
    (path,) = Path(done.visitors).glob("*.xlsx")
    _, header, lines = sheet_of(path)
    assert {line[header.index("走访原因")] for line in lines} == {"日常走访"}
    blank = [header.index(title) for title in ("走访日期", "走访人编号", "走访结果", "风险原因1", "风险原因2")]
    assert {line[column] for line in lines for column in blank} == {""}


def test_the_visitors_workbook_does_not_change_when_listed_and_drawn_change_places(done: WorkList) -> None:
    rows = pl.read_parquet(Path(done.folder) / "worklist.parquet").drop_nulls("visit_order")
    other = {"listed": "audit", "audit": "listed"}
    turned = rows.with_columns(
        status=pl.col("status").replace(other),
        probability=1 - pl.col("probability"),
        rank_place=pl.col("rank_place").reverse(),
        tier=pl.lit("low"),
        inclusion_probability=pl.lit(0.5),
    )
    one, two = (workbook_bytes([visitors_sheet(frame, AS_OF)], AS_OF) for frame in (rows, turned.reverse()))
    assert one == two


def test_households_drawn_by_lot_are_not_gathered_at_one_end_of_the_sheet(done: WorkList) -> None:
    rows = pl.read_parquet(Path(done.folder) / "worklist.parquet").drop_nulls("visit_order").sort("visit_order")
    assert rows["village_code"].is_sorted()
    within = rows.group_by("village_code", maintain_order=True).agg("rank_place")
    assert any(ranks != sorted(ranks) for ranks in within["rank_place"].to_list())


def test_analysts_see_score_reasons_and_who_was_drawn(done: WorkList) -> None:
    book = CalamineWorkbook.from_path(done.analysts)
    assert book.sheet_names == ["名单", "名额", "户数"]
    lines: list[list[Any]] = list(map(list, book.get_sheet_by_name("名单").to_python()))
    header = lines[3]
    rows: list[dict[str, Any]] = [dict(zip(map(str, header), line, strict=True)) for line in lines[4:]]
    assert len(rows) == 60
    assert "不得交给走访人员" in lines[0][0]
    assert "抽签" in lines[1][0]
    audit = [row for row in rows if row["状态"] == "随机抽查"]
    assert len(audit) == 3
    assert {row["入样概率"] for row in rows if row["状态"] == "优先走访"} == {1}
    assert all(0 < row["入样概率"] < 0.02 for row in audit)
    assert all(row["原因1"].endswith("推高风险") for row in rows[:5])
    assert [row["排名"] for row in rows[:57]] == list(range(1, 58))
    counts = book.get_sheet_by_name("户数").to_python()
    assert {line[0]: line[2] for line in counts[2:]} == {
        Listing(status).zh: count for status, count in done.counts.items()
    }


def test_visitors_titles_are_those_of_the_table_of_visits() -> None:
    titles = visitors_sheet(rows_of_nobody(), AS_OF).header
    needed = [fact for name, fact in TABLES["visits"].facts.items() if fact.headers and name != "retracted"]
    assert [fact.name for fact in needed if not set(fact.headers) & set(titles)] == []


def test_names_of_workbooks_are_plain_and_different() -> None:
    names = file_names(["990301100/张三", "990301100/李四", "990301100/W-07", "../x"])
    assert list(names.values()) == [
        *("visits-990301100.xlsx", "visits-990301100-2.xlsx", "visits-990301100-W-07.xlsx", "visits-x.xlsx"),
    ]
    assert all(re.fullmatch(r"visits-[0-9A-Za-z-]+\.xlsx", name) for name in names.values())


def rows_of_nobody() -> pl.DataFrame:
    texts = ("village_code", "household_id", "village_name", "township_name", "responsible_id", "own")
    columns = [*((name, pl.String) for name in texts), ("visit_order", pl.Int32), ("size", pl.Int32)]
    return pl.DataFrame(schema=columns)
