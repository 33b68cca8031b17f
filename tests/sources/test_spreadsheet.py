from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from riskmodel.errors import RejectedFile
from riskmodel.sources import spreadsheet
from riskmodel.sources.spreadsheet import read_xlsx
from riskmodel.tables import TABLES
from sources.workbooks import INCOMES, SHEET, edit_part, write_rows, write_sheets, write_xml

if TYPE_CHECKING:
    from pathlib import Path

SPEC = TABLES["incomes"]


def test_cells_become_text(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "a.xlsx",
        INCOMES,
        (" H1 ", date(2025, 3, 1), "务工", 1234.5),
        (7, datetime(2025, 3, 1, 8), True, 3),
        ("H2", "2025-03", None, 0.00001),
    )
    _, lines, remarks = read_xlsx(path, SPEC)
    assert lines.cells.rows() == [
        (2, " H1 ", "2025-03-01", "务工", "1234.5"),
        (3, "7", "2025-03-01 08:00:00", "true", "3"),
        (4, "H2", "2025-03", "", "0.00001"),
    ]
    assert lines.numeric.rows() == [(3, 0)]
    assert remarks == []


def test_rows_have_the_numbers_of_the_sheet_and_a_table_may_begin_anywhere(tmp_path: Path) -> None:
    rows = [
        (),
        (None, None, "收入表"),
        (None, None, *INCOMES),
        (),
        (None, None, "H1", "2025-03", "务工", 5),
        (None, None, " "),
    ]
    layout, lines, _ = read_xlsx(write_rows(tmp_path / "a.xlsx", *rows), SPEC)
    assert (layout.row, layout.first) == (3, 2)
    assert lines.cells.rows() == [(5, "H1", "2025-03", "务工", "5")]
    assert lines.empty == 2


def test_a_sheet_is_read_in_blocks_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_ROWS", 7)
    rows = [(f"H{n}" if n % 3 else n, "2025-03", "务工", n) for n in range(2, 100)]
    _, lines, _ = read_xlsx(write_rows(tmp_path / "a.xlsx", INCOMES, *rows), SPEC)
    assert lines.cells["row"].to_list() == list(range(2, 100))
    assert lines.cells["3"].to_list() == [str(n) for n in range(2, 100)]
    assert lines.numeric["row"].to_list() == [n for n in range(2, 100) if n % 3 == 0]


def test_errors_stay_in_their_cells_as_text(tmp_path: Path) -> None:
    rows = (
        b'<row r="2"><c r="A2" t="str"><v>H1</v></c><c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        b'<row r="4"><c r="D4" t="e"><v>#N/A</v></c></row>'
    )
    _, lines, _ = read_xlsx(write_xml(tmp_path / "a.xlsx", rows), SPEC)
    assert lines.cells.rows() == [(2, "H1", "", "", "#DIV/0!"), (4, "", "", "", "#N/A")]
    assert lines.empty == 1


def test_computed_formulas_are_their_values(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, INCOMES)
        sheet.write_formula(1, 0, '="H"&1', None, "H1")
        sheet.write_formula(1, 3, "=2*21", None, 42)
    _, lines, _ = read_xlsx(tmp_path / "a.xlsx", SPEC)
    assert lines.cells.rows() == [(2, "H1", "", "", "42")]


