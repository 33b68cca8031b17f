"""Command that looks back: backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import Json, LabelName, TrainingMemory, workspace
from riskmodel.serving.cli.output import Terminal, emit
from riskmodel.serving.cli.tables import gate_lines, metric_table
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.backtest import BackTest

SCHEMES = {
    "time": "later in time, all places 按时间滚动",
    "area": "in other places, all dates 留出地区",
    "space_time": "later in time and in other places 时间与地区同时留出",
}
AHEAD = {"average_precision": "average precision", "recall_at_capacity": "recall at capacity", "roc_auc": "ROC AUC"}


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(backtest)


def backtest(
    context: typer.Context,
    label: LabelName = None,
    origins: Annotated[int, typer.Option(min=1, max=24, help="Blocks of test dates that are rolled over.")] = 4,
    memory: TrainingMemory = 6.0,
    as_json: Json = False,
) -> None:
    """How every kind of model would have done: at every third month, and in places it never saw.

    Goes on where it was stopped. Exit code 1: a horizon has no matured fold and is not released.
    """
    from riskmodel.workflows.backtest import backtest as run

    done = run(workspace(context), now(), label, most_origins=origins, progress=Terminal(), memory_gib=memory)
    emit(done, as_json=as_json, lines=[*_lines(done), *(_lines(done.shorter) if done.shorter else [])])
    if not all(found.released for found in (done, done.shorter) if found):
        raise typer.Exit(1)


def _lines(done: BackTest) -> Iterator[str]:
    yield f"{done.label}, {done.horizon_months} months: {done.rows:,} rows, {done.events:,} events"
    if not done.released:
        yield f"NOT RELEASED 未发布: {done.why_not}"
        return
    for scheme, title in SCHEMES.items():
        pooled = done.pooled[scheme]
        yield f"\n{title} ({sum(fold['scheme'] == scheme for fold in done.folds)} folds):"
        yield from metric_table(pooled["metrics"])
        yield from _difference_lines(pooled["differences"])
        yield from _lead_lines(pooled["lead_time"])
    if done.gate:
        yield ""
        yield from gate_lines(done.gate)
    yield f"folds and numbers: {done.folder}"
    yield ""


def _difference_lines(differences: dict[str, dict[str, dict[str, float]]]) -> Iterator[str]:
    """What LightGBM is ahead of each other kind, with paired intervals."""
    for pair, named in differences.items():
        one, other = pair.split(" - ")
        if one == "lightgbm":
            told = "; ".join(
                f"{words} {named[name]['value']:+.4f} [{named[name]['low']:+.4f}, {named[name]['high']:+.4f}]"
                for name, words in AHEAD.items()
            )
            yield f"  {one} - {other}: {told}"


def _lead_lines(lead: dict[str, dict[str, float | None]] | None) -> Iterator[str]:
    """How early the lists at capacity named the events."""
    for kind, told in (lead or {}).items():
        if told["events"]:
            median = "-" if told["median_months"] is None else f"{told['median_months']:g}"
            yield (
                f"  {kind:10} listed {told['listed'] or 0:.0%} of {told['events']:,} events before they came, "
                f"{told['early'] or 0:.0%} by 3 months or more; median lead {median} months; "
                f"{told['listed_before_wire'] or 0:.0%} before any trip wire"
            )
