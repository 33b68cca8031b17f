from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from riskmodel.rendering import workbook
from riskmodel.rendering.workbook import Cell, Sheet, neutral, sheet_name, text_width, workbook_bytes, write_workbook

DAY = date(2025, 6, 5)


def written(*rows: list[Cell], header: tuple[str, ...] = ("列",), **more: Any) -> bytes:
    return workbook_bytes([Sheet("表", header, rows, **more)], DAY)


def read(content: bytes, sheet: int = 0) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def wraps(content: bytes, cell: str) -> bool:
    """Whether a cell of the first sheet breaks its text into lines."""
    style = re.search(rf'<c r="{cell}" s="(\d+)"', part(content, "xl/worksheets/sheet1.xml"))
    assert style is not None
    formats = re.search(r"<cellXfs.*?</cellXfs>", part(content, "xl/styles.xml"), re.DOTALL)
    assert formats is not None
    return 'wrapText="1"' in re.findall(r"<xf .*?(?=<xf |</cellXfs>)", formats[0])[int(style[1])]


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "{=1}", "http://example.org", "007", "1e3", ""),
        *("_x0041_", "a\x01b", "<b>&\"'", "𠮷", " 前后 ", "张三\t李四"),
    ],
)
def test_text_stays_text_whatever_it_looks_like(text: str) -> None:
    content = written([text])
    assert read(content)[1:] == [[text]]
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_numbers_days_and_truths_have_their_types_and_the_unknown_is_empty() -> None:
    row: list[Cell] = [12, 3.5, DAY, True, False, None, float("nan"), 10**18]
    (_, cells) = read(written(row, header=tuple("abcdefgh")))
    assert cells == [12.0, 3.5, DAY, "是", "否", "", "", "1000000000000000000"]


def test_a_day_that_spreadsheets_cannot_count_is_text() -> None:
    assert read(written([date(1899, 12, 31)]))[1] == ["1899-12-31"]


def test_a_text_longer_than_a_cell_is_cut_visibly() -> None:
    ((cell,),) = read(written(["x" * 40_000]))[1:]
    assert len(cell) == workbook.LONGEST_TEXT
    assert cell.endswith("x…")


def test_header_stays_in_sight_below_the_notes_and_filters_the_rows() -> None:
    content = written([1, 2], [3, 4], header=("甲", "乙"), notes=("内部资料", "=1"))
    assert read(content) == [["内部资料", ""], ["=1", ""], ["甲", "乙"], [1.0, 2.0], [3.0, 4.0]]
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert '<pane ySplit="3"' in sheet
    assert '<autoFilter ref="A3:B5"/>' in sheet


def test_columns_are_wide_enough_for_chinese_and_never_too_wide() -> None:
    content = written(["人均纯收入低于监测线"], ["x" * 500], header=("项",))
    assert f'width="{workbook.WIDEST}.' in part(content, "xl/worksheets/sheet1.xml")
    content = written(["人均纯收入低于监测线"], header=("项",))
    assert 'width="23.' in part(content, "xl/worksheets/sheet1.xml")
    assert (text_width("监测"), text_width("ab"), text_width("（")) == (4, 2, 2)


def test_the_longest_line_of_a_cell_tells_the_width_and_what_is_unknown_takes_none() -> None:
    sheet = part(written(["a\n" + "b" * 20, None], header=("项", "空")), "xl/worksheets/sheet1.xml")
    assert re.findall(r'<col min="\d" max="\d" width="(\d+)\.', sheet) == ["23", "8"]


def test_columns_that_crowd_give_way_until_they_fit_on_a_page() -> None:
    sheet = part(written(["x" * 200, "y" * 200, "z" * 30], header=("甲", "乙", "丙")), "xl/worksheets/sheet1.xml")
    assert re.findall(r' max="(\d)" width="(\d+)\.', sheet) == [("2", "58"), ("3", "33")]
    many = part(written(["x" * 200] * 9, header=tuple("abcdefghi")), "xl/worksheets/sheet1.xml")
    assert set(re.findall(r' width="(\d+)\.', many)) == {f"{workbook.WIDEST_IN_A_CROWD}"}


def test_a_long_title_does_not_make_a_column_of_counts_wide() -> None:
    sheet = part(written([3], header=("识别时间、风险、收入或三保障缺失",)), "xl/worksheets/sheet1.xml")
    assert f' width="{workbook.WIDEST_TITLE + 3}.' in sheet


def test_text_that_is_longer_than_its_column_is_wrapped_and_no_other() -> None:
    content = written(["短", "长" * 40, "两\n行", 5], header=("甲", "乙", "丙", "丁"))
    assert [wraps(content, cell) for cell in ("A1", "A2", "B2", "C2", "D2")] == [True, False, True, True, False]
    measured: list[list[Cell]] = [["短"] for _ in range(workbook.MEASURED_ROWS)]
    assert wraps(written(*measured, ["长" * 40]), f"A{len(measured) + 2}"), "also a row that nobody measured"


