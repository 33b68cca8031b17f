"""Commands for case systems: publish, serve."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from riskmodel.serving.cli.options import MONTH, AsOf, Json, not_both, parsed_date, parsed_month, workspace
from riskmodel.serving.cli.output import Terminal, emit
from riskmodel.serving.clock import now


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(publish)
    app.command()(serve)


def publish(
    context: typer.Context,
    month: Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help=f"{MONTH}.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Publish the scores of a month or date for the service, all of them at once; publishing again replaces them."""
    from riskmodel.workflows.publish import publish as run
    from riskmodel.workflows.score import as_of_of_month

    place = workspace(context)
    not_both(month, as_of)
    day = as_of_of_month(place, parsed_month(month)) if month else parsed_date(as_of)
    done = run(place, now, day, Terminal())
    again = ", in place of those that were there" if done.replaced else ""
    emit(done, as_json=as_json, lines=[f"{done.households:,} households of {done.as_of} published{again}"])


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=64, help="Processes (default: setting `workers`).")
    ] = None,
) -> None:
    """Answer case systems over HTTP until a signal comes; /docs describes what may be asked. Put TLS in front."""
    from riskmodel.serving.api.server import serve as run
    from riskmodel.settings import hand_down
    from riskmodel.workflows.database import database

    place = workspace(context)
    database(place).close()  # tables of another version are refused here, not in every process
    settings = replace(place.settings, workers=workers or place.settings.workers)
    hand_down(settings)
    run(host, port, settings.workers)
