"""Calibration and fairness of one horizon as blocks, with small counts left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.rendering.chart_frame import upper
from riskmodel.rendering.document import Figure, Measured, Paragraph, Table
from riskmodel.rendering.interval_chart import Dot, Strip, interval_chart
from riskmodel.rendering.line_chart import Axis, Line, Panel, line_chart
from riskmodel.rendering.messages import Words, same
from riskmodel.training.cells import ALL
from riskmodel.training.groups import GROUPINGS
from riskmodel.training.recall_gaps import recall_gaps, unsettled_gaps
from riskmodel.workflows.model_report.drawn import SHARE, reliability
from riskmodel.workflows.model_report.shown import shown
from riskmodel.workflows.model_report.wording import (
    DASH,
    TELL,
    group_title,
    grouping_title,
    limits,
    number,
    of_hundred,
    percent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.rendering.document import Block, Cell
    from riskmodel.workflows.model_report.shown import Rows

TOWNSHIP: Final = "township"
DATES_MAX: Final = 10
"""As-of dates of one table: more do not fit beside each other."""
ROWS_MAX: Final = 36
"""Rows of one chart of groups: more do not fit on a page of A4."""


def calibration(test: dict[str, Any], kind: str) -> list[Block]:
    """The reliability curves of all schemes, and what was said and what happened by category and township."""
    return [reliability(test, kind), *_by_group(test, kind)]


def fairness(test: dict[str, Any], kind: str, bound: float) -> list[Block]:
    """Whom the lists of a kind missed, group by group and date by date, tested later in time."""
    raw = test["pooled"]["time"]["groups"].get(kind)
    if not raw:
        return [Paragraph(TELL("fairness.none"), "note")]
    told = test["pooled"]["time"]["months"].get(kind, [])
    note = Paragraph(TELL("fairness.note", bound=percent(bound, 0)), "note")
    return [*_recall_by_group(test, raw), _groups_table(test, raw, bound), note, *_over_months(test, shown(told))]


def marks(raw: Rows, bound: float) -> dict[tuple[str, str], Words]:
    """What has to be said of some groups: which fail, which to look at, which are small."""
    table = pl.DataFrame(raw, infer_schema_length=None)
    small = {(row["grouping"], row["group"]): TELL("fairness.mark.small") for row in raw if row["small"]}
    unsettled = {(g.grouping, g.group): TELL("fairness.mark.unsettled") for g in unsettled_gaps(table, bound)}
    fails = {(g.grouping, g.group): TELL("fairness.mark.fails") for g in recall_gaps(table, bound)}
    return small | unsettled | fails


def _by_group(test: dict[str, Any], kind: str) -> Iterator[Block]:
    told = test["pooled"]["time"]["calibration"].get(kind)
    if not told:
        return
    rows = shown(told["by_group"])
    names = [group_title(row["grouping"], row["group"]) for row in rows]
    ends = [row[name] for row in rows for name in ("observed_high", "observed", "mean_risk")]
    dots = [
        Dot(r["observed"], r["observed_low"], r["observed_high"], 0, r["small"], r["mean_risk"] if r["n"] else None)
        for r in rows
    ]
    strip = Strip(TELL("calibration.observed"), dots, 0, upper(ends, 0.01), percent=True)
    title = TELL("calibration.group", months=test["horizon_months"], scheme=TELL("scheme.time"))
    about = TELL("calibration.group.about")
    columns = ("group_head", "said", "happened", "ratio", "households")
    head: list[Cell] = [*(TELL(f"calibration.{name}") for name in columns), TELL("fairness.mark")]
    cells: list[list[Cell]] = [
        [name, of_hundred(r["mean_risk"]), Measured(of_hundred(r["observed"]), _limits(r, "observed")),
         Measured(number(r["ratio"]), _limits(r, "ratio", plain=True)), r["households"],
         TELL("calibration.small") if r["small"] else ""]
        for name, r in zip(names, rows, strict=True)
    ]  # fmt: skip
    yield from _charts(names, strip, title, about)
    yield Table(head, cells)


def _charts(names: list[Words], strip: Strip, title: Words, about: Words) -> Iterator[Figure]:
    """The groups as bars, as many charts as they need to fit on pages."""
    for start in range(0, len(names), ROWS_MAX):
        part = slice(start, start + ROWS_MAX)
        some = replace(strip, dots=strip.dots[part])
        drawn = interval_chart(names[part], [some], title, about, bars=True, names=250)
        yield Figure(title, about if start == 0 else same(""), drawn)


def _recall_by_group(test: dict[str, Any], raw: Rows) -> Iterator[Figure]:
    order = {name: place for place, name in enumerate([ALL, *(grouping.name for grouping in GROUPINGS)])}
    rows = sorted(shown(raw), key=lambda row: (order[row["grouping"]], row["group"]))
    names = [_both_titles(row) for row in rows]
    dots = [Dot(r["recall"], r["recall_low"], r["recall_high"], 0, r["small"]) for r in rows]
    strip = Strip(TELL("fairness.recall"), dots, 0, 1, percent=True, level=rows[0]["recall"])
    title, about = TELL("fairness.chart", months=test["horizon_months"]), TELL("fairness.chart.about")
    return _charts(names, strip, title, about)


def _groups_table(test: dict[str, Any], raw: Rows, bound: float) -> Table:
    found = marks(raw, bound)
    rows = shown(raw)
    columns = ("grouping", "group", "households", "events", "missed", "recall", "difference", "shrunk", "selection",
               "precision", "mark")  # fmt: skip
    cells: list[list[Cell]] = [
        [grouping_title(r["grouping"]), group_title(r["grouping"], r["group"]), r["households"], r["events"],
         r["missed"], Measured(percent(r["recall"]), _limits(r, "recall")), percent(r["recall_difference"]),
         percent(r["recall_shrunk"]), percent(r["selection_rate"]), percent(r["precision"]),
         found.get((r["grouping"], r["group"]), "")]
        for r in rows
    ]  # fmt: skip
    failing = frozenset(
        i for i, r in enumerate(rows) if found.get((r["grouping"], r["group"])) == TELL("fairness.mark.fails")
    )
    head = [TELL(f"fairness.{name}") for name in columns]
    return Table(head, cells, TELL("fairness.table", months=test["horizon_months"]), texts=2, marked=failing)


def _over_months(test: dict[str, Any], rows: Rows) -> Iterator[Block]:
    if not rows:
        return
    dates = sorted({row["month"] for row in rows})
    panels = [_panel(rows, grouping.name, dates) for grouping in GROUPINGS if grouping.name != TOWNSHIP]
    months, about = test["horizon_months"], TELL("fairness.over.about")
    yield Paragraph(TELL("fairness.over.title", months=months), "heading")
    yield Paragraph(about, "note")
    for panel in panels:
        if panel.lines:
            yield Figure(
                panel.title, same(""), line_chart([replace(panel, title=same(""))], panel.title, about, height=168)
            )
    for start in range(0, len(dates), DATES_MAX):
        part = dates[start : start + DATES_MAX]
        yield _months_table(rows, part, TELL("fairness.over.table", months=months))


def _months_table(rows: Rows, dates: list[str], title: Words) -> Table:
    """Groups down, dates across: recall, and below it found of events."""
    told = {(row["grouping"], row["group"], row["month"]): row for row in rows}
    names = list(dict.fromkeys((row["grouping"], row["group"]) for row in rows))
    cells: list[list[Cell]] = [
        [
            grouping_title(grouping),
            group_title(grouping, group),
            *(_of_date(told.get((grouping, group, d))) for d in dates),
        ]
        for grouping, group in names
    ]
    head: list[Cell] = [TELL("fairness.grouping"), TELL("fairness.group"), *(day[2:7] for day in dates)]
    return Table(head, cells, title, texts=2, folded=True)


def _of_date(row: dict[str, Any] | None) -> Cell:
    if row is None or row["recall"] is None:
        return DASH
    return Measured(percent(row["recall"], 0), f"{int(row['events']) - int(row['missed'])}/{row['events']}")


def _panel(rows: Rows, grouping: str, dates: list[str]) -> Panel:
    found = [row for row in rows if row["grouping"] == grouping]
    lines = []
    for place, group in enumerate(sorted({row["group"] for row in found})):
        told = {row["month"]: row["recall"] for row in found if row["group"] == group}
        points = [(float(i), told.get(day)) for i, day in enumerate(dates)]
        if any(value is not None for _, value in points):
            lines.append(Line(group_title(grouping, group), points, place))
    x = Axis(same(""), -0.3, len(dates) - 0.7, names=[day[:7] for day in dates])
    title = TELL("fairness.over", grouping=grouping_title(grouping))
    return Panel(title, lines, x, Axis(TELL("fairness.recall"), 0, 1, percent=True))


def _both_titles(row: dict[str, Any]) -> Words:
    """Grouping and group, for a chart."""
    group, grouping = group_title(row["grouping"], row["group"]), grouping_title(row["grouping"])
    if row["grouping"] == ALL:
        return group
    return Words(f"{grouping.zh}：{group.zh}", f"{grouping.en}: {group.en}")


def _limits(row: dict[str, Any], name: str, *, plain: bool = False) -> str:
    told = {"low": row[f"{name}_low"], "high": row[f"{name}_high"]}
    return limits(told, "" if plain else SHARE)
