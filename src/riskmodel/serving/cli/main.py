"""The command line: `riskmodel [--home DIR] COMMAND ... [--json]`.

Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 data that cannot be used, 75 somebody else is writing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from riskmodel import __version__
from riskmodel.errors import RiskModelError
from riskmodel.serving.cli import data, evaluation, household, model, policy
from riskmodel.serving.cli.output import emit

app = typer.Typer(
    name="riskmodel",
    help="Monthly risk of falling back into poverty for every household, with its reasons. 防返贫风险监测",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (data, model, household, evaluation, policy):
    module.register(app)


def _show_version(asked: bool) -> None:  # typer calls it with the option's value
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Workspace folder (default: RISKMODEL_HOME, else ./riskmodel-home)."),
    ] = None,
    version: Annotated[  # noqa: ARG001  # its callback does the work
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Monthly risk of falling back into poverty for every household, with its reasons. 防返贫风险监测"""
    context.obj = home


def run(arguments: list[str] | None = None) -> None:
    """Entry point: runs a command and turns our own errors into a message and an exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        app(args=given)
    except RiskModelError as error:
        if "--json" in given:
            emit({"error": {"kind": type(error).__name__, "message": str(error)}}, as_json=True)
        print(f"riskmodel: {error}", file=sys.stderr)  # this is where we print
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("riskmodel: stopped; nothing half-written is visible.", file=sys.stderr)  # this is where we print
        sys.exit(130)
