"""Commands about one household: explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import AsOf, English, Json, parsed_date, workspace
from riskmodel.serving.cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.explain import Explanation


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(explain)


def explain(
    context: typer.Context,
    household_id: Annotated[str, typer.Argument(help="Household id (H and 24 hex digits).")],
    as_of: AsOf = None,
    english: English = False,
    as_json: Json = False,
) -> None:
    """Say why a household scored as it did."""
    from riskmodel.workflows.explain import explain as run

    found = run(workspace(context), household_id, parsed_date(as_of), "en" if english else "zh")
    emit(found, as_json=as_json, lines=explanation_lines(found))


def explanation_lines(e: Explanation) -> Iterator[str]:
    """An explanation for the terminal."""
    yield f"{e.household_id}  {e.village_code}  {e.as_of}  {e.tier_title}"
    sooner = "" if e.probability_6m is None else f"; 6 months 6个月内 {e.probability_6m:.3f}"
    yield f"  {e.meaning}  ({e.probability:.3f}{sooner})"
    for reason in e.reasons:
        yield f"  + {reason['sentence']}"
    lowering = [g for g in e.groups if g["contribution"] < -0.01][-3:]
    if lowering:
        yield "  - " + ", ".join(f"{g['title']} {g['contribution']:+.2f}" for g in reversed(lowering))
    yield f"  #{e.rank_county} / #{e.rank_township} (县/乡镇)   model {e.model}   data age {e.data_age_days} days"
    for note in e.notes:
        yield f"  {note}"
