"""Command that changes a household's facts in thought: whatif."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.errors import UsageError
from riskmodel.serving.cli.options import AsOf, English, Json, parsed_date, workspace
from riskmodel.serving.cli.output import emit
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from riskmodel.rendering.messages import Language


Household = Annotated[str | None, typer.Argument(help="Household id (H and 24 hex digits).")]
Supposed = Annotated[
    list[str] | None,
    typer.Argument(metavar="SCENARIO[:NAME=VALUE,...]", help="What to suppose, e.g. public_post:wage=800,months=12."),
]
Corrections = Annotated[
    list[str] | None,
    typer.Option(metavar="TABLE[KEY=VALUE,...].COLUMN=VALUE", help="A value put right; may be given several times."),
]
Listed = Annotated[bool, typer.Option("--list", help="List what can be supposed, with ranges, and stop.")]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(whatif)


def whatif(
    context: typer.Context,
    household_id: Household = None,
    scenarios: Supposed = None,
    correct: Corrections = None,
    as_of: AsOf = None,
    list_: Listed = False,
    english: English = False,
    as_json: Json = False,
) -> None:
    """Score a household as though help had been given or a value were right.

    An association in the data, not an effect of help. Nothing is written.
    """
    from riskmodel.workflows.whatif import what_if
    from riskmodel.workflows.whatif_questions import choices
    from riskmodel.workflows.whatif_text import scenario_lines, whatif_lines

    place, day = workspace(context), parsed_date(as_of)
    language: Language = "en" if english else "zh"
    if list_:
        offered = choices(place, day or now().date())
        emit({"scenarios": offered}, as_json=as_json, lines=scenario_lines(offered, language))
        return
    if household_id is None:
        raise UsageError(
            "name a household: riskmodel whatif HOUSEHOLD_ID SCENARIO. Ids come from `riskmodel find`. / "
            "请写明户编号：riskmodel whatif 户编号 试算情形。户编号可用 riskmodel find 查找。"
        )
    found = what_if(place, household_id, scenarios or (), correct or (), day)
    emit(found, as_json=as_json, lines=whatif_lines(found, language))
