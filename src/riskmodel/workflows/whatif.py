"""What if: a household's facts changed in thought, its features made and scored as in the batch. Nothing is written."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.policy import REMEDIES
from riskmodel.scoring.corrections import Correction, corrected, parsed
from riskmodel.scoring.household_rows import Change, HouseholdRows
from riskmodel.scoring.measures import EXCLUDED, TO_CHECK
from riskmodel.scoring.scenarios import SCENARIOS, Range, Scenario, complete, range_of, scenario_named
from riskmodel.scoring.whatif import (
    Horizon,
    Models,
    Moved,
    horizons,
    margin,
    moved_features,
    moved_groups,
    outcome,
)
from riskmodel.workflows.evidence import home_view
from riskmodel.workflows.measures import MeasureEntry, measures_in
from riskmodel.workflows.score import MANIFEST, champion, champion_of_shorter, neighbours, published

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.policy import Policy
    from riskmodel.workflows.workspace import Workspace

PERCENT: Final = 100


@dataclass(frozen=True)
class Step:
    """One scenario or correction as it was applied."""

    scenario: str
    """Code of the scenario; empty for a correction."""
    parameters: dict[str, float]
    cells: int
    """Cells that it changed; 0 = no fact would be another."""
    bound: MeasureEntry | None = None
    """The rule and fact by which the measure is excluded for this household, or to be checked."""
    odd: tuple[str, ...] = ()
    """What the row of a correction now contradicts itself in."""
    correction: Change | None = None


@dataclass(frozen=True)
class WhatIf:
    """What changes with the facts. Contributions and margin in log-odds; amounts in yuan."""

    household_id: str
    village_code: str
    as_of: str
    label: str
    model: str
    steps: list[Step]
    changes: list[Change]
    outcome: str
    """`changed`, or why not: `unchanged`, no fact is another; `unseen` and `unmoved`, see `scoring.whatif.outcome`."""
    horizons: list[Horizon]
    """Before and after are the same unless the outcome is `changed`."""
    margin: Moved
    groups: list[Moved]
    features: list[Moved]
    values: dict[str, tuple[float | None, float | None]] = field(repr=False)
    """Values of the leading features, before and after."""
    other_model: bool
    """The scores published for that day are of another model."""
    ranges_confirmed: bool


def what_if(
    workspace: Workspace,
    household_id: str,
    scenarios: Sequence[str] = (),
    corrections: Sequence[str] = (),
    as_of: date | None = None,
) -> WhatIf:
    """The household as it is and as it would be with the scenarios and corrections together.

    scenarios: `CODE` or `CODE:PARAMETER=VALUE,...`; corrections: `TABLE[KEY=VALUE,...].COLUMN=VALUE`, applied first.
    The day must have published scores (default: the newest), whose neighbours' figures are used. Raises UsageError for
    an unknown household, scenario, parameter or column, and for values outside the range of the policy or table.
    """
    asked = [parsed_scenario(text) for text in scenarios]
    right = [parsed(text) for text in corrections]
    if not asked and not right:
        raise UsageError("name a what-if or a --correct. List them: riskmodel whatif --list")
    folder = published(workspace, as_of)
    day = date.fromisoformat(folder.name)
    view = home_view(workspace, household_id, day)
    models = _models(workspace, view.county, day)
    rows = HouseholdRows.of(view, household_id)
    after, steps = _applied(rows, workspace.policy, asked, right)
    confirmed = all(_confirmed(scenario, workspace.policy, view.county, day) for scenario, _ in asked)
    scored_by = json.loads((folder / MANIFEST).read_text("utf-8"))["model"]
    return _answer(models, rows, after, steps, other_model=scored_by != models.bundle.hash, ranges_confirmed=confirmed)


@dataclass(frozen=True)
class Choice:
    """One scenario that can be asked, with the ranges of its parameters."""

    scenario: str
    zh: str
    en: str
    changes: str
    """What facts it changes."""
    parameters: dict[str, Range]


def choices(workspace: Workspace, day: date) -> list[Choice]:
    """Every scenario with the ranges in force on a day in the first county of the lake, else everywhere."""
    area = next(iter(workspace.lake.counties()), "")
    return [
        Choice(s.code, s.zh, s.en, s.changes, {n: range_of(s, n, workspace.policy, area, day) for n in s.parameters})
        for s in SCENARIOS.values()
    ]


def parsed_scenario(text: str) -> tuple[Scenario, dict[str, float]]:
    """A scenario from CODE or CODE:PARAMETER=VALUE,...; a share may be written 60%. UsageError for another form."""
    code, _, listed = text.partition(":")
    pairs = [pair.partition("=") for pair in listed.split(",") if pair.strip()]
    return scenario_named(code.strip()), {name.strip(): _number(text, value) for name, _, value in pairs}


def _answer(models: Models, rows: HouseholdRows, after: HouseholdRows, steps: list[Step], **notes: bool) -> WhatIf:
    changes, before = after.changes_since(rows), models.judge(rows)
    later = models.judge(after) if changes else before
    leading = moved_features(before, later)
    return WhatIf(
        household_id=rows.household_id,
        village_code=str(before.scored["village_code"]),
        as_of=rows.as_of.isoformat(),
        label=models.bundle.facts.label,
        model=models.bundle.hash[:16],
        steps=steps,
        changes=changes,
        outcome=outcome(before, later) if changes else "unchanged",
        horizons=horizons(before, later),
        margin=margin(before, later),
        groups=moved_groups(before, later),
        features=leading,
        values={moved.code: (before.features[moved.code], later.features[moved.code]) for moved in leading},
        **notes,
    )


def _number(text: str, value: str) -> float:
    plain = value.strip()
    try:
        number = float(plain.removesuffix("%"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{text!r}: {value!r} is no number. Write a what-if as public_post:wage=800,months=12.")
    return number / PERCENT if plain.endswith("%") else number


def _models(workspace: Workspace, county: str, day: date) -> Models:
    bundle = champion(workspace, workspace.settings.label)
    shorter = champion_of_shorter(workspace, bundle.facts.label)
    return Models(bundle, shorter, workspace.policy, neighbours(workspace, county, day))


def _applied(
    rows: HouseholdRows,
    policy: Policy,
    asked: Sequence[tuple[Scenario, dict[str, float]]],
    right: Sequence[Correction],
) -> tuple[HouseholdRows, list[Step]]:
    """The facts with everything applied, corrections first, each on what the ones before left."""
    steps = []
    for correction in right:
        made, odd = corrected(rows, correction)
        changes = made.changes_since(rows)
        rows = made
        steps.append(Step("", {}, len(changes), odd=tuple(odd), correction=changes[0] if changes else None))
    for scenario, given in asked:
        parameters = complete(scenario, given, policy, rows.county, rows.as_of)
        bound = _bound(rows, policy, scenario)
        made = scenario.apply(rows, parameters, policy)
        steps.append(Step(scenario.code, parameters, len(made.changes_since(rows)), bound=bound))
        rows = made
    return rows, steps


def _bound(rows: HouseholdRows, policy: Policy, scenario: Scenario) -> MeasureEntry | None:
    """What the rules say of the scenario's measure, where they exclude it or leave it to be checked."""
    causes = [r.cause.value for r in REMEDIES if (r.measure, r.option) == (scenario.measure, scenario.option)]
    for entry in measures_in(rows.view, policy, rows.household_id, causes[:1]):
        same = (entry.measure, entry.option) == (scenario.measure, scenario.option)
        if same and entry.standing in (EXCLUDED, TO_CHECK):
            return entry
    return None


def _confirmed(scenario: Scenario, policy: Policy, area: str, day: date) -> bool:
    return all(range_of(scenario, name, policy, area, day).confirmed for name in scenario.parameters)
