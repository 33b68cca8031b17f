"""What a back-test tells of a scheme beyond its comparison: curves, calibration by group, groups date by date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.training.calibration_check import CHECKED_BY, observed_and_expected, tenth
from riskmodel.training.curves import precision_recall
from riskmodel.training.fairness import over_months

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskmodel.workflows.judging import Judgement


def calibration(found: Judgement) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """By kind: `curve`, the ten groups of equal size by risk, and `by_group`, all rows and those of every category and
    township; rows of `calibration_check.observed_and_expected`."""
    rows = found.tested
    told = {}
    for kind, risk in rows.risks.items():
        tenths = found.groups.select("household_id").with_columns(pl.Series("tenth", tenth(risk, rows.sampling.weight)))
        curve = observed_and_expected(rows.y, risk, tenths, rows.sampling, ("tenth",))
        by_group = observed_and_expected(rows.y, risk, found.groups, rows.sampling, CHECKED_BY)
        told[kind] = {"curve": curve.filter(pl.col("grouping") == "tenth").to_dicts(), "by_group": by_group.to_dicts()}
    return told


def curves(found: Judgement) -> dict[str, list[dict[str, float | None]]]:
    """By kind the precision-recall curve, see `curves.precision_recall`."""
    rows = found.tested
    return {kind: precision_recall(rows.y, risk, rows.sampling) for kind, risk in rows.risks.items()}


def months(found: Judgement) -> dict[str, list[dict[str, Any]]]:
    """By kind the groups of households on every as-of date, see `fairness.over_months`; `month` as text."""
    rows, dates = found.tested, found.keys["as_of"]
    told = {}
    for kind in found.by_group:
        table = over_months(rows.y, rows.risks[kind], rows.lists[kind], found.groups, dates, rows.sampling)
        told[kind] = table.with_columns(pl.col("month").cast(pl.String)).to_dicts()
    return told


def by_date(keys: pl.DataFrame, y: Iterable[int]) -> list[dict[str, Any]]:
    """Rows and events of every as-of date, oldest first; keys: `as_of`, row by row as y."""
    rows = keys.select(pl.col("as_of").cast(pl.String)).with_columns(y=pl.Series(y))
    told = rows.group_by("as_of").agg(rows=pl.len(), events=pl.col("y").cast(pl.Int64).sum())
    return told.sort("as_of").to_dicts()
