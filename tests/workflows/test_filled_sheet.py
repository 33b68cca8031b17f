from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from filled_lists import filled_of
from riskmodel.errors import RejectedFile, UsageError
from riskmodel.rendering.workbook import Sheet, workbook_bytes
from riskmodel.workflows import filled_sheet
from riskmodel.workflows.filled_sheet import fault

DAY = date(2026, 1, 5)
HEADER = ["户编号", "走访日期", "走访人编号", "走访原因", "走访结果", "理由（结果与名单不一致时必填）", "名单版本"]
ROW = ["H1", DAY, "K1", "日常走访", "无风险", "已核对（两次），属实", "2026-01-05 x"]


def book(*rows: list[Any], header: list[str] = HEADER, sheet: str = "走访登记") -> bytes:
    return workbook_bytes([Sheet(sheet, header, rows, ["说明"])], DAY)


def test_a_row_is_read_with_its_reason_as_it_was_typed_and_blank_ones_are_counted() -> None:
    blank = ["H2", None, None, "日常走访", None, None, "2026-01-05 x"]
    told = filled_of(book(ROW, blank))
    assert (told.edition, told.blank, told.faults) == ("2026-01-05 x", 1, [])
    (row,) = told.rows
    assert (row.row, row.values["finding"], row.why, row.note) == (3, "no_risk", "已核对（两次），属实", "")


def test_a_reason_alone_is_no_blank_row() -> None:
    assert filled_of(book(["H2", None, None, "日常走访", None, "外出", "x"])).blank == 0


@pytest.mark.parametrize("content", [b"", b"PK", b"household_id,visited_on\n", b"<html>"])
def test_what_is_no_workbook_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(RejectedFile):
        filled_of(content)


@pytest.mark.parametrize(
    "header",
    [
        ["台账编号", "户编号", "村", "预警灯", "问题", "修改理由", "校验码"],
        ["名次", "乡镇", "村", "户主", "本地户号", "户编号", "户类型", "风险等级", "概率"],
        ["名次", "乡镇", "村", "户编号", "户类型", "风险等级", "概率"],
        HEADER[:-1],
    ],
)
def test_a_workbook_of_another_kind_is_refused_in_a_plain_sentence(header: list[str]) -> None:
    with pytest.raises(RejectedFile, match="这不是从“工作清单”页面下载的走访登记表"):
        filled_of(book([str(at) for at, _ in enumerate(header)], header=header))


def test_a_form_without_its_month_and_rows_of_several_forms_are_refused() -> None:
    with pytest.raises(RejectedFile, match="名单版本"):
        filled_of(book([*ROW[:-1], None]))
    with pytest.raises(UsageError, match="混有"):
        filled_of(book(ROW, [*ROW[:-1], "2025-12-05 x"]))


def test_too_many_findings_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filled_sheet, "MOST_FORMS", 1)
    with pytest.raises(UsageError, match="2 条走访结果"):
        filled_of(book(ROW, ROW))


def test_a_word_that_is_none_is_told_with_those_that_are() -> None:
    one = fault(3, "finding", "not a code / 不在列表中", "没人")
    assert (one.title, one.why) == ("走访结果", "“没人”无法识别，应填：无风险、有风险、未见到人")
    assert fault(3, "visited_on", "no day / 不是日期", "x").why == "不是日期"
