"""The results of one horizon as blocks: the models side by side, their differences, every test, the lead times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskmodel.rendering.chart_frame import upper
from riskmodel.rendering.document import Figure, Paragraph, Table
from riskmodel.rendering.interval_chart import Dot, Strip, interval_chart
from riskmodel.rendering.messages import Words
from riskmodel.training.comparison import PAIRED
from riskmodel.training.folds import SCHEMES
from riskmodel.training.gate import CHAMPION
from riskmodel.training.intervals import REPLICATES
from riskmodel.workflows.model_report.drawn import every_fold, precision_recall
from riskmodel.workflows.model_report.wording import (
    TELL,
    interval,
    kind_title,
    kinds,
    number,
    percent,
    style_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskmodel.rendering.document import Block, Cell

    Test = dict[str, Any]

METRICS: Final = (
    *("average_precision", "roc_auc", "brier", "ece", "slope", "top_ratio", "total_ratio", "recall_at_capacity"),
    *("precision_at_capacity", "recall_at_wires", "lift_over_wires"),
)
"""Rows of the table of a scheme."""
CHARTED: Final = ("average_precision", "roc_auc", "recall_at_capacity", "lift_over_wires")
LEAD: Final = ("events", "listed", "early", "median_months", "wired", "listed_before_wire", "median_gained")
SAID: Final = ("listed", "early", "wired", "listed_before_wire")
"""Of the lead times those that are shares."""


def results(test: Test, kind: str) -> list[Block]:
    """Everything about the horizon of a back-test; `kind`: the model that the report is about."""
    months = test["horizon_months"]
    told = {"months": months, "rows": f"{test['rows']:,}", "events": f"{test['events']:,}", "replicates": REPLICATES}
    blocks: list[Block] = [Paragraph(TELL("results.about", **told))]
    for scheme in SCHEMES:
        blocks.append(side_by_side(test, scheme))
    blocks += differences(test, kind)
    blocks.append(precision_recall(test, kind))
    blocks.append(every_fold(test))
    return [*blocks, *lead_times(test)]


def side_by_side(test: Test, scheme: str) -> Figure:
    """The models of a scheme: a chart of the leading numbers, and all of them as a table."""
    pooled, months = test["pooled"][scheme], test["horizon_months"]
    shown = kinds(pooled["metrics"])
    strips = [_strip(pooled["intervals"], shown, name) for name in CHARTED]
    title = TELL("results.chart", months=months, scheme=TELL(f"scheme.{scheme}"))
    about = TELL("results.chart.about")
    chart = interval_chart([kind_title(kind) for kind in shown], strips, title, about, names=128)
    some = next(iter(pooled["metrics"].values()))
    counts = {"rows": f"{some['n']:,}", "events": f"{round(some['n'] * some['prevalence']):,}"}
    table = Table(
        [TELL("results.metric"), *(kind_title(kind) for kind in shown)],
        [[TELL(f"metric.{name}"), *(_value(pooled, kind, name) for kind in shown)] for name in METRICS],
        TELL("results.table", months=months, scheme=TELL(f"scheme.{scheme}"), **counts),
    )
    return Figure(title, about, chart, table)


def differences(test: Test, kind: str) -> Iterator[Block]:
    """The reported kind less every other one, paired, in every scheme; nothing for a kind that was not tested."""
    months = test["horizon_months"]
    others = [other for other in kinds(test["pooled"]["time"]["metrics"]) if other not in (kind, CHAMPION)]
    found = {scheme: test["pooled"][scheme]["differences"] for scheme in SCHEMES}
    if not others or any(f"{kind} - {other}" not in told for told in found.values() for other in others):
        return
    strips = [
        _signed(TELL(f"scheme.{s}"), [found[s][f"{kind} - {other}"]["recall_at_capacity"] for other in others])
        for s in SCHEMES
    ]
    title, about = TELL("results.difference.chart", months=months), TELL("results.difference.about")
    rows = [TELL("results.less", other=kind_title(other)) for other in others]
    head = [TELL(f"short.{name}") for name in PAIRED] * len(SCHEMES)
    above: list[tuple[Cell, int]] = [("", 1), *((TELL(f"scheme.{scheme}"), len(PAIRED)) for scheme in SCHEMES)]
    cells: list[list[Cell]] = [
        [name, *(interval(found[s][f"{kind} - {other}"][n], n) for s in SCHEMES for n in PAIRED)]
        for name, other in zip(rows, others, strict=True)
    ]
    table = Table([TELL("results.other"), *head], cells, TELL("results.difference", months=months), above=above)
    yield Figure(title, about, interval_chart(rows, strips, title, about, names=140), table)


def lead_times(test: Test) -> Iterator[Block]:
    """How early the lists named the events, scheme by scheme."""
    if any(test["pooled"][scheme]["lead_time"] is None for scheme in SCHEMES):
        yield Paragraph(TELL("results.lead.none"), "note")
        return
    yield Paragraph(TELL("results.lead.note"), "note")
    for scheme in SCHEMES:
        told = test["pooled"][scheme]["lead_time"]
        yield Table(
            [TELL("results.model"), *(TELL(f"lead.{name}") for name in LEAD)],
            [[kind_title(kind), *(_lead(told[kind][name], name) for name in LEAD)] for kind in kinds(told)],
            TELL("results.lead", months=test["horizon_months"], scheme=TELL(f"scheme.{scheme}")),
        )


def _value(pooled: Test, kind: str, name: str) -> Cell:
    found = pooled["intervals"][kind].get(name)
    return interval(found, name) if found else number(pooled["metrics"][kind].get(name), name)


def _strip(intervals: Test, shown: Sequence[str], name: str) -> Strip:
    found = [intervals[kind][name] for kind in shown]
    ends = [f["high"] if f["high"] is not None else f["value"] for f in found]
    shares = name != "lift_over_wires"
    low, high = 0.0, min(upper(ends, 0.02), 1.0) if shares else upper(ends, 1.0)
    if name == "roc_auc":
        low, high = min([0.4, *(f["low"] if f["low"] is not None else f["value"] or 0.4 for f in found)]), 1.0
    level = {"roc_auc": 0.5, "lift_over_wires": 1.0}.get(name)
    dots = [Dot(f["value"], f["low"], f["high"], style_of(k)) for f, k in zip(found, shown, strict=True)]
    return Strip(TELL(f"metric.{name}" if shares else f"short.{name}"), dots, low, high, name in CHARTED[2:3], level)


def _signed(title: Words, found: Sequence[dict[str, Any]]) -> Strip:
    """A strip around zero."""
    ends = [abs(value) for f in found for value in f.values() if value is not None]
    most = upper(ends, 0.05)
    return Strip(title, [Dot(f["value"], f["low"], f["high"]) for f in found], -most, most, percent=True, level=0.0)


def _lead(value: float | None, name: str) -> str:
    if name in SAID:
        return percent(value, 0)
    return number(None) if value is None else f"{value:,.0f}" if name == "events" else f"{value:.1f}"
