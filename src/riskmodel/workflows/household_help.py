"""What may be done for a household: the measures that the rules allow, and the what-ifs that can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from riskmodel.policy import KINDS
from riskmodel.rendering.measure_text import group_heading, measure_sentences, statement_sentence
from riskmodel.rendering.messages import messages
from riskmodel.workflows.assessed import COUNTY
from riskmodel.workflows.evidence import own_home
from riskmodel.workflows.explain import causes_told
from riskmodel.workflows.measures import measures_in
from riskmodel.workflows.supposed import require_facts
from riskmodel.workflows.whatif_questions import choices

if TYPE_CHECKING:
    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class Help:
    """The measures by cause, each with the rule and the fact that decided, then what the rules say of the household."""

    by_cause: Sequence[tuple[str, Sequence[str]]]
    statements: Sequence[str]


@dataclass(frozen=True)
class Parameter:
    """A number of a what-if that can be chosen."""

    name: str
    title: str
    unit: str
    usual: float = field(default=0.0)
    least: float = 0.0
    most: float = 0.0


@dataclass(frozen=True)
class Question:
    """A what-if that can be asked."""

    code: str
    title: str
    parameters: Sequence[Parameter]


def household_help(service: Service, who: Principal, household_id: str, as_of: date) -> Help | None:
    """The measures of a household for the causes told of it; None outside of the area of who asks.

    Raises FactsAway where its facts are not on this machine.
    """
    found = service.assessments.row(household_id, as_of, who.sees)
    if found is None:
        return None
    stored, row = found
    require_facts(service.workspace, stored.village_code[:COUNTY], stored.as_of)
    view = own_home(service.workspace, household_id, stored.as_of, stored.village_code[:COUNTY])
    found_measures = measures_in(view, service.workspace.policy, household_id, causes_told(row.values))
    entries = [asdict(entry) for entry in found_measures]
    measures = [entry for entry in entries if entry["measure"] is not None]
    causes = dict.fromkeys(entry["cause"] for entry in measures)
    said = (statement_sentence(entry) for entry in entries if entry["measure"] is None)
    return Help(
        by_cause=[
            (group_heading(cause).zh, [s.zh for s in measure_sentences(e for e in measures if e["cause"] == cause)])
            for cause in causes
        ],
        statements=[words.zh for words in said if words is not None],
    )


def what_if_choices(workspace: Workspace, day: date) -> list[Question]:
    """Every what-if with its numbers, their usual values and bounds."""
    say = messages("whatif")
    return [
        Question(
            choice.scenario,
            choice.zh,
            [
                Parameter(
                    name,
                    KINDS[f"whatif.{choice.scenario}.{name}.usual"].zh.removeprefix("试算：").removesuffix("（默认）"),
                    say(f"unit.{bounds.unit}", value=bounds.usual, percent=bounds.usual * 100).zh,
                    bounds.usual,
                    bounds.least,
                    bounds.most,
                )
                for name, bounds in choice.parameters.items()
            ],
        )
        for choice in choices(workspace, day)
    ]


def written_scenarios(codes: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The what-ifs of a form as they are written for `what_if`: field `CODE.PARAMETER` holds a parameter."""
    found = []
    for code in codes:
        own = {name.partition(".")[2]: value for name, value in values.items() if name.startswith(f"{code}.")}
        listed = ",".join(f"{name}={value}" for name, value in own.items() if value.strip())
        found.append(f"{code}:{listed}" if listed else code)
    return found
