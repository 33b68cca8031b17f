"""The measures of one household, as the rules of help allow them on a day: structured entries and their sentences."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from riskmodel.rendering.measure_text import group_heading, heading, measure_sentences, statement_sentence
from riskmodel.scoring.measure_statements import statements
from riskmodel.scoring.measures import MeasureEntry as MeasureEntry
from riskmodel.scoring.measures import asked_facts, proposals
from riskmodel.tables.own_facts import own_facts
from riskmodel.workflows.evidence import own_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.rendering.messages import Language
    from riskmodel.tables import View
    from riskmodel.workflows.workspace import Workspace


def measures_of(workspace: Workspace, household_id: str, as_of: date, causes: Sequence[str]) -> list[MeasureEntry]:
    """The measures for these causes, as known at the end of a day, then what the rules say of the household.

    causes: codes of those that raise its risk, strongest first; backgrounds are passed over. Raises UsageError for a
    household that is not active on that day, and for an unknown cause.
    """
    workspace.require_known(as_of)
    return measures_in(own_home(workspace, household_id, as_of), workspace.policy, household_id, causes)


def measures_in(view: View, policy: Policy, household_id: str, causes: Sequence[str]) -> list[MeasureEntry]:
    """The same from a view that holds the household; of one in memory it must be the only one, see `own_facts`."""
    own = view if view.in_memory else own_facts(view, [household_id])
    asked = asked_facts(own, policy, household_id, causes)
    if asked is None:
        return []
    return [*proposals(asked), *statements(asked)]


def measure_lines(entries: Sequence[MeasureEntry], language: Language) -> Iterator[str]:
    """The entries for people: a heading, the measures by cause, then the rules of the household."""
    yield heading().of(language)
    measures = [asdict(entry) for entry in entries if entry.measure is not None]
    for cause in dict.fromkeys(row["cause"] for row in measures):
        yield f"  {group_heading(cause).of(language)}"
        told = measure_sentences(row for row in measures if row["cause"] == cause)
        yield from (f"    {sentence.of(language)}" for sentence in told)
    for entry in (e for e in entries if e.measure is None):
        said = statement_sentence(asdict(entry))
        if said is not None:
            yield f"  {said.of(language)}"
