"""Register a fitted model: its bundle, its run in MLflow with all numbers, and what it may be used for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from riskmodel.features import declared, set_hash
from riskmodel.models import BundleFacts
from riskmodel.models import bundle as bundles
from riskmodel.training import report
from riskmodel.workflows.operators import note_operator
from riskmodel.workflows.workspace import model_name

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from riskmodel.models import CalibratedModel
    from riskmodel.models.registry import Alias
    from riskmodel.training.fit import Recipes
    from riskmodel.training.gate import Verdict
    from riskmodel.training.labels import Label
    from riskmodel.training.rows import Collected
    from riskmodel.workflows.judging import Judgement
    from riskmodel.workflows.workspace import Workspace

ACTION: Final = "models"
"""Named in the audit log."""
GATE: Final = "gate"
"""Tag of a version that holds what the gate said of it."""
WHY, WHY_ZH = "gate_why", "gate_why_zh"
"""Tags that hold the reason, in English and in Chinese."""
PASSED, FALLBACK, REFUSED = "passed", "naive rule", "refused"
"""It met every demand; nothing did, and this is the rule that everybody understands; it did not."""
GOLDEN: Final = 16
"""So many rows go with the bundle, so that whoever reads it can see that it still gives the same margins."""


@dataclass(frozen=True)
class Fitted:
    """A model fitted on all matured rows of a label, and what was found before."""

    label: Label
    kind: str
    collected: Collected = field(repr=False)
    judgement: Judgement | None = field(repr=False)
    """The test; None where no outcome for one had matured."""
    verdict: Verdict
    model: CalibratedModel = field(repr=False)

    @property
    def as_of_dates(self) -> list[date]:
        """Dates of the rows, ascending."""
        return sorted(set(self.collected.keys["as_of"].to_list()))

    @property
    def metrics(self) -> dict[str, float]:
        """The numbers of the test as `kind_metric`."""
        found = self.judgement.metrics() if self.judgement else {}
        told = {f"{k}_{m}": float(v) for k, values in found.items() for m, v in values.items() if v is not None}
        for steady in self.verdict.stability:
            told |= {
                f"{steady.kind}_first_cause_changed": steady.changed,
                f"{steady.kind}_first_cause_changed_high_risk": steady.changed_high_risk,
            }
        return told


@dataclass(frozen=True)
class Registered:
    """Where a model stands now."""

    version: int
    alias: Alias
    model_hash: str
    bundle: Path


def register(workspace: Workspace, fitted: Fitted, recipes: Recipes, now: datetime) -> Registered:
    """Write the bundle, register it, and name it champion where there is none and it may be used, else challenger.

    It may be used when the gate lets its kind pass. Where nothing could be tested that is the naive rule, and only for
    the label of the installation: no other horizon is told beside it.
    """
    facts = _facts(workspace, fitted, now)
    folder = workspace.models / f"{fitted.label.name}-{now:%Y%m%dT%H%M%S}"
    model_hash = bundles.write(folder, fitted.model, facts)
    name, said = model_name(fitted.label.name), _said(fitted)
    tested = fitted.judgement.tested if fitted.judgement else None
    version = workspace.registry.register(
        name,
        folder,
        parameters=_parameters(fitted, facts, recipes),
        metrics=fitted.metrics,
        figures=report.figures(tested.y, tested.risks, tested.sampling.weight, fitted.model) if tested else {},
        tags={"label": fitted.label.name, "kind": fitted.kind, "feature_set": facts.feature_set,
              "policy": facts.policy, GATE: said, WHY: fitted.verdict.why, WHY_ZH: fitted.verdict.why_zh},
        experiment=name,
    )  # fmt: skip
    usable = said != REFUSED and (tested is not None or fitted.label.name == workspace.settings.label)
    free = not any("champion" in known.aliases for known in workspace.registry.versions(name))
    alias: Alias = "champion" if usable and free else "challenger"
    if alias == "champion":
        note_operator(
            workspace, ACTION, f"version {version} of {fitted.label.name}, trained, is the first champion", now
        )
    workspace.registry.alias(name, version, alias)
    return Registered(version, alias, model_hash, folder)


def _said(fitted: Fitted) -> str:
    """What the gate says of the kind that was fitted."""
    if fitted.verdict.passes(fitted.kind):
        return PASSED
    return FALLBACK if fitted.verdict.allows(fitted.kind) else REFUSED


def _facts(workspace: Workspace, fitted: Fitted, now: datetime) -> BundleFacts:
    """What the bundle says of itself."""
    rows, dates = fitted.collected.rows, fitted.as_of_dates
    return BundleFacts(
        feature_set=set_hash(),
        groups={f.name: f.group.value for f in declared()},
        policy=workspace.policy.version,
        label=fitted.label.name,
        horizon_months=fitted.label.horizon,
        first_as_of=dates[0],
        last_as_of=dates[-1],
        metrics=fitted.metrics,
        seed=workspace.settings.seed,
        created_at=now,
        golden=rows.x[np.linspace(0, len(rows) - 1, num=min(GOLDEN, len(rows)), dtype=int)],
    )


def _parameters(fitted: Fitted, facts: BundleFacts, recipes: Recipes) -> dict[str, object]:
    """What the run was made with."""
    rows = fitted.collected.rows
    return {
        "label": fitted.label.name,
        "kind": fitted.kind,
        "seed": facts.seed,
        "rows": len(rows),
        "households": round(rows.weight.sum()),
        "events": int(rows.y.sum()),
        "first_as_of": facts.first_as_of,
        "last_as_of": facts.last_as_of,
        "features": len(rows.columns),
        "most_per_event": recipes.most_per_event,
        **report.tree_parameters(recipes.trees),
    }
