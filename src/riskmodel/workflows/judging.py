"""What the tests of a label say of every kind of model, and what the gate makes of it; for `train` and `backtest`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from riskmodel.features import set_hash
from riskmodel.models import bundle as bundles
from riskmodel.training.comparison import Comparison, Trial, compare
from riskmodel.training.evaluation import metrics
from riskmodel.training.fairness import fairness
from riskmodel.training.gate import CHAMPION, NAIVE, PREFERENCE, Bounds, Missed, Verdict, decide
from riskmodel.training.groups import groups_of_rows
from riskmodel.training.horizons import as_told
from riskmodel.training.recall_gaps import recall_gaps, unsettled_gaps
from riskmodel.training.trial import trial
from riskmodel.workflows.workspace import model_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    from riskmodel.models import Bundle
    from riskmodel.training.fit import Recipes
    from riskmodel.training.rows import Collected
    from riskmodel.workflows.workspace import Workspace

    Risks = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Judgement:
    """One scheme of the test: the rows, the kinds side by side, the groups of each kind."""

    tested: Trial = field(repr=False)
    keys: pl.DataFrame = field(repr=False)
    """`household_id`, `village_code`, `as_of` of the test rows."""
    comparison: Comparison
    groups: pl.DataFrame = field(repr=False)
    """The groups that the household of each test row belonged to."""
    by_group: dict[str, pl.DataFrame] = field(repr=False)
    """For each kind that may be used, the naive rule too, its numbers group by group; see `training.fairness`."""

    def metrics(self) -> dict[str, dict[str, Any]]:
        """The plain numbers by kind: those of `evaluation.metrics` and of the comparison; None: cannot be told."""
        plain = {
            kind: metrics(self.tested.y, risk, self.tested.sampling.weight) for kind, risk in self.tested.risks.items()
        }
        told = {
            kind: {name: found.value if np.isfinite(found.value) else None for name, found in values.items()}
            for kind, values in self.comparison.values.items()
        }
        return {kind: told[kind] | plain[kind] for kind in plain}


def judge(workspace: Workspace, collected: Collected, risks: Risks, recipes: Recipes) -> Judgement:
    """Compare the kinds on the rows that all of them have a risk for."""
    seed, policy = workspace.settings.seed, workspace.policy
    found, here = trial(collected, risks, recipes, policy, seed)
    keys = collected.keys.filter(here.tolist())
    groups = groups_of_rows(workspace.lake, keys)
    tables = {
        kind: fairness(found.y, found.risks[kind], found.lists[kind], groups, found.sampling)
        for kind in (*PREFERENCE, NAIVE)
        if kind in found.risks
    }
    return Judgement(found, keys, compare(found), groups, tables)


def gate(workspace: Workspace, judgements: Mapping[str, Judgement]) -> Verdict:
    """What may be used, from the schemes of a test; the bounds are those in force on the day of the newest delivery."""
    bounds = Bounds.of(workspace.policy, workspace.counties()[0], workspace.lake.newest_delivery())
    missed = {
        scheme: {
            kind: Missed(
                [str(gap) for gap in recall_gaps(table, bounds.group_recall_gap)],
                [str(gap) for gap in unsettled_gaps(table, bounds.group_recall_gap)],
            )
            for kind, table in found.by_group.items()
        }
        for scheme, found in judgements.items()
    }
    return decide({scheme: found.comparison for scheme, found in judgements.items()}, missed, bounds)


def with_champion(
    workspace: Workspace,
    label: str,
    collected: Collected,
    risks: Risks,
    floor: NDArray[np.float64] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """The risks as they would be told, and beside them what stands for the present champion of these features, if any.

    `floor` (n,): what no risk is told below, see `training.horizons`.

    Rows whose outcome began after everything the champion learned had been settled are scored by the champion itself.
    Of the others it has seen the outcome, or part of it; there the recipe of its kind stands for it, fitted anew.
    """
    bundle, kind = _champion(workspace, label)
    if bundle is None or kind not in risks:
        return as_told(risks, floor)
    last = bundle.facts.last_as_of
    unseen = collected.rows.time >= last.year * 12 + last.month + collected.rows.gap
    stands = risks[kind].copy()
    rows = unseen & ~np.isnan(stands)
    if rows.any():
        stands[rows] = bundle.model.probability(collected.rows.x[rows])
    return as_told({**risks, CHAMPION: stands}, floor)


def _champion(workspace: Workspace, label: str) -> tuple[Bundle | None, str]:
    """The champion of a label if it learned from the features of this version, and its kind.

    The kind is that of the version, not of its bundle: the distance to the line is a logistic regression on one column.
    """
    name = model_name(label)
    found = [version for version in workspace.registry.versions(name) if "champion" in version.aliases]
    if not found:
        return None, ""
    bundle = bundles.read(workspace.registry.bundle_path(name, "champion"))
    kind = found[0].tags.get("kind", bundle.model.model.kind)
    return (bundle, kind) if bundle.facts.feature_set == set_hash() else (None, "")
