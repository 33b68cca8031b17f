"""The facts of a household as they were known on a day: every table, a timeline, and its income beside the line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.rendering.chart_frame import upper
from riskmodel.rendering.line_chart import Axis, Line, Panel, line_chart
from riskmodel.rendering.messages import Words, same
from riskmodel.rendering.values import shown_source
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.generation import decode
from riskmodel.workflows.evidence import FEN, own_home
from riskmodel.workflows.supposed import require_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markupsafe import Markup

    from riskmodel.policy import Policy
    from riskmodel.tables import View
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
    known = {name: rows for name in TABLES if name != "villages" and (rows := _known(view, name, household_id)).height}
    income = _income(known, workspace.policy, as_of)
    return Facts(
        tables=[_shown(TABLES[name], rows) for name, rows in known.items()],
        timeline=sorted(_timeline(known), key=lambda one: (one.on, one.title), reverse=True),
        income=income,
        chart=_chart(income),
    )


def _known(view: View, name: str, household_id: str) -> pl.DataFrame:
    """The household's rows of a table in canonical form, the newest first; amounts in yuan.

    What was written under a household that it came from is that household's.
    """
    spec = TABLES[name]
    rows = decode(view.rows(name), spec, view.ids).filter(pl.col("household_id") == household_id)
    fen = [pl.col(c) / FEN for c, fact in spec.facts.items() if fact.type is Type.YUAN and c in rows.columns]
    return rows.with_columns(fen).sort(spec.event, *spec.key, descending=[True, *[False] * len(spec.key)])


def _shown(spec: Table, rows: pl.DataFrame) -> ShownTable:
    columns = [c for c in spec.facts if c in rows.columns and c not in LEFT_OUT and rows[c].null_count() < rows.height]
    head = [*(spec.facts[c].title for c in columns), "得知日期", "来源部门"]
    texts = [
        [*(_text(spec, c, row[c]) for c in columns), str(row["known_at"]), shown_source(row["source"], "zh")]
        for row in rows.iter_rows(named=True)
    ]
    return ShownTable(spec.name, spec.title, head, texts)


def _text(spec: Table, column: str, value: Any) -> str:
    """A cell as people read it; what is not known is a dash."""
    fact = spec.facts[column]
    match value:
        case None:
            return "—"
        case bool():
            return "是" if value else "否"
        case date():
            return f"{value:%Y-%m}" if fact.type is Type.MONTH else value.isoformat()
        case float():
            return f"{value:,.2f}" if fact.type is Type.YUAN else f"{value:g}"
        case _ if fact.vocabulary is not None:
            return str(fact.vocabulary(value).zh)
        case _:
            return str(value)


def _timeline(known: Mapping[str, pl.DataFrame]) -> Iterator[Happened]:
    for name in EVENTS:
        spec = TABLES[name]
        rows = known.get(name)
        if rows is None:
            continue
        for row in (_turns(rows) if name == LOANS else rows).iter_rows(named=True):
            told = [
                f"{fact.title}：{_text(spec, c, row[c])}"
                for c, fact in spec.facts.items()
                if c in row and c not in LEFT_OUT and c != spec.event and row[c] is not None and not c.endswith("_id")
            ]
            department = shown_source(row["source"], "zh")
            yield Happened(row[spec.event], spec.title, "；".join(told), row["known_at"], department)


def _turns(statements: pl.DataFrame) -> pl.DataFrame:
    """Of each loan the first statement, and those that tell another state than the one before."""
    state = pl.struct("status", "renewed", "extended")
    changed = state != state.shift().over("loan_id")
    return statements.sort("loan_id", "month").filter(changed.fill_null(value=True))


def _income(known: Mapping[str, pl.DataFrame], policy: Policy, as_of: date) -> list[MonthOfIncome]:
    """The last two years of complete months."""
    state = known["households"].row(0, named=True)
    rows = known.get("incomes")
    received = {} if rows is None else dict(rows.group_by("month").agg(pl.col("amount").sum()).iter_rows())
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
