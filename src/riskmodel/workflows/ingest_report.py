"""The report of an ingest: what became of every row, for the terminal, the screen, paper, and the department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.rendering.templates import page
from riskmodel.rendering.workbook import Sheet, write_workbook
from riskmodel.tables.files import write_bytes, write_parquet
from riskmodel.tables.publish import published_folder
from riskmodel.workflows.ingest_summary import SUMMARY, check, rows, state, surplus, table_title, total
from riskmodel.workflows.reported_lines import in_chinese, masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from riskmodel.sources.account import FileAccount

CONFIDENTIAL: Final = "内部资料，含敏感信息，仅限来源部门更正使用"
SHEET_LINES_MAX: Final = 100_000
"""Lines of one sheet; the rest stands in the Parquet file."""
EXAMPLES_MAX: Final = 50
REASONS_MAX: Final = 15
"""Kinds of reasons of one file on the page."""


@dataclass(frozen=True)
class ReportFiles:
    """Where the report of an ingest lies. A Parquet file is there only where it has rows."""

    folder: Path
    page: Path
    workbooks: tuple[Path, ...]
    """One per department, with what concerns its own files: none sees what another one delivered."""
    quarantine: Path | None
    warnings: Path | None
    waiting: Path | None


def write_report(
    folder: Path,
    accounts: Sequence[FileAccount],
    quarantined: pl.DataFrame,
    warned: pl.DataFrame,
    waiting: pl.DataFrame,
    *,
    path: str,
    made_on: date,
) -> ReportFiles:
    """Write the report of an ingest of `path`; it takes the place of the folder, all of it at once.

    The three frames have the columns of `sources.source.FAILURES`. Ids are masked everywhere; sensitive values are
    shown, because the department has to correct them, so only the user who ran the ingest may read the files.
    """
    frames = (quarantined, waiting, warned)
    lines = {part.key: masked(frame) for part, frame in zip(_PARTS, frames, strict=True)}
    with published_folder(folder) as filling:
        for part in _PARTS:
            if not lines[part.key].is_empty():
                write_parquet(filling / part.parquet, lines[part.key])
        shown = {key: in_chinese(frame) for key, frame in lines.items()}
        write_bytes(filling / "report.html", _page(accounts, shown, path, made_on).encode())
        books = {source: _of(source, accounts) for source in sorted({a.source for a in accounts}) or [""]}
        for source, own in books.items():
            write_workbook(filling / _book(source), _sheets(own, _in_files(shown, own), path, made_on), made_on)
    parquet = {part.key: folder / part.parquet for part in _PARTS if not lines[part.key].is_empty()}
    return ReportFiles(
        folder,
        folder / "report.html",
        tuple(folder / _book(source) for source in books),
        **{part.key: parquet.get(part.key) for part in _PARTS},
    )


def report_lines(
    accounts: Sequence[FileAccount], files: ReportFiles | None, shown: Sequence[FileAccount] | None = None
) -> Iterator[str]:
    """The summary as an aligned table for a terminal, rejected files with their reasons, and where the report lies.

    `shown` are the lines of the table, by default one per account; totals and the check are over all accounts.
    """
    from rich.cells import cell_len

    lines = accounts if shown is None else shown
    table: list[list[int | str]] = [[*SUMMARY], *rows(lines), total(accounts)]
    texts = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row[:-1]] for row in table]
    states = ["", *map(state, lines), ""]
    widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
    for row, special in zip(texts, states, strict=True):
        gaps = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        names = [cell + gap for cell, gap in zip(row[:2], gaps[:2], strict=True)]
        numbers = [gap + cell for cell, gap in zip(row[2:], gaps[2:], strict=True)]
        yield "  ".join([*names, *numbers, special]).rstrip()
    yield check(accounts)
    yield from (f"整份退回 {account.file}：{account.rejected}" for account in accounts if account.rejected)
    if files is not None:
        yield f"报告：{files.page}"
        yield f"交来源部门更正：{'、'.join(str(book) for book in files.workbooks)}"


@dataclass(frozen=True)
class _Part:
    """One kind of reported lines."""

    key: str
    title: str
    todo: str

    @property
    def parquet(self) -> str:
        return f"{self.key}.parquet"


_PARTS: Final = (
    _Part("quarantine", "需更正", "这些行没有入库。请在来源文件中更正后重新报送。"),
    _Part("waiting", "待匹配", "这些行暂存，尚未入库：所属的户或人还不在库中。户和人员名单补报后自动入库，不必重报。"),
    _Part("warnings", "提示", "这些行已经入库，请核实；确有错误的，更正后重新报送。"),
)

# --- the page ---


def _page(accounts: Sequence[FileAccount], lines: Mapping[str, pl.DataFrame], path: str, made_on: date) -> str:
    sums = total(accounts)
    return page(
        "ingest.html",
        path=path,
        made_on=made_on.isoformat(),
        confidential=CONFIDENTIAL,
        numbers=[(title, count, title == "隔离" and count) for title, count in zip(SUMMARY, sums, strict=True)][2:7],
        rejected=[account for account in accounts if account.rejected],
        summary={
            "header": SUMMARY,
            "rows": [{"cells": row, "before": a.known_before} for a, row in zip(accounts, rows(accounts), strict=True)],
            "total": sums,
            "check": check(accounts),
            "wrong": any(map(surplus, accounts)),
        },
        sections=list(_sections(accounts, lines)),
    )


def _sections(accounts: Sequence[FileAccount], lines: Mapping[str, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """One section per file of which there is anything to report, in the order of the accounts."""
    by_file = {part.key: lines[part.key].partition_by("file", as_dict=True) for part in _PARTS}
    reported = (file for frames in by_file.values() for (file,) in frames)
    for file in dict.fromkeys([*(account.file for account in accounts), *reported]):
        found = [(part, by_file[part.key].get((file,))) for part in _PARTS]
        parts = [(part, frame) for part, frame in found if frame is not None]
        if parts:
            table = table_title(parts[0][1]["table"][0])
            yield {"file": file, "table": table, "parts": [_part(part, frame) for part, frame in parts]}


def _part(part: _Part, lines: pl.DataFrame) -> dict[str, Any]:
    """The most frequent reasons, and examples chosen so that every reason has one before any has a second."""
    same = ["column", "rule", "reason"]
    reasons = lines.group_by(same).len("first").sort("first", *same, descending=[True, False, False, False])
    nth = pl.int_range(pl.len()).over(same)
    examples = lines.sort(nth, maintain_order=True).head(EXAMPLES_MAX).sort("row", maintain_order=True)
    return {
        "title": part.title,
        "todo": part.todo,
        "count": lines.height,
        "parquet": part.parquet,
        "reasons": reasons.head(REASONS_MAX).to_dicts(),
        "more_reasons": max(0, reasons.height - REASONS_MAX),
        "examples": examples.rename({"row": "first"}).to_dicts(),
    }


# --- the workbook ---


def _book(source: str) -> str:
    """Name of a department's workbook."""
    return f"report-{source}.xlsx" if source else "report.xlsx"


