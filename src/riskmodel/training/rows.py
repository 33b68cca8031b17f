"""Training rows from the lake: features as of many dates, joined to outcomes that have matured."""

from __future__ import annotations

import math
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
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from riskmodel.policy import Policy
    from riskmodel.tables import Lake, View

    Track = Callable[[Iterable[tuple[date, str]], int], Iterable[tuple[date, str]]]

STEP_MONTHS = 3
"""As-of dates of training lie this many months apart."""
FEWEST_ROWS = 100_000
"""So many households and dates are kept whatever the memory is."""
COPIES = 3
"""A training holds the features so often: twice while they are put together, and once more for events and fit."""


@dataclass(frozen=True)
class Collected:
    """Rows for a model and, row by row, the household and the as-of date they belong to."""

    rows: Rows = field(repr=False)
    keys: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Gathered:
    """Features of every household and as-of date that some label has an outcome for, made once for all labels."""

    x: NDArray[np.float64] = field(repr=False)
    keys: pl.DataFrame = field(repr=False)
    """`household_id`, `village_code`, `as_of`, `weight` and, for each label by its name, the event; null = no
    outcome."""
    gaps: Mapping[str, int]
    """Months from M0 until the outcome is known, by label."""
    read_on: date

    def of(self, label: Label) -> Collected:
        """The rows of one of the labels. Raises DataError when no outcome of it has matured."""
        event = self.keys[label.name]
        if event.null_count() == len(event):
            raise DataError(
                f"label {label.name}: no outcome has matured by {self.read_on}. It needs {label.horizon} months after "
                f"the as-of date and the reporting delay, and a delivery of {' and '.join(label.tables)} after them; "
                "ingest more months of it. Households with less history than min_history_months do not count."
            )
        told = event.is_not_null()
        keys = self.keys.filter(told)
        month = pl.col("as_of").dt.year().cast(pl.Int64) * 12 + pl.col("as_of").dt.month().cast(pl.Int64)
        rows = Rows(
            x=self.x if told.all() else self.x[told.to_numpy()],
            y=keys[label.name].cast(pl.Int8).to_numpy(),
            columns=model_columns(declared()),
            time=keys.select(month).to_series().to_numpy(),
            group=keys["household_id"].rank("dense").cast(pl.Int64).to_numpy(),
            gap=self.gaps[label.name],
            weight=keys["weight"].to_numpy(),
        )
        return Collected(rows, keys.select("household_id", "village_code", "as_of"))


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
    current = months_before(read_on, label.gap(delay) - 1).replace(day=day)
    while label.matures_on(current, delay) > read_on:
        current = months_before(current, 1).replace(day=day)
    dates = []
    while current >= earliest:
        dates.append(current)
        current = months_before(current, STEP_MONTHS).replace(day=day)
    return dates[::-1]


