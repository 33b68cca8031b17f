"""Command that tells how good a model is: report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from riskmodel.serving.cli.options import Json, LabelName, workspace
from riskmodel.serving.cli.output import Terminal, emit
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.report import Reported


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(report)


def report(context: typer.Context, label: LabelName = None, as_json: Json = False) -> None:
    """Write the report of the model in use, as a page and a model card, from the newest back-test.

    Runs no back-test itself: `riskmodel backtest` first.
    """
    from riskmodel.workflows.report import report as run

    done = run(workspace(context), now(), label, Terminal())
    emit(done, as_json=as_json, lines=_lines(done))


def _lines(done: Reported) -> Iterator[str]:
    months = ", ".join(map(str, done.horizons))
    yield f"{done.model} version {done.version} ({done.kind}), {months} months, tested {done.tested_at[:10]}"
    yield from (f"NOT RELEASED 未发布: {name} has no finished back-test" for name in done.not_released)
    yield f"report 报告:      {done.page}"
    yield f"model card 卡片: {done.card}, {done.card_json}"
    if done.unconfirmed_policy:
        yield f"{len(done.unconfirmed_policy)} policy values used are not confirmed 政策数值未核对: see the report"
