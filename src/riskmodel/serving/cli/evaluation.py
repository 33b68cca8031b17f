"""Commands that judge models: benchmark, evaluate-table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riskmodel.errors import UsageError
from riskmodel.serving.cli.options import Json, workspace
from riskmodel.serving.cli.output import Terminal, emit
from riskmodel.serving.cli.tables import TITLES, metric_table, shown
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    benchmarks = typer.Typer(help="Measure the models on real data.", no_args_is_help=True)
    benchmarks.command("eph")(eph)
    benchmarks.callback()(_benchmarks)
    app.add_typer(benchmarks, name="benchmark")
    app.command("evaluate-table")(evaluate_table)


def _benchmarks() -> None:
    """Measure the models on real data."""


def eph(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="Folder of the EPH panel (holds panel/ and raw/).")],
    top: Annotated[int, typer.Option(help="Also print that many real households with their reasons.", min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Argentina's household panel: P1 the flattened panel, P2 the raw files through our pipeline."""
    from riskmodel.workflows.benchmark import benchmark_eph

    result = benchmark_eph(workspace(context), path, now(), top, Terminal())
    emit(result, as_json=as_json, lines=_benchmark_lines(result))


def evaluate_table(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .parquet or .csv file, one row per subject (and time).")],
    target: Annotated[str, typer.Option(help="Column of the outcome, 0 or 1.")],
    time: Annotated[str | None, typer.Option(help="Column of the time; needs --train-before and --test-from.")] = None,
    train_before: Annotated[str | None, typer.Option(help="Training rows have a time before this value.")] = None,
    test_from: Annotated[str | None, typer.Option(help="Test rows have this time or later.")] = None,
    test_until: Annotated[str | None, typer.Option(help="Test rows have this time or earlier.")] = None,
    folds: Annotated[int | None, typer.Option(help="Folds instead of a split by time.")] = None,
    group: Annotated[str | None, typer.Option(help="Column of the household; no group is on both sides.")] = None,
    exclude: Annotated[str, typer.Option(help="Columns to leave out, separated by commas.")] = "",
    categories: Annotated[str, typer.Option(help="Columns of numbers that are codes, separated by commas.")] = "",
    income: Annotated[
        str | None, typer.Option(help="Column of the income; with --line the naive model's ratio.")
    ] = None,
    line: Annotated[str | None, typer.Option(help="Column of the line, in the same unit as the income.")] = None,
    as_json: Json = False,
) -> None:
    """The modelling protocol on any flat table: naive, logistic regression, LightGBM, all calibrated."""
    from riskmodel.training.flat import FlatQuestion
    from riskmodel.workflows.flat_table import evaluate_table as run

    question = FlatQuestion(
        target,
        time,
        train_before,
        test_from,
        test_until,
        folds,
        group,
        _names(exclude),
        income,
        line,
        _names(categories),
    )
    report = run(file, question, workspace(context).settings.seed)
    lines = [
        f"train {report['n_train']:,}, test {report['n_test']:,}, prevalence {report['prevalence_test']:.4f}, "
        f"naive on {report['naive_column']}",
        *metric_table(report["models"]),
        f"features: {', '.join(report['features'])}",
        *(f"note: {note}" for note in report["notes"]),
    ]
    emit(report, as_json=as_json, lines=lines)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if len(set(names)) != len(names):
        raise UsageError(f"a column is named twice in {text!r}.")
    return names


def _benchmark_lines(result: dict[str, Any]) -> Iterator[str]:
    from riskmodel.serving.cli.household import explanation_lines
    from riskmodel.workflows.benchmark import against_reference
    from riskmodel.workflows.explain import Explanation

    place = ""
    for line in against_reference(result):
        here = f"{line['protocol'].upper()} {line['rows']}, {line['subset']} (n = {line['n']:,})"
        if here != place:
            place = here
            yield f"\n{here}: ours / reference"
            yield "  ".join([f"{'model':10}", *(f"{title:>15}" for title in TITLES.values())])
        cells = [f"{shown(line['ours'][m])} / {shown(line['reference'].get(m))}" for m in TITLES]
        yield "  ".join([f"{line['model']:10}", *(f"{cell:>15}" for cell in cells)])
    for protocol, runs in result["gates"].items():
        for run, found in runs.items():
            yield f"\n{protocol.upper()} {run}: {found.verdict.why}"
            yield from (f"  {sentence}" for sentence in found.sentences())
    for household in result.get("top", ()):
        yield ""
        yield from explanation_lines(Explanation(**household))
