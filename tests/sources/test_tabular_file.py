from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources.tabular_file import Content, read_file
from riskmodel.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path


def read_csv(folder: Path, content: str | bytes, name: str = "incomes") -> Content:
    path = folder / f"{name}.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_file(path, TABLES[name])


def test_a_csv_is_text_under_the_names_of_the_table(tmp_path: Path) -> None:
    content = read_csv(tmp_path, "\ufeffmonth, Amount ,note,household_id\r\n2025-01,007.50,hi,H1\r\n")
    assert content.cells.to_dict(as_series=False) == {
        "row": [2],
        "month": ["2025-01"],
        "amount": ["007.50"],
        "household_id": ["H1"],
    }
    assert content.remarks == ("columns ignored / 未使用的列: note",)


def test_rows_carry_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    content = read_csv(tmp_path, 'month,amount\n2025-01,"1\n2"\n\n , \n2025-02,3\n')
    assert content.cells["row"].to_list() == [2, 5]
    assert content.remarks == ("2 empty line(s) skipped / 已跳过空行",)


def test_a_line_with_a_cell_too_few_or_too_many_is_torn_and_the_others_stay(tmp_path: Path) -> None:
    content = read_csv(tmp_path, "month,amount\n2025-01\n2025-02,1,2\n2025-03,3,\n2025-04,4\n")
    assert content.torn.select("row", "value", "rule").rows() == [(2, "2025-01", "cells"), (3, "2025-02", "cells")]
    assert content.cells["month"].to_list() == ["2025-03", "2025-04"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("month,金额\n2025-01,3\n", "金额.*Chinese.*next release.*amount"),
        ("month,amount,AMOUNT\n2025-01,3,4\n", "amount stands twice"),
        ("month,amount\n2025-01,三\n".encode("gb18030"), "UTF-8"),
        ('month,amount\n2025-01,"3\n', "quotation"),
        ('month,amount\n2025-01,"3"4\n', "line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_rejected_with_advice(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(RejectedFile, match=rf"incomes\.csv.*{message}"):
        read_csv(tmp_path, content)


@pytest.mark.parametrize("content", ["", "month,amount\n", "nothing\n1\n"])
def test_a_file_without_rows_or_columns_of_the_table_has_no_cells(tmp_path: Path, content: str) -> None:
    assert read_csv(tmp_path, content).cells.drop("row").is_empty()


def test_long_files_are_read_whole(tmp_path: Path) -> None:
    count = 200_001
    content = read_csv(tmp_path, "month,amount\n" + "2025-01,5\n" * count)
    assert content.cells.height == count
    assert content.cells["row"][-1] == count + 1


def test_parquet_goes_through_its_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "month": [date(2025, 1, 1), None],
            "amount": pl.Series([Decimal("1.50"), None], dtype=pl.Decimal(10, 2)),
            "known_at": [datetime(2025, 2, 1), datetime(2025, 2, 1, 8)],
            "retracted": [True, None],
            "extra": [1, 2],
        }
    )
    frame.write_parquet(tmp_path / "incomes.parquet")
    content = read_file(tmp_path / "incomes.parquet", TABLES["incomes"])
    assert content.cells.to_dict(as_series=False) == {
        "row": [1, 2],
        "month": ["2025-01-01", None],
        "amount": ["1.50", None],
        "known_at": ["2025-02-01", "2025-02-01 08:00:00.000000"],
        "retracted": ["true", None],
    }
    assert "extra" in content.remarks[0]


def test_a_column_of_lists_or_a_broken_file_is_rejected(tmp_path: Path) -> None:
    pl.DataFrame({"amount": [[1], [2]]}).write_parquet(tmp_path / "incomes.parquet")
    with pytest.raises(RejectedFile, match="amount holds List"):
        read_file(tmp_path / "incomes.parquet", TABLES["incomes"])
    (tmp_path / "incomes.parquet").write_bytes(b"PAR1")
    with pytest.raises(RejectedFile, match="no readable Parquet"):
        read_file(tmp_path / "incomes.parquet", TABLES["incomes"])
