"""What if: a household's facts changed in thought, its features made and scored as in the batch. Nothing is written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.policy import REMEDIES
from riskmodel.scoring.corrections import corrected
from riskmodel.scoring.household_rows import Change, HouseholdRows
from riskmodel.scoring.measures import EXCLUDED, TO_CHECK
from riskmodel.scoring.placed_correction import Correction, parsed
from riskmodel.scoring.scenarios import Scenario, complete, range_of
from riskmodel.scoring.score import check_feature_set
from riskmodel.scoring.whatif import (
    Horizon,
    Models,
    Moved,
    horizons,
    margin,
    moved_features,
    moved_groups,
    outcome,
    own,
)
from riskmodel.workflows.evidence import home_view
from riskmodel.workflows.measures import MeasureEntry, measures_in
from riskmodel.workflows.score import MANIFEST, champion, champion_of_shorter, neighbours, published
from riskmodel.workflows.whatif_questions import NotSupposed, parsed_scenario, read_asked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from riskmodel.policy import Policy
    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class Step:
    """One scenario or correction as it was applied."""

    scenario: str
    """Code of the scenario; empty for a correction."""
    parameters: dict[str, float]
    cells: int
    """Cells that it changed; 0 = no fact would be another."""
    already: int = 0
    """How much of the scenario the facts held before, see `scoring.scenario_incomes.Already`."""
    why: str = ""
    """Why a scenario changed nothing, by the same; empty where it changed something."""
    bound: MeasureEntry | None = None
    """The rule and fact by which the measure is excluded for this household, or to be checked."""
    odd: tuple[str, ...] = ()
    """What the row of a correction contradicts itself in after all corrections; told with the last one of the row."""
    correction: Change | None = None
    """Before and after; the same where the value stood already."""
    follows: tuple[Change, ...] = ()
    """What was moved along in the row of a correction; told with the last one of the row."""


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
    lifted: tuple[float | None, float | None]
    """Before and after: the probability by the model of the longest horizon alone, where a shorter one lifted it."""
    other_model: bool
    """The scores published for that day are of another model."""
    ranges_confirmed: bool
    monitored: bool
    """The household is monitored already, so that a new entry does not concern it."""
    too_new: bool
    """Its history is too short to judge it by."""


def what_if(
    workspace: Workspace,
    household_id: str,
    scenarios: Sequence[str] = (),
    corrections: Sequence[str] = (),
    as_of: date | None = None,
    in_use: Loaded | None = None,
) -> WhatIf:
    """The household as it is and as it would be with the scenarios and corrections together.

    scenarios: `CODE` or `CODE:PARAMETER=VALUE,...`; corrections: `TABLE[KEY=VALUE,...].COLUMN=VALUE`, applied first.
    `in_use`: the models to ask (default: the champions as the registry names them).
    The day must have published scores (default: the newest), whose neighbours' figures are used. Raises UsageError for
    an unknown household, NotSupposed for an unknown scenario, parameter or column, and for values outside the range of
    the policy or table, BundleError for a model of another feature set.
    """
    asked = [read_asked("scenarios", place, text, parsed_scenario) for place, text in enumerate(scenarios)]
    right = [read_asked("corrections", place, text, parsed) for place, text in enumerate(corrections)]
    if not asked and not right:
        raise UsageError(
            "name a what-if or a --correct. List them: riskmodel whatif --list / "
            "请写明试算的情形，或用 --correct 更正一个值。查看全部：riskmodel whatif --list"
        )
    folder = published(workspace, as_of)
    day = date.fromisoformat(folder.name)
    view = home_view(workspace, household_id, day)
    models = _models(workspace, view.county, day, in_use)
    rows = HouseholdRows.of(view, household_id)
    right_rows, steps = _put_right(rows, right, corrections)
    after, helped = _helped(right_rows, workspace.policy, asked, scenarios)
    confirmed = all(_confirmed(scenario, workspace.policy, view.county, day) for scenario, _ in asked)
    scored_by = json.loads((folder / MANIFEST).read_text("utf-8"))["model"]
    notes = {"other_model": scored_by != models.bundle.hash, "ranges_confirmed": confirmed}
    facts = Facts(rows, right_rows, after, [name for scenario, _ in asked for name in scenario.tells])
    return _answer(models, facts, [*steps, *helped], **notes, **_published(folder, household_id))


@dataclass(frozen=True)
class Facts:
    """The household's rows as they are, put right, and then with help; `tells`: what the help makes known."""

    stored: HouseholdRows
    right: HouseholdRows
    helped: HouseholdRows
    tells: Sequence[str]


