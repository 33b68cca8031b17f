"""Training rows from the lake: features as of many dates, joined to outcomes that have matured."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.errors import DataError
from riskmodel.features import Feature, assemble_view, declared
from riskmodel.features.windows import months_before
from riskmodel.models import Column
from riskmodel.tables.freshness import too_new
from riskmodel.training.fit import Rows
from riskmodel.training.labels import Label, outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from riskmodel.policy import Policy
    from riskmodel.tables import Lake, View

STEP_MONTHS = 3
"""As-of dates of training lie this many months apart."""


@dataclass(frozen=True)
class Collected:
    """Rows for a model and, row by row, the household and the as-of date they belong to."""

    rows: Rows = field(repr=False)
    keys: pl.DataFrame = field(repr=False)


def model_columns(features: tuple[Feature, ...]) -> tuple[Column, ...]:
    """The features as columns of a model, with their declared directions."""
    return tuple(Column(f.name, int(f.direction), log=f.ratio) for f in features)


def schedule(label: Label, policy: Policy, area: str, first_known: date, read_on: date) -> list[date]:
    """As-of dates for training, ascending: run days three months apart, the newest one whose outcomes have matured.

    None before `min_history_months` after the first day on which anything was known.
    """
    day = int(policy.value("run_day", area, on=read_on, known=read_on))
    delay = int(policy.value("label.reporting_delay_months", area, on=read_on, known=read_on))
    history = int(policy.value("min_history_months", area, on=read_on, known=read_on))
    earliest = months_before(first_known, -history - (day < first_known.day)).replace(day=day)
    current = months_before(read_on, label.horizon + delay - 1).replace(day=day)
    while label.matures_on(current, delay) > read_on:
        current = months_before(current, 1).replace(day=day)
    dates = []
    while current >= earliest:
        dates.append(current)
        current = months_before(current, STEP_MONTHS).replace(day=day)
    return dates[::-1]


def collect(
    lake: Lake,
    policy: Policy,
    label: Label,
    dates: Sequence[date],
    read_on: date,
    track: Callable[[Iterable[tuple[date, str]], int], Iterable[tuple[date, str]]] | None = None,
) -> Collected:
    """One row per household of the cohort and as-of date, in order of date, county, household.

    Households too new to judge (`freshness.too_new`) are left out: a model is not asked about them, so it does not
    learn from them. `time` counts months, `gap` is the horizon plus the reporting delay. `track` may wrap the work for
    a progress bar. Raises DataError when no outcome has matured.
    """
    work = [(as_of, county) for as_of in dates for county in lake.counties()]
    delays: set[int] = set()
    parts = []
    for as_of, county in track(work, len(work)) if track else work:
        delays.add(int(policy.value("label.reporting_delay_months", county, on=as_of, known=read_on)))
        found = outcomes(label, lake, county, as_of, read_on, policy)
        if found.height:
            parts.append(_with_features(found, lake.view(county, as_of), policy))
    if not any(part.height for part in parts):
        raise DataError(
            f"label {label.name}: no outcome has matured by {read_on}. It needs {label.horizon} months after the as-of "
            f"date and the reporting delay, and a delivery of {label.table} after them; ingest more months of it. "
            "Households with less history than min_history_months do not count."
        )
    stacked = pl.concat(parts)
    features = declared()
    month = pl.col("as_of").dt.year().cast(pl.Int64) * 12 + pl.col("as_of").dt.month().cast(pl.Int64)
    rows = Rows(
        x=np.ascontiguousarray(stacked.select(pl.col([f.name for f in features]).fill_null(float("nan"))).to_numpy()),
        y=stacked["event"].cast(pl.Int8).to_numpy(),
        columns=model_columns(features),
        time=stacked.select(month).to_series().to_numpy(),
        group=stacked["household_id"].rank("dense").cast(pl.Int64).to_numpy(),
        gap=label.horizon + max(delays),
    )
    return Collected(rows, stacked.select("household_id", "village_code", "as_of"))


def _with_features(found: pl.DataFrame, view: View, policy: Policy) -> pl.DataFrame:
    """Outcomes with the features of the as-of date, without the households too new to judge."""
    judged = found.filter(~pl.col("household_id").is_in(too_new(view, policy).implode()))
    rows = assemble_view(view, policy).rows
    return rows.join(judged, on="household_id", how="inner").with_columns(as_of=pl.lit(view.as_of))