def _of(source: str, accounts: Sequence[FileAccount]) -> list[FileAccount]:
    return [account for account in accounts if account.source == source]


def _in_files(lines: Mapping[str, pl.DataFrame], accounts: Sequence[FileAccount]) -> dict[str, pl.DataFrame]:
    """The lines about these files."""
    names = pl.Series([account.file for account in accounts], dtype=pl.String)
    return {key: frame.filter(pl.col("file").is_in(names.implode())) for key, frame in lines.items()}


def _sheets(
    accounts: Sequence[FileAccount], lines: Mapping[str, pl.DataFrame], path: str, made_on: date
) -> Iterator[Sheet]:
    """The summary, then the lines of each kind as far as a sheet can be worked with."""
    notes = (CONFIDENTIAL, f"来源：{path}　生成日期：{made_on}", check(accounts))
    yield Sheet("汇总", SUMMARY, [*rows(accounts), total(accounts)], notes)
    for part in _PARTS:
        found = lines[part.key].select(**_COLUMNS)
        more = found.height - SHEET_LINES_MAX
        rest = (f"本表只列前 {SHEET_LINES_MAX:,} 条，另有 {more:,} 条见 {part.parquet}。",) if more > 0 else ()
        yield Sheet(part.title, list(_COLUMNS), found.head(SHEET_LINES_MAX).rows(), (CONFIDENTIAL, part.todo, *rest))


_COLUMNS: Final = {
    "文件": pl.col("file"),
    "行号": pl.col("row"),
    "列": pl.col("column"),
    "原值": pl.col("value"),
    "规则": pl.col("rule"),
    "原因": pl.col("reason"),
}
