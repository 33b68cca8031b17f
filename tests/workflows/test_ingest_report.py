from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from rich.cells import cell_len

from riskmodel.sources.account import FileAccount
from riskmodel.sources.source import FAILURES
from riskmodel.workflows import ingest_report
from riskmodel.workflows.ingest_report import CONFIDENTIAL, EXAMPLES_MAX, ReportFiles, report_lines, write_report

DAY = "2025-03-10"
INCOMES, BILLS, LOANS = f"{DAY}/incomes.csv", f"{DAY}/medical_settlements.xlsx", f"{DAY}/loan_statements.xls"
NUMBER = "990101199001011234"
ACCOUNTS = [
    FileAccount(LOANS, "loan_statements", DAY, rejected="the column 'principal' (贷款本金) is missing. Add it."),
    FileAccount(INCOMES, "incomes", DAY, rows_read=9, rows_loaded=6, rows_waiting=1, rows_refused=2, warnings=1),
    FileAccount(BILLS, "medical_settlements", DAY, rows_read=1, rows_refused=1, remarks=("one / 一条",)),
]
Line = tuple[str, str, int | None, str, str | None, str, str]
QUARANTINED: list[Line] = [
    (INCOMES, "incomes", 2, "household_id", NUMBER, "form", "not an id / 格式不符"),
    (INCOMES, "incomes", 5, "amount", "=1+1", "type", "not of type yuan / 数据类型不符"),
    (BILLS, "medical_settlements", 7, "disease_group", "<b>脑梗死</b>", "code", "not in the list / 不在代码表内"),
]
WARNED: list[Line] = [(INCOMES, "incomes", 3, "amount", "9000000.00", "W01", "very high / 金额过大")]
WAITING: list[Line] = [(INCOMES, "incomes", 4, "household_id", None, "waits", "household not known / 该户尚未建档")]


def frame(rows: list[Line]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=FAILURES, orient="row")


def written(folder: Path, quarantined: list[Line] = QUARANTINED, **changes: Any) -> ReportFiles:
    given: dict[str, Any] = {"warned": frame(WARNED), "waiting": frame(WAITING), "accounts": ACCOUNTS} | changes
    return write_report(folder, quarantined=frame(quarantined), path="deliveries/x", made_on=date(2025, 3, 11), **given)


def sheets(files: ReportFiles) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(files.workbooks[0])
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def text_of(files: ReportFiles) -> str:
    """What a reader of the page sees, tags left out."""
    return " ".join(re.sub(r"<[^>]+>", " ", files.page.read_text("utf-8").split("</style>")[1]).split())


def test_the_folder_has_the_page_the_workbook_and_a_table_for_each_kind_of_line(tmp_path: Path) -> None:
    files = written(tmp_path / "report")
    names = ["quarantine.parquet", "report.html", "report.xlsx", "waiting.parquet", "warnings.parquet"]
    assert sorted(path.name for path in files.folder.iterdir()) == names
    paths = [files.quarantine, files.page, files.workbooks[0], files.waiting, files.warnings]
    assert paths == [files.folder / name for name in names]


