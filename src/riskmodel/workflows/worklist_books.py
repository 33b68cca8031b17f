"""The two kinds of workbook of a work list: with scores and reasons for analysts, without any of it for visitors."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.policy import Cause, Finding, Listing, VisitReason
from riskmodel.rendering.workbook import Sheet, write_workbook
from riskmodel.scoring.visit_questions import EVERYWHERE
from riskmodel.sources.delivery import NOTE
from riskmodel.tables import table
from riskmodel.tables.files import write_bytes
from riskmodel.workflows.explain import render, with_typical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from riskmodel.rendering.workbook import Cell
    from riskmodel.workflows.explain import Explanation

ANALYSTS: Final = "analysts.xlsx"
VISITORS: Final = "visitors"
"""Folder of the visitors' workbooks."""
DELIVERY: Final = """\
# 填好的走访名单连同本文件放入以交回日期命名的文件夹，再入库。Filled in: name the folder after the day of return.
ids = "canonical"
"""
CONFIDENTIAL: Final = "内部资料，含农户个人信息，不得外传。"
ANALYSTS_ONLY: Final = "本表含分数、排名和抽查户标记，仅限分析人员使用，不得交给走访人员。"
TIES: Final = "概率相同的户按抽签次序排列（每月不变），不偏向任何村。"
AUDIT: Final = (
    "随机抽查户从未列入名单、可以列入的户中按乡镇（或责任人）抽签产生；入样概率用于推算名单漏掉了多少户，"
    "请与名单户同样走访。"
)
CHECKLIST: Final = "每户都要核实：" + "；".join(EVERYWHERE) + "。"
FILL_IN: Final = (
    "走访后请填写走访日期、走访人编号（工号，不写姓名）和走访结果（{findings}）；结果为有风险的再填风险原因（{causes}）。"
    "未走访的户请在交回前删去整行。户编号、走访原因不要改动。"
)
ORDER: Final = "走访次序按村排列，村内为抽签次序，可按路线调整。本名单不说明各户为何列入。"
_VISITS: Final = table("visits").facts
_REASONS: Final = 5


def write_books(folder: Path, rows: pl.DataFrame, quotas: pl.DataFrame, scores: Path) -> None:
    """Write the analysts' workbook and, in a folder of its own, a workbook per place for the visitors.

    `rows`: the list with all its households; `quotas`: the places with their visits; `scores`: folder of the scores.
    The visitors' folder is a delivery: filled in and renamed to the day on which it came back, it can be ingested.
    """
    as_of = date.fromisoformat(scores.name)
    chosen = rows.filter(pl.col("visit_order").is_not_null())
    found = pl.scan_parquet(scores / "*.parquet").filter(pl.col("household_id").is_in(chosen["household_id"].implode()))
    told = {row.values["household_id"]: render(row, [], "zh") for row in with_typical(scores, found.collect())}
    write_workbook(folder / ANALYSTS, analysts_sheets(rows, told, quotas), as_of)
    visited = chosen.partition_by("place", as_dict=True, maintain_order=True)
    names = file_names([str(place) for (place,) in visited])
    for (place,), own in visited.items():
        write_workbook(folder / VISITORS / names[str(place)], [visitors_sheet(own, as_of)], as_of)
    write_bytes(folder / VISITORS / NOTE, DELIVERY.encode())


def analysts_sheets(rows: pl.DataFrame, told: Mapping[str, Explanation], quotas: pl.DataFrame) -> Iterator[Sheet]:
    """The list with scores and reasons, the quotas of the places, and how many households were left out and why.

    `rows`: the list with all its households; `told`: explanations by household.
    """
    chosen = rows.filter(pl.col("visit_order").is_not_null())
    notes = (CONFIDENTIAL + ANALYSTS_ONLY, TIES, AUDIT)
    yield Sheet("名单", _ANALYSTS, [_analysts_row(row, told) for row in chosen.iter_rows(named=True)], notes)
    yield Sheet("名额", list(_QUOTAS.values()), quotas.select(*_QUOTAS).rows(), (CONFIDENTIAL + ANALYSTS_ONLY,))
    counts: dict[str, int] = dict(rows.group_by("status").len().iter_rows())
    lines: list[list[Cell]] = [[word.zh, word.en, counts.get(word.value, 0)] for word in Listing]
    yield Sheet("户数", ["状态", "状态（英文）", "户数"], lines, (CONFIDENTIAL + ANALYSTS_ONLY,))


