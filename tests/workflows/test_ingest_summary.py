from __future__ import annotations

from riskmodel.sources.account import FileAccount
from riskmodel.workflows.ingest_summary import (
    COUNTED,
    SUMMARY,
    check,
    remarks,
    rows,
    surplus,
    table_title,
    total,
    why_rejected,
)

DAY = "2025-03-10"
INCOMES = FileAccount(
    file=f"{DAY}/incomes.csv",
    table="incomes",
    received_on=DAY,
    rows_read=1_250,
    rows_loaded=1_200,
    rows_duplicate=20,
    rows_waiting=10,
    rows_refused=20,
    warnings=7,
    skipped=2,
    remarks=("columns ignored / 未使用的列: 备注", "english only"),
)
BEFORE = FileAccount(f"{DAY}/members.csv", "members", DAY, rows_read=5, rows_loaded=5, known_before=True)
REJECTED = FileAccount(f"{DAY}/loans.xls", "", DAY, rejected="no table is called 'loans'")


def test_a_row_says_what_became_of_a_file() -> None:
    assert rows([INCOMES]) == [
        [f"{DAY}/incomes.csv", "月度收入", 1250, 1200, 20, 10, 20, 7, 2, "未使用的列: 备注；english only"]
    ]
    assert len(SUMMARY) == len(rows([INCOMES])[0])
    assert len(COUNTED) == 7


def test_what_is_special_about_a_file_stands_first_in_its_remarks() -> None:
    assert remarks(BEFORE) == "此前已收到，没有重复读取"
    assert remarks(REJECTED) == "整份退回；no table is called 'loans'"


def test_of_the_reason_for_a_rejection_the_chinese_half_is_shown() -> None:
    reason = "收入 / 2.xlsx: row 1 says 万元 / 元. Write 金额(万元). / 第 1 行写着“万元”。请把标题写成“金额 / 元”。"
    rejected = FileAccount(f"{DAY}/收入 / 2.xlsx", "incomes", DAY, rejected=reason)
    assert why_rejected(rejected) == "第 1 行写着“万元”。请把标题写成“金额 / 元”。"
    assert remarks(rejected) == "整份退回；第 1 行写着“万元”。请把标题写成“金额 / 元”。"
    assert (why_rejected(REJECTED), why_rejected(INCOMES)) == ("no table is called 'loans'", "")


def test_a_table_that_is_not_known_is_called_what_the_file_called_it() -> None:
    assert (table_title("incomes"), table_title("loans"), table_title("")) == ("月度收入", "loans", "")


def test_totals_leave_out_what_was_counted_before() -> None:
    assert total([INCOMES, REJECTED]) == ["合计", "2 份文件", 1250, 1200, 20, 10, 20, 7, 2, ""]
    assert total([INCOMES, BEFORE]) == ["合计", "1 份文件", 1250, 1200, 20, 10, 20, 7, 2, "不含此前已收到的文件"]
    assert total([]) == ["合计", "0 份文件", *[0] * 7, ""]


def test_a_row_that_is_missing_is_named_with_its_file() -> None:
    lost = FileAccount(f"{DAY}/shocks.csv", "shocks", DAY, rows_read=3_000, rows_loaded=1_000)
    assert surplus(INCOMES) == surplus(REJECTED) == 0
    assert check([INCOMES, BEFORE, REJECTED]) == "核对：读取 = 入库 + 重复 + 待匹配 + 隔离，全部相符。"
    assert check([INCOMES, lost]).endswith(f"不符：{DAY}/shocks.csv 相差 2,000 行。")
