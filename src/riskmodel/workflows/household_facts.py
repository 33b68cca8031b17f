"""The facts of a household as they were known on a day: every table, a timeline, and its income beside the line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from riskmodel.rendering.chart_frame import upper
from riskmodel.rendering.line_chart import Axis, Line, Panel, line_chart
from riskmodel.rendering.messages import Words, same
from riskmodel.rendering.values import shown_source
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.generation import plain
from riskmodel.workflows.evidence import FEN, own_home
from riskmodel.workflows.supposed import require_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markupsafe import Markup

    from riskmodel.policy import Policy
    from riskmodel.tables import View
    from riskmodel.tables.column import Column
    from riskmodel.tables.table import Table
    from riskmodel.workflows.workspace import Workspace

LOANS: Final = "loan_statements"
EVENTS: Final = (
    *("medical_settlements", "shocks", "measures", "visits", "monitoring_episodes", "guarantee_checks", "dwellings"),
    *("income_surveys", "enrolments", LOANS),
)
"""Tables of the timeline: what happened on a day, and of what is delivered every month the loans, where they change."""
LEFT_OUT: Final = ("household_id", "known_at", "source", "batch_id", "retracted")
MONTHS: Final = 24
_TITLE: Final = Words("每月到账收入与监测线", "Income received and the monitoring line")
_DESCRIPTION: Final = Words("每人每月，元；数值见表", "Yuan a person and month; the table has the numbers")


@dataclass(frozen=True)
class ShownTable:
    """Rows of a table, the newest first, as texts."""

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]] = field(repr=False)


@dataclass(frozen=True)
class Happened:
    """Something of the timeline."""

    on: date
    title: str
    told: str
    known_at: date
    department: str


@dataclass(frozen=True)
class MonthOfIncome:
    """What a household received in a month, and the line, both in yuan a person; None = nothing known."""

    month: date
    received: float | None
    line: float | None


@dataclass(frozen=True)
class Facts:
    """Everything known of a household on a day."""

    tables: Sequence[ShownTable]
    timeline: Sequence[Happened] = field(repr=False)
    """Newest first."""
    income: Sequence[MonthOfIncome] = field(repr=False)
    """Oldest first."""
    chart: Markup | None = field(repr=False)


def household_facts(workspace: Workspace, household_id: str, county: str, as_of: date) -> Facts:
    """The facts of a household of a county, as known at the end of a published day.

    Raises FactsAway where they are not on this machine, UsageError for a household that was not active then.
    """
    require_facts(workspace, county, as_of)
    view = own_home(workspace, household_id, as_of, county)
    known = {name: rows for name in TABLES if name != "villages" and (rows := _known(view, name, household_id))}
    income = _income(known, workspace.policy, as_of)
    return Facts(
        tables=[_shown(TABLES[name], rows) for name, rows in known.items()],
        timeline=sorted(_timeline(known), key=lambda one: (one.on, one.title), reverse=True),
        income=income,
        chart=_chart(income),
    )


@dataclass(frozen=True)
class _Row:
    """A row with its values in canonical form, amounts in yuan, and its cells as people read them."""

    values: Mapping[str, Any]
    texts: Mapping[str, str]


def _known(view: View, name: str, household_id: str) -> list[_Row]:
    """The household's rows of a table, the newest first.

    What was written under a household that it came from is that household's.
    """
    spec = TABLES[name]
    rows = [row for row in plain(view.rows(name), spec, view.ids) if row["household_id"] == household_id]
    for column, fact in _columns(spec.name).items():
        if fact.type is Type.YUAN:
            for row in rows:
                row[column] = None if row[column] is None else row[column] / FEN
    rows.sort(key=itemgetter(spec.event), reverse=True)  # those of a day stay in the order of their keys
    return [_Row(row, _texts(spec, row)) for row in rows]


def _shown(spec: Table, rows: Sequence[_Row]) -> ShownTable:
    columns = [c for c in _columns(spec.name) if any(row.values[c] is not None for row in rows)]
    head = [*(spec.facts[c].title for c in columns), "得知日期", "来源部门"]
    return ShownTable(spec.name, spec.title, head, [[*(row.texts[c] for c in columns), *_learnt(row)] for row in rows])


def _learnt(row: _Row) -> tuple[str, str]:
    """When it became known, and from whom."""
    return str(row.values["known_at"]), _department(row.values["source"])


@cache
def _department(source: str) -> str:
    return shown_source(source, "zh")


def _texts(spec: Table, row: Mapping[str, Any]) -> dict[str, str]:
    """What is not known is a dash."""
    return {c: "—" if row[c] is None else _text(fact, row[c]) for c, fact in _columns(spec.name).items()}


@cache
def _columns(table: str) -> dict[str, Column]:
    """What is shown of a table."""
    return {name: fact for name, fact in TABLES[table].facts.items() if name not in LEFT_OUT and not fact.derived}


def _text(fact: Column, value: Any) -> str:
    match fact.type:
        case Type.BOOL:
            return "是" if value else "否"
        case Type.MONTH:
            return str(value)[:7]
        case Type.YUAN:
            return f"{value:,.2f}"
        case Type.NUM:
            return f"{value:g}"
        case _ if fact.vocabulary is not None:
            return str(fact.vocabulary(value).zh)
        case _:
            return str(value)


def _timeline(known: Mapping[str, Sequence[_Row]]) -> Iterator[Happened]:
    for name in EVENTS:
        spec, rows = TABLES[name], known.get(name, ())
        for row in _turns(rows) if name == LOANS else rows:
            told = [
                f"{spec.facts[c].title}：{text}"
                for c, text in row.texts.items()
                if c != spec.event and row.values[c] is not None and not c.endswith("_id")
            ]
            yield Happened(row.values[spec.event], spec.title, "；".join(told), row.values["known_at"], _learnt(row)[1])


def _turns(statements: Sequence[_Row]) -> list[_Row]:
    """Of each loan the first statement, and those that tell another state than the one before."""
    before, turns = dict[str, tuple[Any, ...]](), list[_Row]()
    for row in sorted(statements, key=lambda row: (row.values["loan_id"], row.values["month"])):
        loan, state = row.values["loan_id"], tuple(row.values[name] for name in ("status", "renewed", "extended"))
        if before.get(loan) != state:
            turns.append(row)
        before[loan] = state
    return turns


def _income(known: Mapping[str, Sequence[_Row]], policy: Policy, as_of: date) -> list[MonthOfIncome]:
    """The last two years of complete months."""
    state = known["households"][0].values
    received: dict[date, float] = {}
    for row in known.get("incomes", ()):
        month = row.values["month"]
        received[month] = received.get(month, 0.0) + (row.values["amount"] or 0.0)
    found = []
    for month in _months(as_of):
        line = policy.find("monitoring_line", state["village_code"], on=month, known=as_of)
        amount = received.get(month)
        size = state["size"] or None
        found.append(
            MonthOfIncome(
                month,
                None if amount is None or size is None else amount / size,
                None if line is None else float(line.value) / 12,
            )
        )
    return found


def _months(as_of: date) -> list[date]:
    """First days of the last complete months, oldest first."""
    last = as_of.year * 12 + as_of.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(last - MONTHS, last)]


def _chart(income: Sequence[MonthOfIncome]) -> Markup | None:
    if not any(one.received for one in income):
        return None
    most = upper([v for one in income for v in (one.received, one.line)], 100.0)
    names = [f"{one.month:%y-%m}" for one in income]
    lines = [
        Line(Words("到账收入", "Received"), [(float(x), one.received) for x, one in enumerate(income)], 0),
        Line(Words("监测线", "Line"), [(float(x), one.line) for x, one in enumerate(income)], 1),
    ]
    x = Axis(Words("月份", "Month"), 0.0, float(len(income) - 1), names=names)
    y = Axis(Words("元/人·月", "Yuan a person"), 0.0, most)
    return line_chart([Panel(same(""), lines, x, y)], _TITLE, _DESCRIPTION)