def visitors_sheet(rows: pl.DataFrame, as_of: date) -> Sheet:
    """The sheet of a place: whom to visit in which order, and what to check; to be filled in and delivered as `visits`.

    `rows`: `visit_order`, `household_id`, `village_code`, `village_name`, `township_name`, `responsible_id`, `size`,
    `own` of those to be visited, listed or drawn by lot. Nothing else is read, so nothing else can show.
    """
    ordered = rows.select(*_VISITORS).sort("visit_order")
    reason = VisitReason.ROUTINE.zh
    lines = [[*line, None, None, reason, None, None, None] for line in ordered.iter_rows()]
    fill_in = FILL_IN.format(
        findings="、".join(word.zh for word in Finding), causes="、".join(word.zh for word in Cause)
    )
    heading = f"{as_of} 走访名单，共 {len(lines)} 户。{CONFIDENTIAL}"
    return Sheet("走访名单", [*_VISITORS.values(), *_filled_in()], lines, (heading, CHECKLIST, fill_in, ORDER))


def file_names(places: Sequence[str]) -> dict[str, str]:
    """Place -> name of its workbook; a delivery knows from the name that it holds visits."""
    names: dict[str, str] = {}
    for place in places:
        plain = re.sub(r"[^0-9A-Za-z]+", "-", place).strip("-")
        tries = (f"visits-{plain}{end}.xlsx" for end in ("", *(f"-{number}" for number in range(2, len(places) + 2))))
        names[place] = next(name for name in tries if name not in names.values())
    return names


def _filled_in() -> list[str]:
    """Titles of the columns of the table of visits that a visitor fills in, as an import reads them."""
    columns = ("visited_on", "visitor_id", "reason", "finding", "cause_1", "cause_2")
    return [_VISITS[column].headers[0] for column in columns]


def _analysts_row(row: Mapping[str, Any], told: Mapping[str, Explanation]) -> list[Cell]:
    found = told[row["household_id"]]
    sentences = [reason["sentence"] for reason in found.reasons]
    return [
        *(row["place"], row["rank_place"], Listing(row["status"]).zh, row["household_id"], row["village_code"]),
        *(row["village_name"], row["size"], found.tier_title, round(found.probability, 4)),
        None if found.probability_6m is None else round(found.probability_6m, 4),
        *(*sentences, *[None] * _REASONS)[:_REASONS],
        *(round(row["inclusion_probability"], 6), found.data_age_days, row["visit_order"]),
    ]


_ANALYSTS: Final = [
    *("地点", "排名", "状态", "户编号", "村代码", "村名", "人口", "风险等级", "概率", "6个月内概率"),
    *(f"原因{number}" for number in range(1, _REASONS + 1)),
    *("入样概率", "距最近收到数据天数", "走访次序"),
]
_QUOTAS: Final = {
    "place": "地点",
    "households": "可列入户数",
    "visits": "走访名额",
    "audit_share": "抽查比例",
    "listed": "名单户数",
    "audit": "抽查户数",
}
_VISITORS: Final = {
    "visit_order": "走访次序",
    "township_name": "乡镇",
    "village_name": "村名",
    "village_code": "村代码",
    "household_id": _VISITS["household_id"].headers[0],
    "responsible_id": "帮扶责任人编号",
    "size": "人口",
    "own": "本户另请核实",
}
