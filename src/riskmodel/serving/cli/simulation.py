"""The command that simulates a county."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskmodel.serving.cli.options import Json, parsed_date
from riskmodel.serving.cli.output import Terminal, emit


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(simulate)


def simulate(
    out: Annotated[Path, typer.Argument(help="New folder for deliveries/, policy/ and truth/.")],
    households: Annotated[int, typer.Option(min=1, max=1_000_000, help="Households in the beginning.")] = 2000,
    months: Annotated[
        int, typer.Option(min=1, max=120, help="Monthly deliveries after the history of 24 months.")
    ] = 36,
    seed: Annotated[int, typer.Option(min=0, help="Equal seeds give equal bytes.")] = 7,
    truth: Annotated[
        bool, typer.Option("--truth", help="Also the true probability of every household, by Monte Carlo (slow).")
    ] = False,
    dates: Annotated[
        list[str] | None,
        typer.Option("--truth-date", metavar="DATE", help="As-of date of the truth; may be given more than once."),
    ] = None,
    draws: Annotated[int, typer.Option(min=1, max=10_000, help="Futures per household of --truth.")] = 200,
    as_json: Json = False,
) -> None:
    """Simulate an invented county: the raw files its offices would send every month, its policy, and the truth."""
    from riskmodel.workflows.simulate import simulate as run

    days = [day for day in map(parsed_date, dates or []) if day is not None]
    done = run(out, households, months, seed, truth_dates=days, draws=draws if truth else 0, progress=Terminal())
    emit(done, as_json=as_json, lines=done.lines())
