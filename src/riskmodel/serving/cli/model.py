"""Commands about models and scores: train, score, models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.features import health_lines
from riskmodel.serving.cli.options import (
    MONTH,
    AsOf,
    Json,
    LabelName,
    TrainingMemory,
    not_both,
    parsed_date,
    parsed_month,
    workspace,
)
from riskmodel.serving.cli.output import Terminal, emit
from riskmodel.serving.cli.tables import gate_lines, metric_table
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.score import Scored
    from riskmodel.workflows.train import Trained


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(train)
    app.command()(score)
    models = typer.Typer(help="List the trained models, or make one the champion.", no_args_is_help=True)
    models.command("list")(list_models)
    models.command("promote")(promote)
    app.add_typer(models, name="models")


def train(
    context: typer.Context,
    label: LabelName = None,
    kind: Annotated[
        str | None, typer.Option(help="Register this kind of model, whatever the gate says (default: its choice).")
    ] = None,
    memory: TrainingMemory = 6.0,
    as_json: Json = False,
) -> None:
    """Train and judge the models on matured labels and register the one that the gate chooses.

    Exit code 1: registered, but a source went silent.
    """
    from riskmodel.workflows.train import train as run

    done = run(workspace(context), now(), label, Terminal(), kind=kind, memory_gib=memory)
    emit(done, as_json=as_json, lines=_trained_lines(done))
    if done.health and done.health.failed:
        raise typer.Exit(1)


def score(
    context: typer.Context,
    month: Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help=f"{MONTH}.")] = None,
    as_of: AsOf = None,
    label: LabelName = None,
    as_json: Json = False,
) -> None:
    """Score every active household with the champion and publish the results.

    Exit code 1: published, but a source went silent. Exit code 3: nothing was published, for the model does not fit
    the features, or its contributions do not sum to its scores.
    """
    from riskmodel.workflows.machine import engine
    from riskmodel.workflows.score import as_of_of_month, newest_as_of
    from riskmodel.workflows.score import score as run

    place = workspace(context)
    not_both(month, as_of)
    day = parsed_date(as_of) or (as_of_of_month(place, parsed_month(month)) if month else newest_as_of(place))
    done = run(place, day, label, Terminal(), engine())
    tiers = ", ".join(f"{tier} {count:,}" for tier, count in sorted(done.tiers.items(), key=lambda item: item[1]))
    lines = [
        f"{done.households:,} households of {len(done.counties)} counties scored as of {done.as_of}: {tiers}",
        f"results: {done.folder}   (pandas.read_parquet reads the folder)",
        _sums_line(done),
        *(line for found in done.health.values() for line in health_lines(found)),
        *_unconfirmed_line(done.unconfirmed_policy),
    ]
    emit(done, as_json=as_json, lines=lines)
    if any(found.failed for found in done.health.values()):
        raise typer.Exit(1)


def list_models(context: typer.Context, label: LabelName = None, as_json: Json = False) -> None:
    """List the versions of a label's model, and which is champion or challenger."""
    from riskmodel.workflows.workspace import model_name

    place = workspace(context)
    name = model_name(label or place.settings.label)
    versions = place.registry.versions(name)
    lines = [
        f"{name} version {v.version}  {v.created:%Y-%m-%d %H:%M} UTC  {next(iter(v.aliases), '-')}  "
        f"{v.bundle_hash[:16]}  {v.tags.get('kind', '')} gate {v.tags.get('gate', 'not asked')}"
        for v in versions
    ] or [f"no version of {name} yet. Train one: riskmodel train"]
    emit({"model": name, "versions": versions}, as_json=as_json, lines=lines)


def promote(
    context: typer.Context,
    version: Annotated[int, typer.Argument(help="Version to make the champion.")],
    label: LabelName = None,
    against_the_gate: Annotated[
        str, typer.Option(metavar="REASON", help="Why to use a version that the gate refused; kept with it.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Make a version the champion, after its bundle has been verified.

    Exit code 1: the gate refused it, and no reason was given to use it all the same.
    """
    from riskmodel.workflows.promote import promote_here as run

    done = run(workspace(context), version, now(), label, against_the_gate)
    lines = [f"{done.model}: version {done.champion} is the champion"]
    lines += [f"against the gate, because: {done.reason}"] if done.reason else []
    emit(done, as_json=as_json, lines=lines)


def _trained_lines(done: Trained) -> Iterator[str]:
    dates = done.as_of_dates
    yield f"label {done.label}: {done.rows:,} rows, {done.events:,} events, as-of dates {dates[0]} ... {dates[-1]}"
    if done.test:
        yield f"test in later months and other {done.areas} areas, {', '.join(done.test_dates)}:"
        yield from metric_table(done.test)
    yield from gate_lines(done.gate)
    if not done.released:
        yield f"NOT RELEASED 未发布: no outcome for a test of {done.label} has matured; its probabilities are untested"
    yield f"{done.kind} registered as version {done.version} ({done.alias}), hash {done.model_hash[:16]}"
    yield f"bundle {done.bundle}"
    if done.shorter:
        yield ""
        yield from _trained_lines(done.shorter)
    if done.shorter_refused:
        yield f"no model of the shorter horizon 短期限模型未训练: {done.shorter_refused}"
    if done.health:
        yield from health_lines(done.health)
    yield from _unconfirmed_line(done.unconfirmed_policy)


def _sums_line(done: Scored) -> str:
    households = sum(checked.households for checked in done.sums.values())
    largest = max(checked.largest for checked in done.sums.values())
    return f"checked in {households:,} households: contributions sum to the scores, at most {largest:.1g} log-odds off"


def _unconfirmed_line(values: list[str]) -> list[str]:
    return [f"unconfirmed policy values used: {', '.join(values)}"] if values else []
