"""Back-test: how every kind of model would have done, at every third month and in places it never saw.

Every fold is written when it is done, so a run that was stopped goes on where it stopped. The folder of a back-test is
named after everything it depends on; other data, features, policy or recipes make another one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskmodel.errors import DataError
from riskmodel.features import set_hash
from riskmodel.tables.files import finite, write_json
from riskmodel.training.comparison import compare
from riskmodel.training.evaluation import metrics, reliability
from riskmodel.training.fit import KINDS
from riskmodel.training.folds import LEAST_EVENTS, ORIGINS, SCHEMES, Fold, folds, places
from riskmodel.training.horizons import Shorter
from riskmodel.training.labels import Label, label_named
from riskmodel.training.lead_time import event_months, lead_times
from riskmodel.training.stability import stability
from riskmodel.training.trial import trial
from riskmodel.workflows.audits import by_date, calibration, curves, months
from riskmodel.workflows.fold_files import fingerprint, risks_of_folds
from riskmodel.workflows.judging import Judgement, gate, judge, with_champion
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.train import USUAL_GIB, gathered_rows, recipes_of, unconfirmed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.training.fit import Recipes, Rows
    from riskmodel.training.gate import Verdict
    from riskmodel.training.rows import Collected, Gathered
    from riskmodel.training.stability import Stability
    from riskmodel.workflows.judging import Risks
    from riskmodel.workflows.workspace import Workspace

RESULT = "result.json"


@dataclass(frozen=True)
class BackTest:
    """What the folds say of a label. Numbers by scheme (time, area, space_time) and kind of model."""

    label: str
    horizon_months: int
    folder: str
    as_of_dates: list[str]
    rows: int
    events: int
    areas: str
    """What was held out as a place: county, township, village or household."""
    folds: list[dict[str, Any]] = field(repr=False)
    """Every fold with its scheme, numbers of rows and events, and the plain metrics of each kind."""
    pooled: dict[str, dict[str, Any]] = field(repr=False)
    """By scheme: `metrics` and `intervals` by kind, `differences` of pairs, `reliability`, `groups`, `lead_time`,
    `calibration` and `precision_recall` by kind; of the scheme time also `months`, the groups date by date."""
    gate: Verdict | None = field(repr=False)
    released: bool
    """Whether this horizon may be told at all: at least one fold of every scheme had matured."""
    why_not: str = ""
    unconfirmed_policy: list[str] = field(default_factory=list, repr=False)
    by_date: list[dict[str, Any]] = field(default_factory=list, repr=False)
    """Rows and events of every as-of date."""
    feature_set: str = ""
    policy: str = ""
    """Its version."""
    seed: int = 0
    delivered_on: str = ""
    """Day of the newest delivery, in whose view the outcomes were read."""
    shorter: BackTest | None = field(default=None, repr=False)


def backtest(
    workspace: Workspace,
    now: datetime,
    label_name: str | None = None,
    *,
    most_origins: int = ORIGINS,
    progress: Progress | None = None,
    memory_gib: float = USUAL_GIB,
) -> BackTest:
    """Back-test every kind of model on a label, and on its shorter horizon, with the gate's verdict over all schemes.

    A horizon without matured folds is not released, and the result says so. Raises DataError when no outcome of the
    label has matured at all.
    """
    show = progress or Silent()
    label = label_named(label_name or workspace.settings.label)
    labels = [label, *([label_named(label.shorter)] if label.shorter else [])]
    show.say(f"back-test of {' and '.join(found.name for found in labels)}")
    gathered, recipes = gathered_rows(workspace, labels, show, memory_gib), recipes_of(workspace)
    collected = gathered.of(label)
    near, shorter = None, None
    if label.shorter:
        near = _of_shorter(workspace, labels[1], gathered, recipes, now, most_origins, show)
    if near and near.gate:
        shorter = Shorter(gathered.of(labels[1]), near.gate.chosen, near.areas, Path(near.folder).name)
    done = _of_label(workspace, label, collected, recipes, now, most_origins, show, shorter)
    return replace(done, shorter=near)


def _of_shorter(
    workspace: Workspace,
    label: Label,
    gathered: Gathered,
    recipes: Recipes,
    now: datetime,
    most: int,
    show: Progress,
) -> BackTest:
    """The shorter horizon; where nothing of it has matured, that is told."""
    try:
        return _of_label(workspace, label, gathered.of(label), recipes, now, most, show)
    except DataError as error:
        return _not_released(label, str(error))


def _of_label(
    workspace: Workspace,
    label: Label,
    collected: Collected,
    recipes: Recipes,
    now: datetime,
    most: int,
    show: Progress,
    shorter: Shorter | None = None,
) -> BackTest:
    rows, seed = collected.rows, workspace.settings.seed
    dealt = places(collected.keys["village_code"], collected.keys["household_id"], seed)
    cut = folds(rows, dealt, most)
    missing = [scheme for scheme in SCHEMES if not any(fold.scheme == scheme for fold in cut)]
    folder = workspace.home / "backtests" / label.name / fingerprint(collected, recipes, seed, most)
    dates = [day.isoformat() for day in sorted(set(collected.keys["as_of"].to_list()))]
    told = BackTest(
        label.name, label.horizon, str(folder), dates, len(rows), int(rows.y.sum()), dealt.unit, [], {}, None, False,
        by_date=by_date(collected.keys, rows.y), feature_set=set_hash(), policy=workspace.policy.version, seed=seed,
        delivered_on=workspace.lake.newest_delivery().isoformat(),
    )  # fmt: skip
    if missing:
        why = (
            f"no fold has matured for {', '.join(missing)}: a fold needs {LEAST_EVENTS} events whose outcomes were "
            f"known before its first test date. There are {len(dates)} as-of dates with {told.events} events."
        )
        return replace(told, why_not=why)
    risks, floors = risks_of_folds(folder, cut, collected, recipes, seed, shorter, show)
    show.say("comparing the kinds of models on all folds")
    beside = {
        scheme: with_champion(workspace, label.name, collected, found, floors.get(scheme))
        for scheme, found in risks.items()
    }
    judged: dict[str, Judgement] = {
        scheme: judge(workspace, collected, found, recipes) for scheme, found in beside.items()
    }
    verdict = gate(workspace, judged)
    show.say("measuring how steady the reasons of each kind are")
    result = replace(
        told,
        folds=[_fold_facts(workspace, collected, recipes, fold, beside[fold.scheme]) for fold in cut],
        pooled={scheme: _pooled(workspace, label, scheme, found) for scheme, found in judged.items()},
        gate=replace(verdict, stability=_steady(recipes, rows, seed)),
        released=True,
        unconfirmed_policy=unconfirmed(workspace.policy.unconfirmed_used()),
    )
    write_json(folder / RESULT, finite(asdict(result)) | {"made_at": now.isoformat()})
    return result


def _steady(recipes: Recipes, rows: Rows, seed: int) -> list[Stability]:
    """How steady the reasons of every kind are: a person may make any of them champion, and the report tells of it."""
    found = (stability(recipes.fit(kind, rows, seed), recipes, rows, kind, seed) for kind in KINDS)
    return [steady for steady in found if steady]


def _fold_facts(
    workspace: Workspace, collected: Collected, recipes: Recipes, fold: Fold, risks: Risks
) -> dict[str, Any]:
    """What a fold was made of, and the numbers of each kind on it with their intervals, differences paired."""
    y = collected.rows.y
    here = {kind: np.where(fold.test, risk, np.nan) for kind, risk in risks.items()}
    found, _ = trial(collected, here, recipes, workspace.policy, workspace.settings.seed)
    plain = {kind: metrics(found.y, risk, found.sampling.weight) for kind, risk in found.risks.items()}
    told = compare(found)
    return {
        "name": fold.name,
        "scheme": fold.scheme,
        "train_rows": int(fold.train.sum()),
        "train_events": int(y[fold.train].sum()),
        "test_rows": int(fold.test.sum()),
        "test_events": int(y[fold.test].sum()),
        "train_dates": _dates(collected, fold.train),
        "test_dates": _dates(collected, fold.test),
        "metrics": {kind: {n: i.value for n, i in v.items()} | plain[kind] for kind, v in told.values.items()},
        **told.intervals(),
    }


def _dates(collected: Collected, rows: NDArray[np.bool_]) -> list[str]:
    """As-of dates of some of the rows, oldest first."""
    return [day.isoformat() for day in collected.keys.filter(rows.tolist())["as_of"].unique().sort().to_list()]


def _pooled(workspace: Workspace, label: Label, scheme: str, found: Judgement) -> dict[str, Any]:
    """Everything that is told of a scheme."""
    rows, comparison = found.tested, found.comparison
    return {
        "metrics": found.metrics(),
        **comparison.intervals(),
        "reliability": {kind: reliability(rows.y, risk, rows.sampling.weight) for kind, risk in rows.risks.items()},
        "groups": {kind: table.to_dicts() for kind, table in found.by_group.items()},
        "lead_time": _lead_time(workspace, label, found),
        "calibration": calibration(found),
        "precision_recall": curves(found),
        **({"months": months(found)} if scheme == "time" else {}),
    }


def _lead_time(workspace: Workspace, label: Label, found: Judgement) -> dict[str, Any] | None:
    """How early the lists at capacity named the events; None where the label does not know when they happened."""
    if label.happened is None:
        return None
    lake = workspace.lake
    views = [lake.view(county, lake.newest_delivery()) for county in lake.counties()]
    parts = [label.happened(view).collect() for view in views]
    events = pl.concat(
        [
            part.with_columns(household_id=view.ids.decode("H", part["household_id"]))
            for view, part in zip(views, parts, strict=True)
        ]
    )
    months = event_months(found.keys, found.tested.y, events)
    return lead_times(found.keys, months, found.tested.lists, found.tested.fired)


def _not_released(label: Label, why: str) -> BackTest:
    return BackTest(label.name, label.horizon, "", [], 0, 0, "", [], {}, None, released=False, why_not=why)
