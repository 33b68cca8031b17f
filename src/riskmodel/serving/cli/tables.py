"""Plain tables of metrics for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskmodel.training.gate import Verdict

TITLES = {
    "roc_auc": "ROC AUC",
    "average_precision": "avg prec",
    "brier": "Brier",
    "ece": "ECE",
    "recall_top10": "rec@10%",
    "precision_top10": "prec@10%",
}
LIST_TITLES = {"recall_at_capacity": "rec@cap", "precision_at_capacity": "prec@cap", "lift_over_wires": "lift"}
"""Of the lists that can be visited; shown where they are known."""


def metric_table(models: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """One line per model with its metrics."""
    lists = {name: title for name, title in LIST_TITLES.items() if any(name in values for values in models.values())}
    titles = TITLES | lists
    yield "  ".join([f"{'model':10}", *(f"{title:>9}" for title in titles.values())])
    for kind, values in models.items():
        yield "  ".join([f"{kind:10}", *(f"{shown(values.get(name)):>9}" for name in titles)])


def gate_lines(verdict: Verdict) -> Iterator[str]:
    """What the gate says, in both languages, and how many of its demands each refused kind did not meet."""
    yield f"gate 检验: {verdict.why_zh}"
    yield f"  {verdict.why}"
    for kind in dict.fromkeys(check.kind for check in verdict.checks):
        failed, asked = verdict.failed(kind), sum(check.kind == kind for check in verdict.checks)
        if failed:
            yield f"  {kind}: {len(failed)} of {asked} demands not met (all of them: --json)"
    for steady in verdict.stability:
        yield (
            f"  first cause 首要原因: {steady.changed:.1%} of {steady.households:,} unchanged households are told "
            f"another one by the {steady.kind} of one date earlier; {steady.changed_high_risk:.1%} of the "
            f"{steady.high_risk:,} of highest risk"
        )


def shown(value: float | None) -> str:
    """A metric with four decimals, or a dash where it does not exist."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.4f}"
