"""The work list as a workbook: as the page shows it, or without scores and reasons, to be filled in on visits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import UsageError
from riskmodel.policy import Background, Category, Cause, Finding, Tier, VisitReason
from riskmodel.rendering.workbook import Sheet, neutral, workbook_bytes
from riskmodel.review.access import Right
from riskmodel.review.visited import standing
from riskmodel.tables import table
from riskmodel.workflows.list_names import names_of
from riskmodel.workflows.list_page import AskedList, list_page
from riskmodel.workflows.worklist_books import CHECKLIST, CONFIDENTIAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from riskmodel.rendering.workbook import Cell
    from riskmodel.review.access import Principal
    from riskmodel.review.assessments import Month
    from riskmodel.review.identities import Identity
    from riskmodel.workflows.list_page import ListPage, ListRow
    from riskmodel.workflows.service import Service

MOST_LISTED: Final = 5_000
MOST_FORMS: Final = 500
"""Households of a workbook to be filled in: as many findings as the service takes at once."""
MARK: Final = "校验码"
"""Title of the column that says what was known of the visits of a household when the workbook was made."""
EDITION: Final = "名单版本"
"""Title of the column that says of which month the workbook is, and when that was published."""
TYPED: Final = {"why": "理由（结果与名单不一致时必填）", "note": "备注"}
"""Titles of what a verdict says in words."""
FILLED: Final = ("visited_on", "visitor_id", "reason", "finding", "cause_1", "cause_2")
"""Columns of the table of visits that are filled in."""
_VISITS: Final = table("visits").facts
_TITLES: Final = {name: _VISITS[name].headers[0] for name in ("household_id", *FILLED)}
_FILL_IN: Final = (
    "走访后填写走访日期、走访人编号（工号，不写姓名）和走访结果；结果为有风险的再填风险原因。没有走访的户留空即可。"
    "走访结果与名单不一致的要写理由，导入时逐行提示。"
    "户编号不要改动。填好后在“工作清单”页面导入：先看会改动什么，再确认保存为核查结论。"
)
_SCORES: Final = "本表含分数和名单状态，不得交给农户；走访时请用走访登记表。"


@dataclass(frozen=True)
class AskedBook:
    """Which workbook is asked for."""

    households: AskedList
    form: bool
    """To be filled in: without scores, reasons and states of the list."""
    purpose: str = ""
    """What names are looked at for; empty = without names."""


@dataclass(frozen=True)
class ListBook:
    """A workbook."""

    name: str
    content: bytes = field(repr=False)


def list_book(
    service: Service, who: Principal, as_of: date | None, wanted: AskedBook, now: datetime
) -> ListBook | None:
    """The list as a workbook; None outside of the area of who asks. It is in the audit log before.

    Raises UsageError for a list that is too long, NotAllowed for names without that right, NotPrepared.
    """
    if wanted.purpose:
        who.require(Right.NAMES)
    most = MOST_FORMS if wanted.form else MOST_LISTED
    found = list_page(service, who, as_of, replace(wanted.households, page=1, rows=most), now, "work list, workbook")
    if found is None:
        return None
    if found.total > most:
        raise UsageError(
            f"{found.total} households, at most {most}. / 共 {found.total} 户，一个表格最多 {most} 户，"
            "请先按乡镇、村或“走访户”筛选再下载。"
        )
    ids = [row.household_id for row in found.rows]
    names = names_of(service, who, ids, wanted.purpose, now) if wanted.purpose else None
    places, blind = service.area_names, who.may(Right.VISIT)
    if wanted.form:
        marks = {one: mark_of(one, told) for one, told in standing(service.store, ids).items()}
        sheet = form_sheet(found, places, names, marks)
    else:
        sheet = list_sheet(found, places, names, blind=blind)
    kind = "visit-form" if wanted.form else "worklist-scores"
    return ListBook(f"{kind}-{found.month.as_of}.xlsx", workbook_bytes([sheet], now.date()))


def edition_of(month: Month) -> str:
    """Which month it is, and when it was published: another text once it is published again."""
    return f"{month.as_of} {month.published_at}"


def mark_of(household: str, told: Sequence[Mapping[str, Any]]) -> str:
    """What is known of the visits of a household, as 12 hex digits: others once anything is told, changed, taken back.

    `told`: what stands, see `review.visited.standing`.
    """
    said = [household, *([str(row[name]) for name in FILLED] for row in told)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:12]


def form_sheet(
    found: ListPage, places: Mapping[str, str], names: Mapping[str, Identity] | None, marks: Mapping[str, str]
) -> Sheet:
    """Whom to visit, village by village, and what is filled in: neither score nor reason nor state of the list."""
    rows = sorted(found.rows, key=lambda row: (row.village_code, row.household_id))
    edition = edition_of(found.month)
    lines: list[list[Cell]] = []
    for number, row in enumerate(rows, start=1):
        home: list[Cell] = [number, *_place(row, places), *_named(row, names), row.household_id]
        empty = [None, None, VisitReason.ROUTINE.zh, None, None, None, *(None for _ in TYPED)]
        lines.append([*home, *empty, marks[row.household_id], edition])
    header = ["序号", "乡镇", "村", *_named_titles(names), *_TITLES.values(), *TYPED.values(), MARK, EDITION]
    heading = f"{found.month.as_of} 走访登记表，共 {len(lines)} 户。{CONFIDENTIAL}"
    causes = [word.zh for word in Cause]
    choices = {
        _TITLES["reason"]: [word.zh for word in VisitReason],
        _TITLES["finding"]: [word.zh for word in Finding],
        **{_TITLES[name]: causes for name in ("cause_1", "cause_2")},
    }
    return Sheet("走访登记", header, lines, (heading, CHECKLIST, _FILL_IN), choices, hidden=(MARK, EDITION))


def list_sheet(
    found: ListPage, places: Mapping[str, str], names: Mapping[str, Identity] | None, *, blind: bool
) -> Sheet:
    """The list as the page shows it."""
    lines: list[list[Cell]] = []
    for row in found.rows:
        home: list[Cell] = [row.rank or None, *_place(row, places), *_named(row, names), row.household_id]
        judged: list[Cell] = [
            Category(row.category).zh,
            Tier(row.tier).zh,
            round(row.probability, 4),
            _cause(row.cause),
        ]
        visit: list[Cell] = [None, None] if row.met is None else [Finding(row.met.finding).zh, row.met.visited_on]
        state: list[Cell] = [row.on_list(blind=blind), *visit, "未结" if row.entry else None, row.days_since_visit]
        lines.append([*home, *judged, *state])
    header = [
        *("名次", "乡镇", "村", *_named_titles(names), _TITLES["household_id"], "户类型", "风险等级", "概率"),
        *("首要原因", "名单", "本期走访", "本期走访日期", "台账", "评估日前走访（天）"),
    ]
    heading = f"{found.month.as_of} 工作清单，共 {len(lines)} 户。{CONFIDENTIAL}{_SCORES}"
    return Sheet("工作清单", header, lines, (heading,))


def _place(row: ListRow, places: Mapping[str, str]) -> list[Cell]:
    return [neutral(places.get(code, code)) for code in (row.village_code[:9], row.village_code)]


def _named(row: ListRow, names: Mapping[str, Identity] | None) -> list[Cell]:
    """Head and number, as a department typed them; nothing where no names are told."""
    if names is None:
        return []
    one = names.get(row.household_id)
    told = (None, None) if one is None else (one.head_name or one.name, one.number)
    return [neutral(text) if text else None for text in told]


def _named_titles(names: Mapping[str, Identity] | None) -> list[str]:
    return [] if names is None else ["户主", "本地户号"]


def _cause(code: str) -> str | None:
    words = Cause if code in Cause.codes() else Background
    return words(code).zh if code else None
