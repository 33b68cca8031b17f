from __future__ import annotations

from dataclasses import asdict

from riskmodel.sources.account import FileAccount


def test_an_account_can_be_written_down_and_read_again() -> None:
    account = FileAccount("2025-03-10/incomes.csv", "incomes", "2025-03-10", "finance", ("990301",), 3, 1, 1, 1)
    assert FileAccount(**asdict(account)) == account


def test_a_rejected_file_counts_no_rows() -> None:
    account = FileAccount("2025-03-10/x.xls", "", "2025-03-10", rejected="an old workbook")
    counts = (
        account.rows_read,
        account.rows_loaded,
        account.rows_duplicate,
        account.rows_waiting,
        account.rows_refused,
    )
    assert counts == (0, 0, 0, 0, 0)
