"""Train: rows from the lake, an out-of-time test, the final model, a bundle, the registry."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from riskmodel.errors import DataError
from riskmodel.features import declared, set_hash
from riskmodel.models import BundleFacts
from riskmodel.models import bundle as bundles
from riskmodel.tables.freshness import first_known
from riskmodel.training import report
from riskmodel.training.evaluation import metrics
from riskmodel.training.fit import Judged, Recipes, Rows, fit_calibrated, judge
from riskmodel.training.labels import Label, label_named
from riskmodel.training.rows import Collected, Gathered, gather, schedule
from riskmodel.training.splits import apart
from riskmodel.training.wires import wires_in_force
from riskmodel.workflows.health import health_of_rows
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.workspace import Workspace, model_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.features.health import Health
    from riskmodel.models import CalibratedModel
    from riskmodel.models.registry import Alias

KINDS = ("rules", "naive", "logistic", "lightgbm")
TEST_SHARE = 3
"""The newest third of the as-of dates is the test."""


@dataclass(frozen=True)
class Trained:
    """What a training run brought forth."""

    label: str
    version: int
    alias: str
    model_hash: str
    bundle: str
    rows: int
    events: int
    as_of_dates: list[str]
    test_dates: list[str]
    test: dict[str, dict[str, Any]] = field(repr=False)
    verdict: str
    """How the registered model did against the simpler ones in the test."""
    unconfirmed_policy: list[str] = field(repr=False)
    shorter: Trained | None = field(default=None, repr=False)
    """The same for the label of the shorter horizon that was trained along with it."""
    shorter_refused: str = ""
    """Why the shorter horizon got no model, where it should have one."""
    health: Health | None = field(default=None, repr=False)
    """How the features of the newest as-of date do, and the sources at the newest delivery."""


def train(
    workspace: Workspace, now: datetime, label_name: str | None = None, progress: Progress | None = None
) -> Trained:
    """Train, judge and register a model of a label, and one of its shorter horizon where the label names one.

    The test is out of time and on other households, see `out_of_time`. The registered model is then fitted on all
    matured rows with the same recipe. The features of a date are made once for both horizons. Raises DataError when too
    few outcomes of the label have matured; of the shorter horizon that is told in the result.
    """
    show = progress or Silent()
    label = label_named(label_name or workspace.settings.label)
    labels = [label, *([label_named(label.shorter)] if label.shorter else [])]
    show.say(f"training on label {' and '.join(found.name for found in labels)}: {label.title}")
    counties, policy, read_on = workspace.counties(), workspace.policy, workspace.lake.newest_delivery()
    known = first_known(workspace.lake)
    asked = {found.name: (found, schedule(found, policy, counties[0], known, read_on)) for found in labels}
    gathered = gather(
        workspace.lake, policy, asked, read_on, lambda work, n: show.track(work, "features and outcomes", n)
    )
    recipes = Recipes("income_to_line", wires_in_force(policy, counties[0], read_on))
    done = _trained(workspace, label, gathered, recipes, now, show)
    done = replace(done, health=health_of_rows(workspace, gathered.x, gathered.keys["as_of"].to_list(), read_on))
    if not label.shorter:
        return done
    try:
        return replace(done, shorter=_trained(workspace, labels[1], gathered, recipes, now, show))
    except DataError as error:
        return replace(done, shorter_refused=str(error))


def _trained(
    workspace: Workspace, label: Label, gathered: Gathered, recipes: Recipes, now: datetime, show: Progress
) -> Trained:
    """Judge every kind of model on a label, fit the final one, register it."""
    collected, seed = gathered.of(label), workspace.settings.seed
    pairs = out_of_time(collected.rows, seed)
    judged = {
        kind: judge(recipes, kind, collected.rows, pairs, seed)
        for kind in show.track(KINDS, f"out-of-time test, {label.horizon} months", len(KINDS))
    }
    show.say(f"fitting the final model of {label.horizon} months on all matured rows")
    model = fit_calibrated(recipes, "lightgbm", collected.rows, seed)
    return _register(workspace, label, collected, judged, model, now, recipes)


def out_of_time(rows: Rows, seed: int) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """(training, test) masks that together cover the test: later as-of dates, other households.

    The test is the newest third of the as-of dates (fewer where the history is short); training rows are those whose
    label had matured when the first test row was observed. No household is on both sides, see `splits.apart`.
    """
    times = np.unique(rows.time)
    newest = [times[-max(1, len(times) // share)] for share in (TEST_SHARE, TEST_SHARE + 1, TEST_SHARE + 3, len(times))]
    taught = [first for first in newest if rows.y[rows.time <= first - rows.gap].sum() > 0]
    first = taught[0] if taught else newest[-1]
    return apart(rows.time <= first - rows.gap, rows.time >= first, rows.group, seed)


def _register(
    workspace: Workspace,
    label: Label,
    collected: Collected,
    judged: dict[str, Judged],
    model: CalibratedModel,
    now: datetime,
    recipes: Recipes,
) -> Trained:
    rows, policy = collected.rows, workspace.policy
    test = ~np.isnan(next(iter(judged.values())).risk)
    results = {kind: metrics(rows.y[test], found.risk[test]) for kind, found in judged.items()}
    flat = {f"{k}_{m}": float(v) for k, found in results.items() for m, v in found.items() if v is not None}
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
    figures = report.figures(rows.y[test], {k: j.risk[test] for k, j in judged.items()}, model)
    name = model_name(label.name)
    version = workspace.registry.register(
        name,
        folder,
        parameters={"label": label.name, "seed": facts.seed, "rows": len(rows), "events": int(rows.y.sum()),
                    "first_as_of": dates[0], "last_as_of": dates[-1], "features": len(rows.columns),
                    "most_per_event": recipes.most_per_event, **report.tree_parameters(recipes.trees)},
        metrics=flat,
        figures=figures,
        tags={"label": label.name, "feature_set": facts.feature_set, "policy": policy.version},
        experiment=name,
    )  # fmt: skip
    has_champion = any("champion" in v.aliases for v in workspace.registry.versions(name))
    alias: Alias = "challenger" if has_champion else "champion"
    workspace.registry.alias(name, version, alias)
    return Trained(
        label=label.name,
        version=version,
        alias=alias,
        model_hash=model_hash,
        bundle=str(folder),
        rows=len(rows),
        events=int(rows.y.sum()),
        as_of_dates=[d.isoformat() for d in dates],
        test_dates=sorted({d.isoformat() for d in collected.keys["as_of"].filter(test.tolist()).to_list()}),
        test=results,
        verdict=verdict(results),
        unconfirmed_policy=unconfirmed(policy.unconfirmed_used()),
    )


def verdict(test: dict[str, dict[str, Any]]) -> str:
    """One sentence: is LightGBM better than the simpler models in average precision? No test of significance."""
    values = {
        kind: found["average_precision"] for kind, found in test.items() if found["average_precision"] is not None
    }
    if "lightgbm" not in values:
        return "the test holds one outcome only: nothing can be said about the models"
    simpler = {kind: value for kind, value in values.items() if kind != "lightgbm"}
    best = max(simpler, key=lambda kind: simpler[kind])
    if values["lightgbm"] > simpler[best]:
        return (
            f"lightgbm ranks best in this test (average precision {values['lightgbm']:.4f}, {best} {simpler[best]:.4f})"
        )
    return (
        f"lightgbm is NOT better than {best} in this test (average precision {values['lightgbm']:.4f} against "
        f"{simpler[best]:.4f}): take the simpler one, or more data, before anybody relies on it"
    )


def unconfirmed(entries: list[Any]) -> list[str]:
    """Policy values that a run used and that nobody has compared with a document, as `kind (area)`."""
    return sorted({f"{entry.kind} ({entry.area or 'national'})" for entry in entries})
