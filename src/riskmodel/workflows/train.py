"""Train: rows from the lake, a test in later months and other places, the gate, a bundle, the registry."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from riskmodel.engines.executor import GIB
from riskmodel.errors import DataError, UsageError
from riskmodel.tables.freshness import first_known
from riskmodel.training.fit import KINDS, Recipes, fit_calibrated
from riskmodel.training.folds import newest, places
from riskmodel.training.gate import UNTESTED, Verdict
from riskmodel.training.horizons import Shorter
from riskmodel.training.labels import Label, label_named
from riskmodel.training.rows import Collected, Gathered, gather, most_rows, schedule
from riskmodel.training.rule_pack import rule_pack
from riskmodel.training.stability import stability
from riskmodel.training.trial import predicted
from riskmodel.training.wires import wires_in_force
from riskmodel.workflows.health import health_of_rows
from riskmodel.workflows.judging import gate, judge, with_champion
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.registering import Fitted, Registered, register
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskmodel.features.health import Health

USUAL_GIB = 6.0
"""Memory that a training may take: the same everywhere, so that the same lake gives the same model."""
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
    households: int
    """Households and dates that the rows stand for: more than the rows, where of those without the event only some were
    taken."""
    events: int
    as_of_dates: list[str]
    test_dates: list[str]
    areas: str
    """What the places of the test were that the training never saw: county, township, village or household."""
    test: dict[str, dict[str, Any]] = field(repr=False)
    released: bool
    """Whether `score` may tell this horizon: a test in later months and other places had matured outcomes."""
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
    memory_gib: float = USUAL_GIB,
) -> Trained:
    """Train, judge and register a model of a label, and one of its shorter horizon where the label names one.

    The test is later in time and in other places at once (`folds.newest`); the gate chooses the kind of model that may
    be used. It is then fitted on all matured rows with the same recipe. The features of a date are made once for both
    horizons. `kind`: register this kind, whatever the gate says; one that it refuses can only become champion by a
    person who gives a reason. `memory_gib`: what it may take; where the rows
    need more, a share of those without any event is kept. Raises DataError when too few outcomes of the label have
    matured; of the shorter horizon that is told in the result.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"there is no kind of model {kind!r}: choose one of {', '.join(KINDS)}")
    show = progress or Silent()
    label = label_named(label_name or workspace.settings.label)
    labels = [label, *([label_named(label.shorter)] if label.shorter else [])]
    show.say(f"training on label {' and '.join(found.name for found in labels)}: {label.title}")
    gathered = gathered_rows(workspace, labels, show, memory_gib)
    recipes = recipes_of(workspace)
    collected = gathered.of(label)
    near, shorter, refused = None, None, ""
    if label.shorter:
        try:
            near = _trained(workspace, labels[1], gathered.of(labels[1]), recipes, now, kind, show)
        except DataError as error:
            refused = str(error)
    if near and near.released:
        shorter = Shorter(gathered.of(labels[1]), near.kind, near.areas)
    done = _trained(workspace, label, collected, recipes, now, kind, show, shorter)
    read_on = workspace.lake.newest_delivery()
    found = health_of_rows(workspace, gathered.x, gathered.keys, read_on)
    return replace(done, health=found, shorter=near, shorter_refused=refused)


def gathered_rows(workspace: Workspace, labels: list[Label], show: Progress, memory_gib: float = USUAL_GIB) -> Gathered:
    """Features and outcomes of all as-of dates of the labels, as many as memory allows."""
    counties, policy, read_on = workspace.counties(), workspace.policy, workspace.lake.newest_delivery()
    known = first_known(workspace.lake)
    asked = {found.name: (found, schedule(found, policy, counties[0], known, read_on)) for found in labels}
    most, seed = most_rows(int(memory_gib * GIB)), workspace.settings.seed

    def track(work: Iterable[tuple[date, str]], count: int) -> Iterable[tuple[date, str]]:
        return show.track(work, "features and outcomes", count)

    return gather(workspace.lake, policy, asked, read_on, track, most=most, seed=seed)


def recipes_of(workspace: Workspace) -> Recipes:
    """How each kind is fitted here: with the trip wires and rules in force on the day of the newest delivery."""
    policy, county, read_on = workspace.policy, workspace.counties()[0], workspace.lake.newest_delivery()
    wires, pack = wires_in_force(policy, county, read_on), rule_pack(policy, county, read_on)
    return Recipes("income_to_line", wires, pack=pack)


def _trained(
    workspace: Workspace,
    label: Label,
    collected: Collected,
    recipes: Recipes,
    now: datetime,
    kind: str | None,
    show: Progress,
    shorter: Shorter | None = None,
) -> Trained:
    """Judge every kind of model on a label as it would be told beside the shorter horizon, fit the final one, register
    it."""
    rows, seed = collected.rows, workspace.settings.seed
    dealt = places(collected.keys["village_code"], collected.keys["household_id"], seed)
    cut = newest(rows, dealt, TEST_SHARE)
    tests = f"test in later months and other {dealt.unit} areas, {label.horizon} months"
    if cut:
        risks = {name: predicted(recipes, name, rows, cut, seed) for name in show.track(KINDS, tests, len(KINDS))}
        floor = shorter.floor(recipes, collected, cut, seed) if shorter else None
        found = judge(workspace, collected, with_champion(workspace, label.name, collected, risks, floor), recipes)
        verdict = gate(workspace, {"space_time": found})
    else:
        found, verdict = None, UNTESTED
    chosen = kind or verdict.chosen
    show.say(f"fitting the final model ({chosen}) of {label.horizon} months on all matured rows")
    model = fit_calibrated(recipes, chosen, rows, seed)
    steady = stability(model.model, recipes, rows, chosen, seed)
    verdict = replace(verdict, stability=[steady] if steady else [])
    fitted = Fitted(label, chosen, collected, found, verdict, model)
    return _told(workspace, fitted, register(workspace, fitted, recipes, now), dealt.unit)


def _told(workspace: Workspace, fitted: Fitted, registered: Registered, areas: str) -> Trained:
    """The result, from what was fitted and how it was registered."""
    rows, found = fitted.collected.rows, fitted.judgement
    return Trained(
        label=fitted.label.name,
        kind=fitted.kind,
        version=registered.version,
        alias=registered.alias,
        model_hash=registered.model_hash,
        bundle=str(registered.bundle),
        rows=len(rows),
        households=round(rows.weight.sum()),
        events=int(rows.y.sum()),
        as_of_dates=[day.isoformat() for day in fitted.as_of_dates],
        test_dates=sorted({day.isoformat() for day in found.keys["as_of"].to_list()}) if found else [],
        areas=areas,
        test=found.metrics() if found else {},
        released=found is not None,
        gate=fitted.verdict,
        unconfirmed_policy=unconfirmed(workspace.policy.unconfirmed_used()),
    )


def unconfirmed(entries: list[Any]) -> list[str]:
    """Policy values that a run used and that nobody has compared with a document, as `kind (area)`."""
    return sorted({f"{entry.kind} ({entry.area or 'national'})" for entry in entries})