def test_merged_cells_among_the_data_are_told_and_not_filled(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:D1", "收入表")
        sheet.write_row(1, 0, INCOMES)
        for top in range(2, 12, 2):
            sheet.merge_range(top, 0, top + 1, 0, f"H{top}")
            sheet.write_row(top, 1, ["2025-01", "务工", 1])
            sheet.write_row(top + 1, 1, ["2025-02", "务工", 2])
    _, lines, remarks = read_xlsx(tmp_path / "a.xlsx", SPEC)
    assert lines.cells["0"].to_list()[:4] == ["H2", "", "H4", ""]
    (remark,) = remarks
    assert remark.endswith("A3:A4, A5:A6, A7:A8 ... (+2)")


def test_hidden_rows_are_read_like_all_others(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, INCOMES)
        sheet.write_row(1, 0, ["H1", "2025-01", "务工", 1])
        sheet.set_row(1, None, None, {"hidden": True})
    assert read_xlsx(tmp_path / "a.xlsx", SPEC)[1].cells.height == 1


def test_other_sheets_are_named(tmp_path: Path) -> None:
    rows = [INCOMES, ("H1", "2025-01", "务工", 1)]
    path = write_sheets(tmp_path / "a.xlsx", {"一月": rows, "二月": [*rows, *rows[1:]], "三月": rows})
    _, lines, remarks = read_xlsx(path, SPEC)
    assert lines.cells.height == 1
    assert remarks == ["only one sheet was read / 只读取了工作表“一月”,未读取: 二月, 三月"]
    assert read_xlsx(path, SPEC, "二月")[1].cells.height == 2


@pytest.mark.parametrize("note", [[("填表说明",), ("金额以元计",)], []])
def test_a_book_that_begins_with_a_note_is_told_to_name_the_sheet(tmp_path: Path, note: list[tuple[str, ...]]) -> None:
    rows = [INCOMES, ("H1", "2025-01", "务工", 1)]
    path = write_sheets(tmp_path / "a.xlsx", {"说明": note, "数据": rows, "旧": rows}, hidden=["旧"])
    with pytest.raises(RejectedFile) as caught:
        read_xlsx(path, SPEC)
    english, _, chinese = str(caught.value).partition(". / ")
    for half, others in ((english, "other sheets: 数据. If"), (chinese, "其他工作表：数据。")):
        assert others in half
        assert all(words in half for words in ("delivery.toml", '[files."a.xlsx"]', 'sheet = "数据"'))
    assert read_xlsx(path, SPEC, "数据")[1].cells.height == 1


def test_a_sheet_that_was_named_or_is_alone_is_not_told_of_others(tmp_path: Path) -> None:
    path = write_sheets(tmp_path / "a.xlsx", {"说明": [("说明",)], "数据": [INCOMES]})
    alone = write_sheets(tmp_path / "b.xlsx", {"说明": [("说明",)], "旧": [INCOMES]}, hidden=["旧"])
    for book, sheet in ((path, "说明"), (alone, None)):
        with pytest.raises(RejectedFile, match="none of the first 10 rows") as caught:
            read_xlsx(book, SPEC, sheet)
        assert "delivery.toml" not in str(caught.value)


def test_days_count_from_1904_where_the_book_says_so(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, INCOMES)
        sheet.write_datetime(1, 1, datetime(2025, 3, 5), book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
    assert read_xlsx(tmp_path / "a.xlsx", SPEC)[1].cells["1"].to_list() == ["2025-03-05"]


def test_an_empty_sheet_and_a_text_that_does_not_exist_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match="the sheet Sheet1 is empty"):
        read_xlsx(write_rows(tmp_path / "a.xlsx"), SPEC)
    with pytest.raises(RejectedFile, match=r"cannot be read.*save it again"):
        read_xlsx(write_xml(tmp_path / "b.xlsx", b'<row r="2"><c r="A2" t="s"><v>99</v></c></row>'), SPEC)


def test_a_sheet_with_a_prefix_before_every_name_is_read(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xlsx", INCOMES, ("H1", "2025-01", "务工", 1.5))

    def prefixed(xml: bytes) -> bytes:
        head, _, tags = xml.partition(b"<worksheet xmlns=")
        return (
            head
            + b"<x:worksheet xmlns:x="
            + tags.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
        )

    edit_part(path, SHEET, prefixed)
    assert read_xlsx(path, SPEC)[1].cells.rows() == [(2, "H1", "2025-01", "务工", "1.5")]
