"""Commands about policy values: check."""

from __future__ import annotations

from typing import Annotated

import typer

from riskmodel.errors import UsageError
from riskmodel.serving.cli.options import AsOf, Json, parsed_date, workspace
from riskmodel.serving.cli.output import emit
from riskmodel.serving.clock import now


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    policy = typer.Typer(help="Policy values: lines, thresholds, deadlines.", no_args_is_help=True)
    policy.command("check")(check)
    policy.callback()(_policy)
    app.add_typer(policy, name="policy")


def _policy() -> None:
    """Policy values: lines, thresholds, deadlines."""


def check(
    context: typer.Context,
    area: Annotated[
        list[str] | None, typer.Option("--area", help="Area code, 2 to 12 digits (default: the lake's counties).")
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """List what is missing or unconfirmed for an area on a day. Exit code 1 when something required is missing."""
    from riskmodel.policy import check as run

    place = workspace(context)
    areas = area or place.lake.counties()
    if not areas:
        raise UsageError("the lake is empty, so there is no area to check. Name one: --area 520000")
    day = parsed_date(as_of) or now().date()
    gaps = run(place.policy, areas, day)
    missing = [gap for gap in gaps if gap.problem == "missing"]
    lines = [f"{gap.problem:12} {gap.kind} for {gap.area or 'national'}: {gap.detail} {gap.action}" for gap in gaps]
    summary = f"policy {place.policy.version} on {day}: {len(missing)} missing, {len(gaps) - len(missing)} unconfirmed"
    emit({"version": place.policy.version, "on": day, "findings": gaps}, as_json=as_json, lines=[*lines, summary])
    if missing:
        raise typer.Exit(1)