def _answer(models: Models, facts: Facts, steps: list[Step], **notes: bool) -> WhatIf:
    changes, before = facts.helped.changes_since(facts.stored), models.judge(facts.stored)
    later = models.judge_helped(facts.helped, facts.right, facts.tells) if changes else before
    leading = moved_features(before, later)
    return WhatIf(
        household_id=facts.stored.household_id,
        village_code=str(before.scored["village_code"]),
        as_of=facts.stored.as_of.isoformat(),
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
        lifted=(own(before), own(later)),
        **notes,
    )


def _published(folder: Path, household_id: str) -> dict[str, bool]:
    """What the scores of that day say of the household; of one that was not scored, and in old scores, nothing."""
    marks = ("monitored", "too_new")
    found = pl.scan_parquet(folder / "*.parquet").filter(pl.col("household_id") == household_id).collect()
    return {name: name in found.columns and bool(found[name].any()) for name in marks}


def _models(workspace: Workspace, county: str, day: date, in_use: Loaded | None) -> Models:
    bundle = in_use.bundle if in_use else champion(workspace, workspace.settings.label)
    shorter = in_use.shorter if in_use else champion_of_shorter(workspace, bundle.facts.label)
    for found in filter(None, (bundle, shorter)):
        check_feature_set(found)  # before the neighbours' figures: to score again would not help
    return Models(bundle, shorter, workspace.policy, neighbours(workspace, county, day))


def _refused(rows: HouseholdRows, right: Sequence[Correction]) -> int:
    """Which of the corrections, that are refused together, is refused alone; the last where they only contradict."""
    for place, correction in enumerate(right):
        try:
            corrected(rows, [correction])
        except UsageError:
            return place
    return len(right) - 1


def _put_right(
    rows: HouseholdRows, right: Sequence[Correction], texts: Sequence[str]
) -> tuple[HouseholdRows, list[Step]]:
    """The facts with all corrections together; `texts`: how they are written."""
    try:
        made, puts = corrected(rows, right)
    except UsageError as error:
        place = _refused(rows, right)
        raise NotSupposed(str(error), "corrections", place, texts[place]) from None
    steps = [
        Step(
            scenario="",
            parameters={},
            cells=int(put.change.before != put.change.after) + len(put.follows),
            odd=tuple(put.odd),
            correction=put.change,
            follows=tuple(put.follows),
        )
        for put in puts
    ]
    return made, steps


def _helped(
    rows: HouseholdRows, policy: Policy, asked: Sequence[tuple[Scenario, dict[str, float]]], texts: Sequence[str]
) -> tuple[HouseholdRows, list[Step]]:
    """The facts with every scenario applied, each on what the ones before left; `texts`: how they are written."""
    steps = []
    for place, (scenario, given) in enumerate(asked):
        try:
            parameters = complete(scenario, given, policy, rows.county, rows.as_of)
        except UsageError as error:
            raise NotSupposed(str(error), "scenarios", place, texts[place]) from None
        already, bound = scenario.already(rows, parameters, policy), _bound(rows, policy, scenario)
        made = scenario.apply(rows, parameters, policy)
        cells = len(made.changes_since(rows))
        steps.append(Step(scenario.code, parameters, cells, already.count, "" if cells else already.why, bound))
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
