"""Evaluate the modelling protocol on a flat table in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskmodel.training.flat import FlatQuestion, evaluate, read_table

if TYPE_CHECKING:
    from pathlib import Path


def evaluate_table(path: Path, question: FlatQuestion, seed: int) -> dict[str, Any]:
    """Metrics of the naive model, the logistic regression and LightGBM on the table, split as the question says.

    Raises UsageError for a question that does not fit the table, DataError (RejectedFile) for a table that cannot be
    used.
    """
    return evaluate(read_table(path), question, seed).report()
