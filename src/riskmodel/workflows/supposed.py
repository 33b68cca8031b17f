"""A what-if as the service answers it: the result as JSON values, its sentences, and that it is an association."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskmodel.errors import UsageError
from riskmodel.rendering.messages import messages
from riskmodel.workflows.json_values import plain
from riskmodel.workflows.score import published
from riskmodel.workflows.whatif import what_if
from riskmodel.workflows.whatif_text import whatif_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from riskmodel.rendering.messages import Language
    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.workspace import Workspace

say = messages("whatif")


class FactsAway(UsageError):
    """A what-if needs the facts, and here are only the scores."""


def supposed(
    workspace: Workspace,
    household_id: str,
    county: str,
    as_of: date,
    scenarios: Sequence[str],
    corrections: Sequence[str],
    language: Language,
    models: Loaded,
) -> dict[str, Any]:
    """What `what_if` says of a household of a county on a published date, by the models in use.

    Raises FactsAway where the lake with the county's facts, or the files of that date, are not on this machine;
    UsageError as `what_if`.
    """
    require_facts(workspace, county, as_of)
    found = what_if(workspace, household_id, scenarios, corrections, as_of, models)
    told: dict[str, Any] = plain(found)
    return told | {
        "association": True,
        "note": say("note.association").of(language),
        "sentences": [line.strip() for line in whatif_lines(found, language)],
    }


def require_facts(workspace: Workspace, county: str, as_of: date) -> None:
    """Raise FactsAway where the lake with the county's facts, or the files of a date, are not on this machine."""
    try:
        here = county in workspace.lake.counties() and published(workspace, as_of) is not None
    except UsageError:
        here = False
    if not here:
        raise FactsAway(
            "this needs the facts of the county and the files of that date, which are not here. / "
            "这需要该县的数据和该评估日的结果文件，本机没有。"
        )
