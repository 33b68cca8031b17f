"""Curves of a back-test, and every single fold of it: precision and recall, reliability, average precision by fold."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from riskmodel.rendering.chart_frame import upper
from riskmodel.rendering.document import Figure, Measured, Table
from riskmodel.rendering.line_chart import Axis, Line, Panel, line_chart
from riskmodel.rendering.messages import Words, same
from riskmodel.training.folds import SCHEMES
from riskmodel.training.gate import CHAMPION
from riskmodel.workflows.model_report.shown import shown
from riskmodel.workflows.model_report.wording import TELL, kind_title, kinds, limits, number, percent, style_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskmodel.rendering.document import Cell

    Test = dict[str, Any]

OF_FOLDS: Final = (
    *("average_precision", "roc_auc", "brier", "ece", "top_ratio", "recall_at_capacity", "precision_at_capacity"),
    "lift_over_wires",
)
"""Numbers of single folds that are told."""
SHARE: Final = "recall_at_capacity"
"""A number that is written as a share: limits of shares are written like it."""


def precision_recall(test: Test, kind: str) -> Figure:
    """The precision-recall curves of all schemes, with the band of the reported kind and its numbers."""
    found = {scheme: test["pooled"][scheme]["precision_recall"] for scheme in SCHEMES}
    highest = upper((p["precision"] for told in found.values() for points in told.values() for p in points), 0.02)
    panels = []
    for scheme, told in found.items():
        lines = [_pr_line(told[one], one, banded=one == kind) for one in kinds(told) if one != CHAMPION]
        x, y = _percent("results.recall", 1), _percent("results.precision_axis", min(1.0, highest))
        level = next(iter(test["pooled"][scheme]["metrics"].values()))["prevalence"]
        panels.append(Panel(TELL(f"scheme.{scheme}"), lines, x, y, level=level))
    title, about = TELL("results.precision", months=test["horizon_months"]), TELL("results.precision.about")
    names = [TELL("results.share"), TELL("results.recall"), TELL("results.precision_axis")]
    columns = [[_pr_cells(point) for point in told.get(kind, [])] for told in found.values()]
    return Figure(title, about, line_chart(panels, title, about), _beside(kind, names, columns))


def reliability(test: Test, kind: str) -> Figure:
    """The reliability curves of all schemes, with the band of the reported kind and its numbers."""
    found = {scheme: test["pooled"][scheme]["calibration"] for scheme in SCHEMES}
    drawn = {
        s: {k: shown(told[k]["curve"]) for k in kinds(told) if k in (kind, "logistic")} for s, told in found.items()
    }
    values = [row[name] for told in drawn.values() for rows in told.values() for row in rows
              for name in ("mean_risk", "observed")]  # fmt: skip
    most, panels = min(1.0, upper(values, 0.01)), []
    for scheme, told in drawn.items():
        lines = [_reliability_line(rows, one, banded=one == kind) for one, rows in told.items()]
        x, y = _percent("calibration.predicted", most), _percent("calibration.observed", most)
        panels.append(Panel(TELL(f"scheme.{scheme}"), lines, x, y, diagonal=True))
    title, about = TELL("calibration.curve", months=test["horizon_months"]), TELL("calibration.curve.about")
    names = [TELL("calibration.tenth"), TELL("calibration.predicted"), TELL("calibration.observed")]
    columns = [[_tenth_cells(row) for row in told.get(kind, [])] for told in drawn.values()]
    return Figure(title, about, line_chart(panels, title, about), _beside(kind, names, columns))


def every_fold(test: Test) -> Figure:
    """Average precision of every fold by kind, one panel per scheme; the numbers stand in the annex."""
    panels = []
    highest = upper((m["average_precision"] for fold in test["folds"] for m in fold["metrics"].values()), 0.02)
    for scheme in SCHEMES:
        folds = [fold for fold in test["folds"] if fold["scheme"] == scheme]
        lines = [
            Line(kind_title(k), [(i, f["metrics"][k]["average_precision"]) for i, f in enumerate(folds)], style_of(k))
            for k in kinds(folds[0]["metrics"])
        ]
        x = Axis(same(""), -0.3, len(folds) - 0.7, names=[_short(fold["name"]) for fold in folds])
        y = Axis(TELL("metric.average_precision"), 0, highest)
        panels.append(Panel(TELL(f"scheme.{scheme}"), lines, x, y))
    title, about = TELL("results.folds", months=test["horizon_months"]), TELL("results.folds.about")
    return Figure(title, about, line_chart(panels, title, about))


def fold_tables(test: Test) -> Iterator[Table]:
    """All numbers of every fold and kind, one table per scheme: the annex."""
    for scheme in SCHEMES:
        rows = []
        for fold in [fold for fold in test["folds"] if fold["scheme"] == scheme]:
            for place, kind in enumerate(kinds(fold["metrics"])):
                values = [number(fold["metrics"][kind][name], name) for name in OF_FOLDS]
                rows.append([fold_title(fold) if place == 0 else "", kind_title(kind), *values])
        head = [TELL("fold.name"), TELL("results.model"), *(TELL(f"short.{name}") for name in OF_FOLDS)]
        title = TELL("splits.chart", months=test["horizon_months"], scheme=TELL(f"scheme.{scheme}"))
        yield Table(head, rows, title, texts=2, folded=True)


def fold_title(fold: dict[str, Any]) -> Words:
    """First test month and part of a fold in words."""
    month, part = _named(fold["name"])
    pieces = [same(month)] if month else []
    pieces += [TELL("fold.part", part=part)] if part else []
    return Words(" ".join(piece.zh for piece in pieces), " ".join(piece.en for piece in pieces))


def _named(name: str) -> tuple[str, str]:
    """The first test month and the part in the name of a fold; empty where it has none."""
    month, part = re.search(r"_(\d{4}-\d\d)", name), re.search(r"_part-(\d+)", name)
    return month[1] if month else "", part[1] if part else ""


def _short(name: str) -> str:
    return "/".join(piece for piece in _named(name) if piece).removeprefix("20")


def _percent(key: str, high: float) -> Axis:
    return Axis(TELL(key), 0, high, percent=True)


def _pr_line(points: Sequence[dict[str, Any]], kind: str, *, banded: bool) -> Line:
    band = [(p["recall"], p["precision_low"], p["precision_high"]) for p in points if p["precision_low"] is not None]
    told = [(p["recall"], p["precision"]) for p in points if p["recall"] is not None]
    return Line(kind_title(kind), told, style_of(kind), band if banded else ())


def _pr_cells(point: dict[str, Any]) -> list[Cell]:
    limited = limits({"low": point["precision_low"], "high": point["precision_high"]}, SHARE)
    return [percent(point["share"]), percent(point["recall"]), Measured(percent(point["precision"]), limited)]


def _reliability_line(rows: Sequence[dict[str, Any]], kind: str, *, banded: bool) -> Line:
    points = [(row["mean_risk"], row["observed"]) for row in rows]
    band = [(r["mean_risk"], r["observed_low"], r["observed_high"]) for r in rows if r["observed_low"] is not None]
    return Line(kind_title(kind), points, style_of(kind), band if banded else ())


def _tenth_cells(row: dict[str, Any]) -> list[Cell]:
    limited = limits({"low": row["observed_low"], "high": row["observed_high"]}, SHARE)
    return [row["group"], percent(row["mean_risk"], 2), Measured(percent(row["observed"], 2), limited)]


def _beside(kind: str, names: Sequence[Words], columns: Sequence[Sequence[list[Cell]]]) -> Table:
    """The numbers of a curve, the schemes beside each other; a shorter one ends with empty cells."""
    above: list[tuple[Cell, int]] = [(TELL(f"scheme.{scheme}"), len(names)) for scheme in SCHEMES]
    empty: list[Cell] = [""] * len(names)
    rows = [[cell for cells in line for cell in cells] for line in zip_longest(*columns, fillvalue=empty)]
    return Table([*names] * len(SCHEMES), rows, kind_title(kind), texts=0, above=above, folded=True)
