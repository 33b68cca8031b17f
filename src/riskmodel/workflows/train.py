"""Train: rows from the lake, a test in later months and other places, the gate, a bundle, the registry."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from riskmodel.errors import DataError, UsageError
from riskmodel.features import declared, set_hash
from riskmodel.models import BundleFacts
from riskmodel.models import bundle as bundles
from riskmodel.tables.freshness import first_known
from riskmodel.training import report
from riskmodel.training.fit import KINDS, Recipes, fit_calibrated
from riskmodel.training.folds import newest, places
from riskmodel.training.gate import UNTESTED, Verdict
from riskmodel.training.labels import Label, label_named
from riskmodel.training.rows import Collected, Gathered, gather, schedule
from riskmodel.training.rule_pack import rule_pack
from riskmodel.training.trial import predicted
from riskmodel.training.wires import wires_in_force
from riskmodel.workflows.health import health_of_rows
from riskmodel.workflows.judging import Judgement, gate, judge, with_champion
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.workspace import Workspace, model_name

if TYPE_CHECKING:
    from riskmodel.features.health import Health
    from riskmodel.models import CalibratedModel
    from riskmodel.models.registry import Alias

PASSED, REFUSED = "passed", "refused"
"""What a registered version's tag `gate` says."""
TEST_SHARE = 3
"""The newest third of the as-of dates is the test."""


@dataclass(frozen=True)
class Trained:
    """What a training run brought forth."""

    label: str
    kind: str
    """The kind of model that was registered: the gate's choice, or the one that was asked for."""
    version: int
    alias: str
    model_hash: str
    bundle: str
    rows: int
    events: int
    as_of_dates: list[str]
    test_dates: list[str]
    areas: str
    """What the places of the test were that the training never saw: county, township, village or household."""
    test: dict[str, dict[str, Any]] = field(repr=False)
    gate: Verdict = field(repr=False)
    """What the gate makes of the test: which kind may be used, and why."""
    unconfirmed_policy: list[str] = field(repr=False)
    shorter: Trained | None = field(default=None, repr=False)
    """The same for the label of the shorter horizon that was trained along with it."""
    shorter_refused: str = ""
    """Why the shorter horizon got no model, where it should have one."""
    health: Health | None = field(default=None, repr=False)
    """How the features of the newest as-of date do, and the sources at the newest delivery."""