def most_rows(memory: int) -> int:
    """How many households and dates a training keeps that may take so many bytes."""
    cell = np.dtype(np.float64).itemsize
    return max(FEWEST_ROWS, memory // (COPIES * cell * len(declared())))


def collect(
    lake: Lake, policy: Policy, label: Label, dates: Sequence[date], read_on: date, track: Track | None = None
) -> Collected:
    """The rows of one label, see `gather`. Raises DataError when no outcome has matured."""
    return gather(lake, policy, {label.name: (label, dates)}, read_on, track).of(label)


def gather(
    lake: Lake,
    policy: Policy,
    asked: Mapping[str, tuple[Label, Sequence[date]]],
    read_on: date,
    track: Track | None = None,
    *,
    most: int | None = None,
    seed: int = 0,
) -> Gathered:
    """One row per household of a cohort and as-of date, in order of date, county, household.

    So that the rows of a province fit into memory, where there would be more than `most` (see `most_rows`; None: all
    are kept), each county and date keeps the same share of those without any event, drawn by `seed`; a row that was
    drawn stands for several (`weight`). All with an event stay.

    `asked`: labels by name, each with its as-of dates; a date that several ask for is looked at once. Households too
    new to judge (`freshness.too_new`) are left out: a model is not asked about them, so it does not learn from them.
    `time` of the rows counts months. `track` may wrap the work for a progress bar.
    """
    dates = sorted({day for _, days in asked.values() for day in days})
    work = [(as_of, county) for as_of in dates for county in lake.counties()]
    share = 1.0 if most is None else most / max(most, _households(lake) * len(dates))
    gaps = {name: label.gap(0) for name, (label, _) in asked.items()}
    keys, parts = [], []
    for as_of, county in track(work, len(work)) if track else work:
        delay = int(policy.value("label.reporting_delay_months", county, on=as_of, known=read_on))
        labels = [label for label, days in asked.values() if as_of in days]
        gaps |= {label.name: max(gaps[label.name], label.gap(delay)) for label in labels}
        found = {label.name: outcomes(label, lake, county, as_of, read_on, policy) for label in labels}
        if any(frame.height for frame in found.values()):
            rows = _with_features(found, lake.view(county, as_of), policy)
            rows = sampled(rows, list(found), share, (seed, int(county), as_of.toordinal()))
            keys.append(rows.select(*KEYS, "weight", *_events(asked, rows)))
            parts.append(_matrix(rows))
    empty = pl.DataFrame(schema=dict.fromkeys(KEYS[:2], pl.String) | {"as_of": pl.Date, "weight": pl.Float64})
    stacked = pl.concat([empty.with_columns(_events(asked, empty)), *keys])
    return Gathered(np.concatenate(parts or [np.empty((0, len(declared())))]), stacked, gaps, read_on)


KEYS = ("household_id", "village_code", "as_of")


def sampled(rows: pl.DataFrame, labels: Sequence[str], share: float, seed: Sequence[int]) -> pl.DataFrame:
    """All rows with an event of any of the labels, and a share of the others, drawn at random; the order stays.

    Adds `weight`: of how many rows each is one. So every sum over the rows stays right on average (Horvitz and
    Thompson, "A generalization of sampling without replacement from a finite universe", JASA 47, 1952).
    """
    event = rows.select(pl.any_horizontal(pl.col(labels).fill_null(value=False))).to_series().to_numpy()
    without = np.flatnonzero(~event)
    weight, most = np.ones(len(event)), math.ceil(share * len(without))
    if most < len(without):
        weight[without] = 0
        weight[np.random.default_rng(seed).choice(without, most, replace=False)] = len(without) / most
    return rows.with_columns(weight=pl.Series(weight)).filter(pl.col("weight") > 0)


def _households(lake: Lake) -> int:
    """Households that the lake ever knew; its files are verified on the way, before a model is made of them."""
    return sum(len(lake.view(county, date.max, verified=True).ids.of("H")) for county in lake.counties())


def _with_features(found: Mapping[str, pl.DataFrame], view: View, policy: Policy) -> pl.DataFrame:
    """Outcomes by label with the features of the as-of date, without the households too new to judge."""
    rows = assemble_view(view, policy).rows.with_columns(as_of=pl.lit(view.as_of))
    rows = rows.filter(~pl.col("household_id").is_in(too_new(view, policy).implode()))
    for name, outcome in found.items():
        told = outcome.rename({"event": name})
        rows = rows.join(told, on="household_id", how="left", maintain_order="left")
    return rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in found))


def _events(asked: Iterable[str], rows: pl.DataFrame) -> list[pl.Expr]:
    """The event of every label; null for those that were not asked on this date."""
    return [pl.col(name) if name in rows.columns else pl.lit(None, pl.Boolean).alias(name) for name in asked]


def _matrix(rows: pl.DataFrame) -> NDArray[np.float64]:
    features = pl.col([f.name for f in declared()]).fill_null(float("nan"))
    return np.ascontiguousarray(rows.select(features).to_numpy())
