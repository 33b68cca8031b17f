"""Plain tables of metrics for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TITLES = {
    "roc_auc": "ROC AUC",
    "average_precision": "avg prec",
    "brier": "Brier",
    "ece": "ECE",
    "recall_top10": "rec@10%",
    "precision_top10": "prec@10%",
}


def metric_table(models: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """One line per model with its metrics."""
    yield "  ".join([f"{'model':10}", *(f"{title:>9}" for title in TITLES.values())])
    for kind, values in models.items():
        yield "  ".join([f"{kind:10}", *(f"{shown(values.get(name)):>9}" for name in TITLES)])


def shown(value: float | None) -> str:
    """A metric with four decimals, or a dash where it does not exist."""
    return "-" if value is None else f"{value:.4f}"