def train(
    workspace: Workspace,
    now: datetime,
    label_name: str | None = None,
    progress: Progress | None = None,
    *,
    kind: str | None = None,
) -> Trained:
    """Train, judge and register a model of a label, and one of its shorter horizon where the label names one.

    The test is later in time and in other places at once (`folds.newest`); the gate chooses the kind of model that may
    be used. It is then fitted on all matured rows with the same recipe. The features of a date are made once for both
    horizons. `kind`: register this kind, whatever the gate says; one that it refuses can only become champion by a
    person who gives a reason. Raises DataError when too few outcomes of the label have matured; of the shorter horizon
    that is told in the result.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"there is no kind of model {kind!r}: choose one of {', '.join(KINDS)}")
    show = progress or Silent()
    label = label_named(label_name or workspace.settings.label)
    labels = [label, *([label_named(label.shorter)] if label.shorter else [])]
    show.say(f"training on label {' and '.join(found.name for found in labels)}: {label.title}")
    gathered = gathered_rows(workspace, labels, show)
    recipes = recipes_of(workspace)
    done = _trained(workspace, label, gathered, recipes, now, kind, show)
    read_on = workspace.lake.newest_delivery()
    done = replace(done, health=health_of_rows(workspace, gathered.x, gathered.keys["as_of"].to_list(), read_on))
    if not label.shorter:
        return done
    try:
        return replace(done, shorter=_trained(workspace, labels[1], gathered, recipes, now, kind, show))
    except DataError as error:
        return replace(done, shorter_refused=str(error))


def gathered_rows(workspace: Workspace, labels: list[Label], show: Progress) -> Gathered:
    """Features and outcomes of all as-of dates of the labels."""
    counties, policy, read_on = workspace.counties(), workspace.policy, workspace.lake.newest_delivery()
    known = first_known(workspace.lake)
    asked = {found.name: (found, schedule(found, policy, counties[0], known, read_on)) for found in labels}
    return gather(workspace.lake, policy, asked, read_on, lambda work, n: show.track(work, "features and outcomes", n))


def recipes_of(workspace: Workspace) -> Recipes:
    """How each kind is fitted here: with the trip wires and rules in force on the day of the newest delivery."""
    policy, county, read_on = workspace.policy, workspace.counties()[0], workspace.lake.newest_delivery()
    wires, pack = wires_in_force(policy, county, read_on), rule_pack(policy, county, read_on)
    return Recipes("income_to_line", wires, pack=pack)


def _trained(
    workspace: Workspace,
    label: Label,
    gathered: Gathered,
    recipes: Recipes,
    now: datetime,
    kind: str | None,
    show: Progress,
) -> Trained:
    """Judge every kind of model on a label, fit the final one, register it."""
    collected, seed = gathered.of(label), workspace.settings.seed
    dealt = places(collected.keys["village_code"], collected.keys["household_id"], seed)
    cut = newest(collected.rows, dealt, TEST_SHARE)
    tests = f"test in later months and other {dealt.unit} areas, {label.horizon} months"
    if cut:
        risks = {
            name: predicted(recipes, name, collected.rows, cut, seed) for name in show.track(KINDS, tests, len(KINDS))
        }
        found = judge(workspace, collected, with_champion(workspace, label.name, collected, risks), recipes)
        verdict = gate(workspace, {"space_time": found})
    else:
        found, verdict = None, UNTESTED
    chosen = kind or verdict.chosen
    show.say(f"fitting the final model ({chosen}) of {label.horizon} months on all matured rows")
    model = fit_calibrated(recipes, chosen, collected.rows, seed)
    done = _register(workspace, label, collected, found, verdict, chosen, model, now, recipes)
    return replace(done, areas=dealt.unit)


def _register(
    workspace: Workspace,
    label: Label,
    collected: Collected,
    found: Judgement | None,
    verdict: Verdict,
    kind: str,
    model: CalibratedModel,
    now: datetime,
    recipes: Recipes,
) -> Trained:
    rows, policy = collected.rows, workspace.policy
    results = found.metrics() if found else {}
    flat = {f"{k}_{m}": float(v) for k, told in results.items() for m, v in told.items() if v is not None}
    dates = sorted(set(collected.keys["as_of"].to_list()))
    facts = BundleFacts(
        feature_set=set_hash(),
        groups={f.name: f.group.value for f in declared()},
        policy=policy.version,
        label=label.name,
        horizon_months=label.horizon,
        first_as_of=dates[0],
        last_as_of=dates[-1],
        metrics=flat,
        seed=workspace.settings.seed,
        created_at=now,
        golden=rows.x[np.linspace(0, len(rows) - 1, num=min(16, len(rows)), dtype=int)],
    )
    folder = workspace.models / f"{label.name}-{now:%Y%m%dT%H%M%S}"
    model_hash = bundles.write(folder, model, facts)
    figures = report.figures(found.tested.y, found.tested.risks, model) if found else {}
    name, passed = model_name(label.name), verdict.allows(kind)
    version = workspace.registry.register(
        name,
        folder,
        parameters={"label": label.name, "kind": kind, "seed": facts.seed, "rows": len(rows),
                    "events": int(rows.y.sum()), "first_as_of": dates[0], "last_as_of": dates[-1],
                    "features": len(rows.columns), "most_per_event": recipes.most_per_event,
                    **report.tree_parameters(recipes.trees)},
        metrics=flat,
        figures=figures,
        tags={"label": label.name, "kind": kind, "feature_set": facts.feature_set, "policy": policy.version,
              "gate": PASSED if passed else REFUSED, "gate_why": verdict.why},
        experiment=name,
    )  # fmt: skip
    has_champion = any("champion" in v.aliases for v in workspace.registry.versions(name))
    alias: Alias = "champion" if passed and not has_champion else "challenger"
    workspace.registry.alias(name, version, alias)
    return Trained(
        label=label.name,
        kind=kind,
        version=version,
        alias=alias,
        model_hash=model_hash,
        bundle=str(folder),
        rows=len(rows),
        events=int(rows.y.sum()),
        as_of_dates=[d.isoformat() for d in dates],
        test_dates=sorted({d.isoformat() for d in found.keys["as_of"].to_list()}) if found else [],
        areas="",
        test=results,
        gate=verdict,
        unconfirmed_policy=unconfirmed(policy.unconfirmed_used()),
    )


def unconfirmed(entries: list[Any]) -> list[str]:
    """Policy values that a run used and that nobody has compared with a document, as `kind (area)`."""
    return sorted({f"{entry.kind} ({entry.area or 'national'})" for entry in entries})
