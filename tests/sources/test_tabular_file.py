from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources.tabular_file import Content, read_file
from riskmodel.tables import TABLES
from sources.workbooks import write_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TITLES = ("户编号", "月份", "收入项目", "金额（万元）", "户主姓名", "备注")
ROWS: list[tuple[Any, ...]] = [
    ("H1", "2025-01", "务工", "1.5", "甲", "x"),
    ("", " ", "", "", "", ""),
    ("H2", "2025-02", "种植业", "3", "乙", ""),
    ("合 计", "", "", "4.5", "", ""),
]


def write(path: Path, titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    """The same table in the format that the ending of the path names."""
    match path.suffix:
        case ".xlsx":
            return write_rows(path, titles, *rows)
        case ".parquet":
            pl.DataFrame(rows, schema=list(titles), orient="row").write_parquet(path)
        case _:
            path.write_text("\n".join(",".join(row) for row in (titles, *rows)), encoding="gb18030")
    return path


def read(
    path: Path, titles: Sequence[str] = TITLES, rows: Sequence[Sequence[Any]] = ROWS, table: str = "incomes"
) -> Content:
    return read_file(write(path, titles, rows), TABLES[table])


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_every_format_gives_the_same_content(tmp_path: Path, ending: str) -> None:
    content = read(tmp_path / f"incomes.{ending}")
    first = 1 if ending == "parquet" else 2  # a Parquet file has no header row
    assert content.cells.to_dict(as_series=False) == {
        "row": [first, first + 2],
        "household_id": ["H1", "H2"],
        "month": ["2025-01", "2025-02"],
        "component": ["务工", "种植业"],
        "amount": ["1.5", "3"],
        "head_name": ["甲", "乙"],
    }
    assert content.cells.dtypes == [pl.Int64] + [pl.String] * 5
    assert content.scale == {"amount": 10_000}
    assert content.skipped == 2
    assert content.remarks == (
        "columns ignored / 未使用的列: 备注",
        "1 empty line(s) skipped / 已跳过空行",
        "1 line(s) of totals skipped / 已跳过合计行",
    )
    assert content.torn.is_empty()
    assert content.numeric.schema == {"row": pl.Int64, "column": pl.String}
    assert content.numeric.is_empty()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_column_that_feeds_two_is_copied_to_both(tmp_path: Path, ending: str) -> None:
    titles = ("身份证号", "户编号", "变更日期", "健康状况")
    content = read(tmp_path / f"members.{ending}", titles, [("P1", "H1", "2025-01-01", "长期慢性病")], "members")
    assert content.cells["chronic_illness"].to_list() == content.cells["major_illness"].to_list() == ["长期慢性病"]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_header_alone_has_no_cells(tmp_path: Path, ending: str) -> None:
    content = read(tmp_path / f"incomes.{ending}", rows=[])
    assert content.cells.height == content.skipped == 0
    assert content.cells.columns[:3] == ["row", "household_id", "month"]


def test_lines_with_lost_cells_are_torn(tmp_path: Path) -> None:
    rows = [("H1", "2025-01"), ("合计", "9"), *ROWS]
    content = read(tmp_path / "incomes.csv", rows=rows)
    assert content.torn.select("row", "column", "value", "rule").rows() == [(2, "household_id", "H1", "cells")]
    assert content.cells["row"].to_list() == [4, 6]
    assert content.skipped == 3


def test_cells_of_ids_that_were_numbers_are_told(tmp_path: Path) -> None:
    rows = [("H1", "2025-01", "务工", 1, "甲", 5), (17, "2025-01", "务工", 1, 13800000000, 5), ("合计",)]
    content = read(tmp_path / "incomes.xlsx", rows=rows)
    assert content.numeric.rows() == [(3, "household_id")]
    assert content.cells["household_id"].to_list() == ["H1", "17"]
    assert content.cells["head_name"].to_list() == ["甲", "13800000000"]


def test_days_of_a_sheet_are_iso(tmp_path: Path) -> None:
    content = read(tmp_path / "incomes.xlsx", rows=[("H1", date(2025, 1, 5), "务工", 0.1, "", "")])
    assert content.cells.select("month", "amount").rows() == [("2025-01-05", "0.1")]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_column_that_stands_twice_is_refused_unless_it_is_empty(tmp_path: Path, ending: str) -> None:
    titles = ("户编号", "月份", "收入项目", "金额", " 金额")
    content = read(
        tmp_path / f"incomes.{ending}", titles, [("H1", "2025-01", "务工", "1", ""), ("合计", "", "", "1", "1")]
    )
    assert content.cells.columns[-1] == "amount"
    assert content.cells["amount"].to_list() == ["1"]
    assert content.remarks[0].startswith("a column stands twice, the empty one was left out")
    with pytest.raises(RejectedFile, match=rf"incomes\.{ending}: the column 金额 stands twice.*row 2"):
        read(tmp_path / f"incomes.{ending}", titles, [("H1", "2025-01", "务工", "1", "2")])


def test_a_question_for_a_problem_is_told(tmp_path: Path) -> None:
    titles = ("户编号", "核查日期", "环节", "是否失学辍学", "water_ok")
    content = read(tmp_path / "a.csv", titles, [("H1", "2025-01-01", "年度", "是", "是")], "guarantee_checks")
    assert content.inverted == {"school_ok"}
    assert content.cells.select("school_ok", "water_ok").rows() == [("是", "是")]


def test_the_sheet_may_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "incomes.xlsx", TITLES, ROWS)
    assert read_file(path, TABLES["incomes"], "Sheet1").cells.height == 2
    with pytest.raises(RejectedFile, match="Its sheets: Sheet1"):
        read_file(path, TABLES["incomes"], "一月")


def test_long_files_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "incomes.csv"
    count = 200_001
    path.write_text("户编号,月份,金额\n" + "H1,2025-01,5\n" * count, encoding="utf-8")
    content = read_file(path, TABLES["incomes"])
    assert content.cells.height == count
    assert content.cells["row"][-1] == count + 1