def test_a_new_report_takes_the_place_of_the_old_one_as_a_whole(tmp_path: Path) -> None:
    written(tmp_path / "report")
    files = written(tmp_path / "report", [], warned=frame([]), waiting=frame([]))
    assert (files.quarantine, files.warnings, files.waiting) == (None, None, None)
    assert sorted(path.name for path in files.folder.iterdir()) == ["report.html", "report.xlsx"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_only_the_user_who_ran_the_ingest_can_read_the_report(tmp_path: Path) -> None:
    files = written(tmp_path / "report")
    assert {path.stat().st_mode & 0o777 for path in files.folder.iterdir()} == {0o600}
    assert files.folder.stat().st_mode & 0o777 == 0o700


def test_equal_reports_are_equal_bytes(tmp_path: Path) -> None:
    one, other = written(tmp_path / "one"), written(tmp_path / "other")
    for path in one.folder.iterdir():
        assert path.read_bytes() == (other.folder / path.name).read_bytes()


def test_a_citizens_number_stands_in_no_file_of_the_report(tmp_path: Path) -> None:
    files = written(tmp_path / "report")
    hidden = NUMBER[:3] + "*" * 13 + NUMBER[-2:]
    assert files.quarantine
    everything = [text_of(files), str(sheets(files)), str(pl.read_parquet(files.quarantine).rows())]
    assert [NUMBER in text for text in everything] == [False] * 3
    assert [hidden in text for text in everything] == [True] * 3


def test_sensitive_values_are_shown_with_the_line_that_says_for_whom(tmp_path: Path) -> None:
    files = written(tmp_path / "report")
    assert "9000000.00" in text_of(files)
    assert CONFIDENTIAL in text_of(files)
    for name, rows in sheets(files).items():
        assert rows[0][0] == CONFIDENTIAL, name


def test_the_lines_in_parquet_are_those_that_were_given_but_for_the_masks(tmp_path: Path) -> None:
    files = written(tmp_path / "report")
    assert files.quarantine
    assert files.waiting
    kept = pl.read_parquet(files.quarantine)
    assert kept.schema == FAILURES
    assert kept.drop("value").equals(frame(QUARANTINED).drop("value"))
    assert pl.read_parquet(files.waiting).equals(frame(WAITING))


def test_the_summary_of_the_workbook_adds_up(tmp_path: Path) -> None:
    rows = sheets(written(tmp_path / "report"))["汇总"]
    assert rows[2][0] == "核对：读取 = 入库 + 重复 + 待匹配 + 隔离，全部相符。"
    header = ["文件", "表", "读取", "入库", "重复", "待匹配", "隔离", "提示", "跳过", "说明"]
    assert rows[3:] == [
        header,
        [LOANS, "贷款台账", 0, 0, 0, 0, 0, 0, 0, f"整份退回；{ACCOUNTS[0].rejected}"],
        [INCOMES, "月度收入", 9, 6, 0, 1, 2, 1, 0, ""],
        [BILLS, "医疗结算", 1, 0, 0, 0, 1, 0, 0, "一条"],
        ["合计", "3 份文件", 10, 6, 0, 1, 3, 1, 0, ""],
    ]


def test_the_workbook_says_what_to_correct_in_the_words_of_the_office(tmp_path: Path) -> None:
    found = sheets(written(tmp_path / "report"))
    assert list(found) == ["汇总", "需更正", "待匹配", "提示"]
    assert found["需更正"][2:] == [
        ["文件", "行号", "列", "原值", "规则", "原因"],
        [INCOMES, 2, "户编号", "990*************34", "格式", "格式不符"],
        [INCOMES, 5, "金额", "=1+1", "类型", "数据类型不符"],
        [BILLS, 7, "病种分组", "<b>脑梗死</b>", "代码", "不在代码表内"],
    ]
    assert found["提示"][-1] == [INCOMES, 3, "金额", "9000000.00", "W01", "金额过大"]
    assert found["待匹配"][-1] == [INCOMES, 4, "户编号", "", "待匹配", "该户尚未建档"]


def test_a_sheet_that_is_cut_says_how_much_more_stands_in_parquet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_report, "SHEET_LINES_MAX", 2)
    files = written(tmp_path / "report", QUARANTINED * 700)
    rows = sheets(files)["需更正"]
    assert rows[2][0] == "本表只列前 2 条，另有 2,098 条见 quarantine.parquet。"
    assert len(rows) == 4 + 2
    assert files.quarantine
    assert pl.read_parquet(files.quarantine).height == 2_100
    assert len(sheets(files)["提示"]) == 3 + 1


def test_the_page_tells_rejected_files_first_and_what_to_do(tmp_path: Path) -> None:
    text = text_of(written(tmp_path / "report"))
    assert text.index("整份退回的文件") < text.index(LOANS) < text.index("汇总")
    assert "没有读入任何一行。请按下列原因更正后，重新报送整份文件。" in text
    assert "the column &#39;principal&#39; (贷款本金) is missing. Add it." in text
    assert "整份退回的文件" not in text_of(written(tmp_path / "other", accounts=ACCOUNTS[1:]))


def test_the_page_shows_every_file_with_lines_in_the_order_of_the_accounts(tmp_path: Path) -> None:
    page = written(tmp_path / "report", [("late.csv", "shocks", 2, "loss", "x", "type", "y"), *QUARANTINED]).page
    titles = re.findall(r"<h2>(.+?)</h2>", page.read_text("utf-8"))
    assert titles == ["整份退回的文件", "汇总", f"{INCOMES}　月度收入", f"{BILLS}　医疗结算", "late.csv　灾害与意外"]
    kinds = re.findall(r"<h3>(.+?)</h3>", page.read_text("utf-8").split(INCOMES)[-1].split(BILLS)[0])
    assert kinds == ["需更正：2 处", "需更正示例", "待匹配：1 处", "待匹配示例", "提示：1 处", "提示示例"]


def test_markup_in_a_value_is_shown_as_text(tmp_path: Path) -> None:
    assert "&lt;b&gt;脑梗死&lt;/b&gt;" in written(tmp_path / "report").page.read_text("utf-8")


