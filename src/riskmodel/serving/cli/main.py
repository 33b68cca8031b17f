"""The command line: `riskmodel [--home DIR] COMMAND ... [--json]`.

Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 data that cannot be used, 75 somebody else is writing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from riskmodel import __version__
from riskmodel.errors import RiskModelError
from riskmodel.serving.cli import (
    audit,
    backtest,
    backup,
    checks,
    data,
    evaluation,
    features,
    household,
    installation,
    keys,
    model,
    month,
    policy,
    report,
    retention,
    service,
    simulation,
    users,
    whatif,
    worklist,
)
from riskmodel.serving.cli.output import emit
from riskmodel.settings import prepare_process

STOPPED = 130
"""Exit code of a command that was stopped with Ctrl-C, as shells have it."""
STOPPED_TEXT = (
    "riskmodel: stopped; nothing half-written is visible. The same command goes on from here. / "
    "已停止，没有留下写了一半的内容。重新运行同一命令即可继续。"
)

app = typer.Typer(
    name="riskmodel",
    help="Monthly risk of falling back into poverty for every household, with its reasons. 防返贫风险监测",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS = (
    *(installation, audit, simulation, data, checks, model, household, whatif, worklist),
    *(features, backtest, report, evaluation, policy, keys, users, service, backup, retention, month),
)
for module in COMMANDS:
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
    prepare_process()
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    try:
        code = app(args=given, standalone_mode=not as_json)  # standalone, typer shows wrong usage itself and exits
    except RiskModelError as error:
        _fail(type(error).__name__, str(error), error.exit_code, as_json=as_json)
    except typer.TyperException as error:
        _fail("UsageError", error.format_message(), error.exit_code, as_json=as_json)
    except OSError as error:
        from riskmodel.tables.storage import of_disk

        refused = of_disk(error, Path("the disk"))
        if refused is None:
            raise
        _fail("StorageError", str(refused), refused.exit_code, as_json=as_json)
    except SystemExit as stopped:
        code = stopped.code
    if code == STOPPED:
        print(STOPPED_TEXT, file=sys.stderr)  # this is where we print
    sys.exit(code)


def _fail(kind: str, message: str, exit_code: int, *, as_json: bool) -> NoReturn:
    if as_json:
        emit({"error": {"kind": kind, "message": message}}, as_json=True)
    print(f"riskmodel: {message}", file=sys.stderr)  # this is where we print
    sys.exit(exit_code)
