"""Commands about data: ingest, rebuild-county, demo, docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskmodel.serving.cli.options import Json, workspace
from riskmodel.serving.cli.output import Terminal, emit
from riskmodel.serving.clock import now


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(ingest)
    app.command("rebuild-county")(rebuild_county)
    app.command()(demo)
    app.command(hidden=True)(docs)


def ingest(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A delivery YYYY-MM-DD/, a folder of deliveries, or the raw/ folder of EPH (default: only what case "
            "systems and pages sent)."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Load deliveries into the lake, with findings of visits that were sent; bad rows are quarantined and reported.

    Exit code 3: files to be corrected.
    """
    from riskmodel.workflows.ingest import ingest as run

    done = run(workspace(context), path, Terminal(), now().date())
    nothing = ["nothing was sent that is not in the lake / 没有待入库的走访结果"]
    emit(done, as_json=as_json, lines=done.lines() if done.files else nothing)
    if done.failed:
        raise typer.Exit(3)


def rebuild_county(
    context: typer.Context,
    county: Annotated[str, typer.Argument(help="The 6 digits of its code.")],
    as_json: Json = False,
) -> None:
    """Derive the sorted form of a county's data again, where a message says that a file of it is damaged."""
    from riskmodel.workflows.rebuild import rebuild_county as run

    done = run(workspace(context), county)
    emit(done, as_json=as_json, lines=[f"county {done.county} rebuilt from {done.batches:,} batches / 已重新生成"])


def demo(
    context: typer.Context,
    households: Annotated[int, typer.Option(min=400, max=200_000, help="Households of the simulated county.")] = 20_000,
    months: Annotated[int, typer.Option(min=12, max=59, help="Monthly deliveries after two years of history.")] = 48,
    as_json: Json = False,
) -> None:
    """Simulate a county, ingest its files, train, score it and show whom to visit first."""
    from riskmodel.workflows.demo import demo as run

    found = run(workspace(context), households, months, now(), Terminal())
    emit(found, as_json=as_json, lines=found.lines())


def docs(
    to: Annotated[Path, typer.Option(help="Folder of the documentation.")] = Path("docs"), as_json: Json = False
) -> None:
    """Write the generated pages of the documentation."""
    from riskmodel.workflows.documentation import write_pages

    pages = [str(page) for page in write_pages(to)]
    emit({"pages": pages}, as_json=as_json, lines=pages)