def test_frequent_reasons_come_first_and_each_has_an_example(tmp_path: Path) -> None:
    many: list[Line] = [(INCOMES, "incomes", n, "amount", f"v{n}", "type", "a / 常见") for n in range(2, 1_502)]
    rare: Line = (INCOMES, "incomes", 1_600, "month", "?", "month", "b / 少见")
    text = text_of(written(tmp_path / "report", [*many, rare], accounts=ACCOUNTS[1:2]))
    assert "需更正：1,501 处" in text
    assert text.index("1,500 金额 类型 常见") < text.index("1 月份 月份 少见")
    assert "（50 处，全部见 quarantine.parquet）" in text
    assert "1600 月份 ? 月份 少见" in text
    examples = re.findall(r" v\d+ ", text)
    assert examples == [f" v{n} " for n in range(2, EXAMPLES_MAX + 1)]


def test_kinds_of_reasons_that_the_page_leaves_out_are_counted(tmp_path: Path) -> None:
    lines: list[Line] = [(INCOMES, "incomes", 2, "amount", None, f"R{n}", "x") for n in range(20)]
    assert "另有 5 种原因，见工作簿。" in text_of(written(tmp_path / "report", lines))


def test_a_row_that_is_missing_in_an_account_is_said_on_page_and_sheet(tmp_path: Path) -> None:
    lost = [replace(ACCOUNTS[1], rows_loaded=5)]
    files = written(tmp_path / "report", accounts=lost)
    for text in (text_of(files), sheets(files)["汇总"][2][0], "\n".join(report_lines(lost, files))):
        assert f"不符：{INCOMES} 相差 1 行。" in text


def test_the_terminal_shows_an_aligned_table_with_totals(tmp_path: Path) -> None:
    files = written(tmp_path / "report")
    accounts = [*ACCOUNTS, FileAccount("a.csv", "shocks", DAY, rows_read=12_345, rows_loaded=12_345, known_before=True)]
    table = list(report_lines(accounts, files))
    assert [line.split()[0] for line in table[:6]] == ["文件", LOANS, INCOMES, BILLS, "a.csv", "合计"]
    ends = [cell_len(line[: re.search(r"[\d,]+$|跳过$|0(?=  \D+$)", line).end()]) for line in table[:6]]  # type: ignore[union-attr]  # each line has its last number
    assert len(set(ends)) == 1
    assert "12,345" in table[4]
    assert table[4].endswith("此前已收到，没有重复读取")
    assert "12,355" not in table[5]
    assert table[6].startswith("核对：")
    assert table[7].startswith(f"整份退回 {LOANS}：the column")
    assert table[8:] == [f"报告：{files.page}", f"交来源部门更正：{files.workbooks[0]}"]


def test_an_ingest_of_nothing_has_a_report_too(tmp_path: Path) -> None:
    none = frame([])
    files = write_report(tmp_path / "r", [], none, none, none, path="x", made_on=date(2025, 3, 11))
    assert sheets(files)["汇总"][4] == ["合计", "0 份文件", *[0] * 7, ""]
    assert next(report_lines([], files)).split()[:2] == ["文件", "表"]


def test_each_department_gets_a_workbook_about_its_own_files_only(tmp_path: Path) -> None:
    accounts = [
        FileAccount("2025-03-10/incomes.csv", "incomes", "2025-03-10", "finance", rows_read=1, rows_refused=1),
        FileAccount("2025-03-10/medical_settlements.csv", "medical_settlements", "2025-03-10", "med_ins", rows_read=1,
                    rows_refused=1),
    ]  # fmt: skip
    lines = [
        {"file": a.file, "table": a.table, "row": 2, "column": "x", "value": f"value of {a.source}", "rule": "range",
         "reason": "r / 因"}
        for a in accounts
    ]  # fmt: skip
    nothing = pl.DataFrame(schema=FAILURES)
    given = pl.DataFrame(lines, schema=FAILURES)
    files = write_report(tmp_path / "r", accounts, given, nothing, nothing, path="d", made_on=date(2025, 3, 10))
    assert [book.name for book in files.workbooks] == ["report-finance.xlsx", "report-med_ins.xlsx"]
    for book, own, other in zip(files.workbooks, ("finance", "med_ins"), ("med_ins", "finance"), strict=True):
        opened = CalamineWorkbook.from_path(book)
        text = str([opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names])
        assert f"value of {own}" in text
        assert f"value of {other}" not in text
        assert not any(a.file in text for a in accounts if a.source == other)