def test_a_page_is_a4_across_with_all_columns_on_it() -> None:
    sheet = part(written([1], header=("列",)), "xl/worksheets/sheet1.xml")
    assert re.search(r'<pageSetup [^>]*paperSize="9"', sheet)
    assert re.search(r'<pageSetup [^>]*orientation="landscape"', sheet)
    assert re.search(r'<pageSetup [^>]*fitToHeight="0"', sheet), "as many pages as there are rows"
    assert 'fitToWidth="' not in sheet, "one page, which is what the format takes without a word"
    assert '<pageSetUpPr fitToPage="1"/>' in sheet
    assert '<printOptions gridLines="1"/>' in sheet


def test_every_page_has_the_header_its_number_and_the_name_of_the_sheet() -> None:
    content = workbook_bytes([Sheet("表 & 1", ["列"], [[1]], ["注", "注"]), Sheet("乙", ["列"], [[1]])], DAY)
    book = part(content, "xl/workbook.xml")
    titles = re.findall(r'<definedName name="_xlnm.Print_Titles" localSheetId="(\d)">([^<]*)<', book)
    assert sorted(titles) == [("0", "'表 &amp; 1'!$3:$3"), ("1", "乙!$1:$1")]
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert "<oddFooter>&amp;L&amp;A&amp;R第 &amp;P 页 共 &amp;N 页</oddFooter>" in sheet


def test_a_note_stands_across_the_columns_in_the_lines_that_it_needs() -> None:
    content = written([1, 2], header=("甲", "乙"), notes=("短", "长" * 30, "=1"))
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert re.findall(r'<mergeCell ref="([^"]+)"', sheet) == ["A1:B1", "A2:B2", "A3:B3"]
    heights = re.findall(r'<row r="(\d)"[^>]* ht="(\d+)"', sheet)
    assert ("2", "75") in heights
    assert "<f>" not in sheet
    assert read(content)[:3] == [["短", ""], ["长" * 30, ""], ["=1", ""]]
    assert "mergeCell" not in part(written([1], notes=("注",)), "xl/worksheets/sheet1.xml")


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_OF_A_SHEET", 4)
    rows: list[list[Cell]] = [[n] for n in range(5)]
    content = written(*rows, notes=("注",))
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert names == ["表", "表 (2)", "表 (3)"]
    assert [row[0] for sheet in range(3) for row in read(content, sheet)[2:]] == [0, 1, 2, 3, 4]


def test_a_sheet_without_rows_has_its_header() -> None:
    assert read(written()) == [["列"]]


def test_equal_sheets_are_equal_bytes_and_the_file_appears_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "book.xlsx"
    write_workbook(path, [Sheet("表", ["列"], [["=1"]])], DAY)
    assert path.read_bytes() == written(["=1"])
    assert [file.name for file in path.parent.iterdir()] == ["book.xlsx"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025/06:明细?", "2025 06 明细"),
        ("'引号'", "引号"),
        ("", "Sheet"),
        ("[]", "Sheet"),
        ("history", "history_"),
        ("很" * 40, "很" * 31),
    ],
)
def test_a_sheet_name_is_one_that_spreadsheets_accept(text: str, expected: str) -> None:
    assert sheet_name(text) == expected


def test_a_taken_sheet_name_gets_a_number_in_any_case_of_letters() -> None:
    assert sheet_name("List", {"list", "list (2)"}) == "List (3)"
    assert sheet_name("很" * 31, {"很" * 31}) == "很" * 27 + " (2)"


@pytest.mark.parametrize("text", ["=1", "+1+1", "-2+3", "@x", " =1", "＝1", "\t=1", "\r\n=1", "=", "-张三"])
def test_a_csv_cell_that_could_be_a_formula_is_made_harmless(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "张三", "-12.50", "+8", "3=3", "H1", " ", "\t", "a-b"])
def test_other_csv_cells_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


def test_a_column_with_choices_offers_them_in_each_row_and_no_other_column_does() -> None:
    content = written([None, "x"], [None, "y"], header=("结果", "备注"), choices={"结果": ("无风险", "有风险")})
    sheet = part(content, "xl/worksheets/sheet1.xml")
    (offered,) = re.findall(r"<dataValidation .*?</dataValidation>", sheet)
    assert 'type="list"' in offered
    assert 'sqref="A2:A3"' in offered
    assert "&quot;无风险,有风险&quot;" in offered or '"无风险,有风险"' in offered


def test_text_that_looks_like_a_formula_stays_text_when_somebody_edits_its_cell() -> None:
    content = written(["=1+1"], ["plain"])
    formats = re.findall(r"<xf .*?(?=<xf |</cellXfs>)", part(content, "xl/styles.xml").partition("<cellXfs")[2])
    sheet = part(content, "xl/worksheets/sheet1.xml")
    styles = [re.search(rf'<c r="{cell}" s="(\d+)"', sheet) for cell in ("A2", "A3")]
    quoted = ['quotePrefix="1"' in formats[int(style[1])] for style in styles if style]
    assert quoted == [True, False]
