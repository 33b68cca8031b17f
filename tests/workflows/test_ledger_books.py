from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from ledger_cases import CASE, TODAY
from riskmodel.errors import RejectedFile, UsageError
from riskmodel.policy import Measure
from riskmodel.rendering.workbook import Sheet, write_workbook
from riskmodel.review.lamps import Lamps
from riskmodel.review.ledger_sheet import row_hash, values_of
from riskmodel.workflows.ledger_books import ledger_rows, ledger_workbook

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = replace(CASE, id=7, version=2, problem="=HYPERLINK(1)\n第二行")
LIGHT = Lamps(TODAY, (("", date(2026, 1, 8)),))


@pytest.fixture
def handed_out(tmp_path: Path) -> Path:
    """The workbook of one entry."""
    path = tmp_path / "out.xlsx"
    path.write_bytes(ledger_workbook([ENTRY], {ENTRY.village_code: "某村"}, LIGHT, TODAY))
    return path


def cells(path: Path) -> tuple[list[str], list[Any]]:
    """Header and first row."""
    lines = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    top = next(at for at, line in enumerate(lines) if "台账编号" in line)
    return [str(cell) for cell in lines[top]], lines[top + 1]


def test_a_workbook_that_comes_back_untouched_says_what_was_handed_out(handed_out: Path) -> None:
    (row,) = ledger_rows(handed_out)
    assert (row.id, row.reason) == (7, "")
    assert row.values == values_of(ENTRY)
    assert row.hash == row_hash(7, values_of(ENTRY))


def test_what_looks_like_a_formula_is_text_and_lists_to_choose_from_are_offered(handed_out: Path) -> None:
    header, row = cells(handed_out)
    assert row[header.index("问题")] == ENTRY.problem
    assert row[header.index("村")] == "某村"
    with zipfile.ZipFile(handed_out) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count("<dataValidation ") == 3
    assert "pane" in sheet
    assert 'hidden="1"' in sheet, "the check sum is for programs"


def filled(folder: Path, out: Path, **changes: Any) -> Path:
    header, row = cells(out)
    told = dict(zip(header, row, strict=True)) | changes
    write_workbook(folder / "in.xlsx", [Sheet("台账", header, [[told[title] or None for title in header]])], TODAY)
    return folder / "in.xlsx"


def test_cells_are_read_as_people_write_them(handed_out: Path, tmp_path: Path) -> None:
    changes = {"台账编号": 7.0, "帮扶措施": "健康帮扶, 搬迁；", "完成时限": "2026/02/01", "责任人编号": 17.0}
    (row,) = ledger_rows(filled(tmp_path, handed_out, **changes))
    assert row.values["measures"] == (Measure.HEALTH, Measure.RELOCATION)
    assert (row.id, row.values["deadline"], row.values["responsible_id"]) == (7, date(2026, 2, 1), "17")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"台账类别": "生病"}, "第 2 行“台账类别”的内容“生病”无法识别"),
        ({"帮扶措施": "健康帮扶、送米"}, "“帮扶措施”的内容“送米”无法识别"),
        ({"完成时限": "下周"}, "“完成时限”的内容“下周”无法识别，应为日期"),
        ({"台账编号": "七"}, "请保留导出时的编号"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(
    handed_out: Path, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        ledger_rows(filled(tmp_path, handed_out, **changes))


@pytest.mark.parametrize("header", [["甲"], ["台账编号", "问题"]])
def test_another_table_is_refused(tmp_path: Path, header: list[str]) -> None:
    write_workbook(tmp_path / "x.xlsx", [Sheet("表", header, [["1"] * len(header)])], TODAY)
    with pytest.raises(RejectedFile, match=r"没有标题|缺少列"):
        ledger_rows(tmp_path / "x.xlsx")
