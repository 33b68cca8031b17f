from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import python_calamine

from riskmodel.sources.synthetic.observation.files import write
from riskmodel.sources.synthetic.observation.forms import FORMS, MOST_IN_A_WORKBOOK

CELLS = pl.DataFrame({"measure_id": ["CS1", "CS2"], "household_id": ["9903011000000011", None], "amount": ["12", "x"]})
FORM = FORMS["measures"]


def sheet(path: Path) -> list[list[object]]:
    rows = python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()
    return [list(row) for row in rows]


def test_a_workbook_has_a_title_a_header_text_for_ids_and_numbers_for_amounts(tmp_path: Path) -> None:
    rows = sheet(write(CELLS, replace(FORM, total=True), tmp_path))
    assert rows[0][0] == FORM.title
    assert rows[1] == ["措施编号", "户编号", "金额"]
    assert rows[2] == ["CS1", "9903011000000011", 12.0]
    assert rows[3] == ["CS2", "", "x"]
    assert rows[4][0] == "合计"


def test_a_number_that_lost_its_digits_is_a_numeric_cell(tmp_path: Path) -> None:
    rows = sheet(write(pl.DataFrame({"person_id": ["9.90301E+17"]}), FORM, tmp_path))
    assert rows[2] == [9.90301e17]


def test_the_same_cells_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    assert write(CELLS, FORM, tmp_path / "a").read_bytes() == write(CELLS, FORM, tmp_path / "b").read_bytes()


def test_a_long_workbook_is_sent_as_csv(tmp_path: Path) -> None:
    long = pl.DataFrame({"measure_id": [f"CS{n}" for n in range(MOST_IN_A_WORKBOOK + 1)]})
    assert write(long, FORM, tmp_path).name == "measures.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_in_the_encoding_of_its_department(tmp_path: Path, encoding: str) -> None:
    form = replace(FORMS["loan_statements"], encoding=encoding)
    cells = pl.DataFrame({"loan_id": ["DK1"], "principal": ["5.0"], "purpose": ["养殖"]})
    path = write(cells, form, tmp_path)
    with path.open(encoding=encoding, newline="") as lines:
        rows = list(csv.reader(lines, strict=True))
    assert rows == [
        ["小额信贷台账", "", ""],
        ["合同编号", "贷款本金(万元)", "贷款用途"],
        ["DK1", "5.0", "养殖"],
        ["合计", "", ""],
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")


def test_parquet_keeps_text(tmp_path: Path) -> None:
    path = write(pl.DataFrame({"person_id": ["99030119"], "self_pay": ["12"]}), FORMS["enrolments"], tmp_path)
    assert pl.read_parquet(path).to_dict(as_series=False) == {"身份证号": ["99030119"], "资助后自付": ["12"]}
