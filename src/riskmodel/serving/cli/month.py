"""The command that runs a month: run-month."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import MONTH, Json, Memory, Who, parsed_month, workspace
from riskmodel.serving.cli.output import Terminal, emit
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from riskmodel.workflows.run_month import MonthRun

EngineName = Annotated[str, typer.Option("--engine", help="What works on the counties: local or spark.")]
Master = Annotated[
    str, typer.Option("--master", help="Master of --engine spark, such as local[2] or spark://HOST:7077.")
]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("run-month")(run_month)


def run_month(
    context: typer.Context,
    month: Annotated[str, typer.Argument(metavar="[YYYY-MM]", help=f"{MONTH} (default: the last one).")] = "",
    deliveries: Annotated[
        Path | None,
        typer.Option("--from", metavar="FOLDER", help="Deliveries (default: only what case systems sent)."),
    ] = None,
    engine: EngineName = "local",
    master: Master = "",
    memory: Memory = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Run a month: ingest what arrived, check, score with reasons, list, publish. Run again after a kill: it goes on.

    Exit code 1: published, but a source went silent or much of a file was quarantined. 3: a file to be corrected,
    nothing was scored. 75: this month is being run already.
    """
    from riskmodel.workflows.machine import engine as engine_named
    from riskmodel.workflows.operators import operator
    from riskmodel.workflows.run_month import run_month as run

    executor = engine_named(engine, master, memory)
    asked = parsed_month(month) if month else last_month(now().date())
    done = run(workspace(context), asked, deliveries, operator(who), now, executor, Terminal())
    emit(done, as_json=as_json, lines=_lines(done))
    if done.failed:
        raise typer.Exit(1)


def last_month(today: date) -> date:
    """The first day of the month before."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _lines(done: MonthRun) -> Iterator[str]:
    if not done.done:
        yield "finished before; nothing was to be done / 此前已完成，无需处理"
    yield from done.report.lines()
    if done.policy_day != done.report.as_of:
        yield (
            f"the policy's run day is {done.policy_day} now; this month was run as of {done.report.as_of}, and stays "
            f"there / 政策中的运行日现为 {done.policy_day}；本月已按 {done.report.as_of} 运行，保持不变"
        )
    yield from (f"隔离行占比超过上限 above the limit: {file}" for file in done.above_limit)
    yield from (f"数据来源中断 source went silent: {source}" for source in done.silent)
    yield f"report: {done.account}"
