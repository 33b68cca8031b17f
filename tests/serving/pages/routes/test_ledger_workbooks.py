from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from riskmodel.rendering.workbook import Sheet, workbook_bytes
from riskmodel.review.access import Role
from sent_forms import written_case
from signed_in import Person, field_of, person

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office

DAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def officer(service: Running) -> Person:
    """Somebody of the county."""
    return person(service, Role.OFFICER, area="990301")


def handed_out(someone: Person, query: str = "") -> tuple[list[str], list[list[Any]]]:
    """Header and rows of the workbook."""
    answer = someone.get(f"/ledger/workbook{query}")
    assert answer.headers["content-disposition"].startswith('attachment; filename="ledger-')
    lines = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    top = next(at for at, line in enumerate(lines) if "台账编号" in line)
    return [str(cell) for cell in lines[top]], lines[top + 1 :]


def filled(header: list[str], row: list[Any], **changes: Any) -> list[Any]:
    """A row with other cells, by title."""
    told = dict(zip(header, row, strict=True)) | changes
    return [int(told[title]) if title == "台账编号" else told[title] or None for title in header]


def sent(someone: Person, header: list[str], rows: list[list[Any]], path: str = "/ledger/workbook") -> Any:
    content = workbook_bytes([Sheet("台账", header, rows)], DAY)
    return someone.client.post(path, data={"csrf": someone.csrf()}, files={"workbook": ("表.xlsx", content)})


def saved(someone: Person, preview: str) -> Any:
    return someone.post("/ledger/workbook/apply", {"rows": field_of(preview, "rows")})


def test_the_workbook_goes_out_is_filled_in_and_comes_back_once(
    service: Running, officer: Person, office: Office
) -> None:
    number = written_case(service.service, office.riskiest, "out and back", responsible_id="B1")
    header, (row,) = handed_out(officer, "?responsible=B1")
    assert row[header.index("预警灯")] == "正常"
    changed = filled(
        header, row, 要解决的问题="x", 问题="=HYPERLINK(1)", 帮扶措施="健康帮扶，综合保障", 办理状态="办理中"
    )
    preview = sent(officer, header, [changed])
    assert preview.status_code == 200, preview.text
    assert "=HYPERLINK(1)" in preview.text
    assert "健康帮扶、综合保障" in preview.text
    assert "=HYPERLINK(1)" not in officer.get(f"/ledger/{number}").text, "a preview saves nothing"
    assert saved(officer, preview.text).headers["location"] == "/ledger?said=imported"
    assert "=HYPERLINK(1)" in officer.get(f"/ledger/{number}").text
    again = sent(officer, header, [changed])
    assert "表格与台账一致" in again.text
    assert saved(officer, preview.text).headers["location"] == "/ledger?said=nothing"


def test_a_stale_row_stops_all_and_both_texts_are_shown(service: Running, officer: Person, office: Office) -> None:
    for token in ("stale 1", "stale 2"):
        written_case(service.service, office.riskiest, token, responsible_id="B2")
    header, rows = handed_out(officer, "?responsible=B2")
    first = sent(officer, header, [filled(header, rows[0], 问题="先到的文字")])
    assert saved(officer, first.text).status_code == 303
    later = [filled(header, row, 问题="后到的文字") for row in rows]
    preview = sent(officer, header, later)
    assert "先到的文字" in preview.text
    assert "后到的文字" in preview.text
    assert 'name="rows"' not in preview.text
    _, now = handed_out(officer, "?responsible=B2")
    assert [row[header.index("问题")] for row in now] == ["先到的文字", "自付医疗费过高"]


def test_what_was_changed_between_preview_and_saving_is_not_overwritten(
    service: Running, officer: Person, office: Office
) -> None:
    written_case(service.service, office.riskiest, "between", responsible_id="B3")
    header, (row,) = handed_out(officer, "?responsible=B3")
    slow, quick = (sent(officer, header, [filled(header, row, 问题=text)]).text for text in ("慢", "快"))
    assert saved(officer, quick).status_code == 303
    refused = saved(officer, slow)
    assert refused.status_code == 409
    assert "未作任何修改" in refused.text


def test_an_entry_of_another_township_is_neither_handed_out_nor_taken(
    service: Running, officer: Person, office: Office
) -> None:
    written_case(service.service, office.riskiest, "of another", responsible_id="B4", problem="只给本县看")
    header, rows = handed_out(officer, "?responsible=B4")
    stranger = person(service, Role.OFFICER, area="990302")
    assert handed_out(stranger)[1] == []
    preview = sent(stranger, header, [filled(header, rows[0], 问题="外人的文字")])
    assert "本辖区没有这条台账" in preview.text
    assert "只给本县看" not in preview.text
    carried = field_of(sent(officer, header, [filled(header, rows[0], 问题="外人的文字")]).text, "rows")
    assert stranger.post("/ledger/workbook/apply", {"rows": carried}).status_code == 409
    assert handed_out(officer, "?responsible=B4")[1][0][header.index("问题")] == "只给本县看"


def test_a_file_or_cell_that_cannot_be_read_is_named(service: Running, officer: Person, office: Office) -> None:
    written_case(service.service, office.riskiest, "unreadable", responsible_id="B5")
    header, (row,) = handed_out(officer, "?responsible=B5")
    assert (
        "第 2 行“办理状态”的内容“快好了”无法识别"
        in sent(officer, header, [filled(header, row, 办理状态="快好了")]).text
    )
    assert "没有标题“台账编号”" in sent(officer, ["甲", "乙"], [["1", "2"]]).text
    other = officer.client.post(
        "/ledger/workbook", data={"csrf": officer.csrf()}, files={"workbook": ("x.xlsx", b"PK\x03\x04 no")}
    )
    assert other.status_code == 422
    assert officer.post("/ledger/workbook").status_code == 422
    assert officer.post("/ledger/workbook/apply", {"rows": "AAAA"}).status_code == 422
