"""What a bundle says about its model, and how that is written as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.errors import BundleError, UsageError
from riskmodel.models import strict_json
from riskmodel.models.columns import Column, checked_columns

GOLDEN_ROWS = 16


@dataclass(frozen=True, eq=False)
class BundleFacts:
    """Where a model comes from and what it is for.

    feature_set: hash of the feature definitions. groups: column name -> code of its group. policy: its version.
    label, horizon_months: what is predicted. first_as_of, last_as_of: the training window. created_at: with time zone.
    golden: up to 16 rows, shape (k, F), whose margins are written beside them and must come out again on reading.
    """

    feature_set: str
    groups: Mapping[str, str]
    policy: str
    label: str
    horizon_months: int
    first_as_of: date
    last_as_of: date
    metrics: Mapping[str, float]
    seed: int
    created_at: datetime
    golden: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.created_at.utcoffset() is None:
            raise UsageError("created_at has no time zone: give one, for instance +08:00")
        if self.first_as_of > self.last_as_of:
            raise UsageError(f"the training window ends ({self.last_as_of}) before it begins ({self.first_as_of})")
        if self.horizon_months < 1:
            raise UsageError(f"a horizon of {self.horizon_months} months is no horizon: take at least 1")
        if self.golden.ndim != 2 or not 1 <= len(self.golden) <= GOLDEN_ROWS:
            raise UsageError(f"golden rows have shape {self.golden.shape}: give 1 to {GOLDEN_ROWS} rows of the data")
        if not all(math.isfinite(value) for value in self.metrics.values()):
            raise UsageError("a metric is infinite or not a number: leave out what could not be measured")


FACT_KEYS = (
    "feature_set",
    "groups",
    "policy",
    "label",
    "horizon_months",
    "first_as_of",
    "last_as_of",
    "metrics",
    "seed",
    "created_at",
    "golden",
)


def facts_to_json(facts: BundleFacts) -> dict[str, Any]:
    """The facts as a JSON object; a missing golden value is null."""
    return {
        "feature_set": facts.feature_set,
        "groups": dict(facts.groups),
        "policy": facts.policy,
        "label": facts.label,
        "horizon_months": facts.horizon_months,
        "first_as_of": facts.first_as_of.isoformat(),
        "last_as_of": facts.last_as_of.isoformat(),
        "metrics": {name: float(value) for name, value in facts.metrics.items()},
        "seed": facts.seed,
        "created_at": facts.created_at.isoformat(),
        "golden": [[None if math.isnan(value) else float(value) for value in row] for row in facts.golden],
    }


def facts_from_json(value: Mapping[str, Any], columns: int, where: str) -> BundleFacts:
    """The facts of a JSON object that has at least the keys FACT_KEYS; BundleError when one is not what it must be."""
    try:
        return BundleFacts(
            feature_set=strict_json.text(value["feature_set"], f"{where}, feature_set"),
            groups=_texts(value["groups"], f"{where}, groups"),
            policy=strict_json.text(value["policy"], f"{where}, policy"),
            label=strict_json.text(value["label"], f"{where}, label"),
            horizon_months=strict_json.whole(value["horizon_months"], f"{where}, horizon_months"),
            first_as_of=date.fromisoformat(strict_json.text(value["first_as_of"], f"{where}, first_as_of")),
            last_as_of=date.fromisoformat(strict_json.text(value["last_as_of"], f"{where}, last_as_of")),
            metrics=_numbers(value["metrics"], f"{where}, metrics"),
            seed=strict_json.whole(value["seed"], f"{where}, seed"),
            created_at=datetime.fromisoformat(strict_json.text(value["created_at"], f"{where}, created_at")),
            golden=_rows(value["golden"], columns, f"{where}, golden"),
        )
    except (ValueError, UsageError) as error:
        raise BundleError(f"{where}: {error}; {strict_json.REPAIR}") from error


def columns_to_json(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The columns as JSON objects."""
    return [
        {"name": c.name, "direction": c.direction, "levels": None if c.levels is None else list(c.levels), "log": c.log}
        for c in columns
    ]


def columns_from_json(value: object, where: str) -> tuple[Column, ...]:
    """The columns of JSON objects; BundleError when they are none."""
    try:
        return checked_columns([_column(item, where) for item in strict_json.items(value, where)])
    except UsageError as error:
        raise BundleError(f"{where}: {error}; {strict_json.REPAIR}") from error


def _column(value: object, where: str) -> Column:
    found = strict_json.record(value, ("name", "direction", "levels", "log"), where)
    levels = found["levels"]
    return Column(
        strict_json.text(found["name"], where),
        strict_json.whole(found["direction"], where),
        None if levels is None else tuple(strict_json.text(item, where) for item in strict_json.items(levels, where)),
        strict_json.truth(found["log"], where),
    )


def _texts(value: object, where: str) -> dict[str, str]:
    return {key: strict_json.text(item, where) for key, item in strict_json.mapping(value, where).items()}


def _numbers(value: object, where: str) -> dict[str, float]:
    return {key: strict_json.number(item, where) for key, item in strict_json.mapping(value, where).items()}


def _rows(value: object, columns: int, where: str) -> NDArray[np.float64]:
    rows = [strict_json.items(row, where) for row in strict_json.items(value, where)]
    if any(len(row) != columns for row in rows):
        raise BundleError(f"{where} must have {columns} values in each row: {strict_json.REPAIR}")
    cells = [[math.nan if cell is None else strict_json.number(cell, where) for cell in row] for row in rows]
    return np.array(cells, dtype=np.float64).reshape(len(rows), columns)
