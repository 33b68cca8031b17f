"""The accounts of an ingest as a table: a row per file, totals, and the check that no row is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskmodel.tables import TABLES
from riskmodel.workflows.reported_lines import chinese

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.sources.account import FileAccount

SUMMARY: Final = ("文件", "表", "读取", "入库", "重复", "待匹配", "隔离", "提示", "跳过", "说明")
COUNTED: Final = (
    "rows_read",
    "rows_loaded",
    "rows_duplicate",
    "rows_waiting",
    "rows_refused",
    "warnings",
    "skipped",
)
"""The fields of an account behind the numbers of the summary, in its order."""


def table_title(name: str) -> str:
    """Chinese title of a table; a rejected file may name none."""
    return TABLES[name].title if name in TABLES else name


def counts(account: FileAccount) -> list[int]:
    """The numbers of a file in the order of the summary."""
    return [getattr(account, field) for field in COUNTED]


def state(account: FileAccount) -> str:
    """What is special about a file as a whole; empty for one that was read now."""
    if account.rejected:
        return "整份退回"
    return "此前已收到，没有重复读取" if account.known_before else ""


def why_rejected(account: FileAccount) -> str:
    """The Chinese half of the reason why a file was rejected; empty for one that was not.

    Unlike that of a remark, the English half may hold Chinese words, such as the name of the file; it ends in a full
    stop.
    """
    reason = account.rejected or ""
    return reason.partition(". / ")[2] or reason


def remarks(account: FileAccount) -> str:
    """Everything to be said about a file as a whole."""
    return "；".join(filter(None, [state(account), why_rejected(account), *map(chinese, account.remarks)]))


def rows(accounts: Sequence[FileAccount]) -> list[list[int | str]]:
    """The rows of the summary, one per file."""
    return [[a.file, table_title(a.table), *counts(a), remarks(a)] for a in accounts]


def total(accounts: Sequence[FileAccount]) -> list[int | str]:
    """Sums over the files that were read now: what was received before was counted then."""
    new = [account for account in accounts if not account.known_before]
    sums = [sum(getattr(account, field) for account in new) for field in COUNTED]
    return ["合计", f"{len(new)} 份文件", *sums, "" if len(new) == len(accounts) else "不含此前已收到的文件"]


def surplus(account: FileAccount) -> int:
    """Rows read of which the account does not say what became of them."""
    ends = (account.rows_loaded, account.rows_duplicate, account.rows_waiting, account.rows_refused)
    return account.rows_read - sum(ends)


def check(accounts: Sequence[FileAccount]) -> str:
    """Whether every row that was read ended somewhere, as a sentence; files in which one is missing are named."""
    rule = "核对：读取 = 入库 + 重复 + 待匹配 + 隔离"
    wrong = [f"{account.file} 相差 {surplus(account):,} 行" for account in accounts if surplus(account)]
    return f"{rule}，{'不符：' + '；'.join(wrong) if wrong else '全部相符'}。"
