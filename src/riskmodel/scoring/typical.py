"""What is typical of a village and of its county on a day: medians of the features, and how often each is known.

Published beside the scores, so that a sentence can compare a household with its village without reading anything else.
Small counts say nothing of a village and much of a household: below `LEAST` a village has no figure, and its county's
is told instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import polars as pl

from riskmodel.features.origins import NEWEST, ORIGIN, SOURCE, origins

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from riskmodel.features import FeatureTable

LEAST: Final = 10
"""Fewest households, and fewest known values, of which a figure is told."""
MEDIAN: Final = "typical_"
"""Prefix of the columns with the median of a feature."""
KNOWN: Final = "known_"
"""Prefix of the columns with the share of households of which a feature is known."""

Place = Literal["village", "county"]


@dataclass(frozen=True)
class Typical:
    """What is typical where a household lives; rows of a published table."""

    county: Mapping[str, object]
    village: Mapping[str, object]

    @classmethod
    def of(cls, published: pl.DataFrame, village_code: str) -> Typical:
        """That of a village. One that is not in the table has no figures of its own."""
        own = published.filter(pl.col("village_code") == village_code)
        whole = published.filter(pl.col("village_code").is_null())
        return cls(whole.row(0, named=True), own.row(0, named=True) if own.height else {})

    def median(self, feature: str, *, of_village: bool = True) -> tuple[float, Place] | None:
        """Median of the village's households, else of the county's, and which of them it is; None where neither is."""
        return self._figure(f"{MEDIAN}{feature}", of_village=of_village)

    def known(self, feature: str) -> tuple[float, Place] | None:
        """Share of households of which a feature is known, of the village, else of the county."""
        return self._figure(f"{KNOWN}{feature}")

    def origin(self, prepared: str) -> tuple[date | None, str | None]:
        """Date and department of the newest row of any household of the village, else of the county."""
        day, source = f"{NEWEST}{prepared}", f"{SOURCE}{prepared}"
        row: Mapping[str, Any] = self.county if self.village.get(day) is None else self.village
        return row.get(day), row.get(source)

    def _figure(self, column: str, *, of_village: bool = True) -> tuple[float, Place] | None:
        places: tuple[tuple[Place, Mapping[str, object]], ...] = (("village", self.village), ("county", self.county))
        for place, row in places[0 if of_village else 1 :]:
            value = row.get(column)
            if isinstance(value, float):
                return value, place
        return None


def typical(table: FeatureTable) -> pl.DataFrame:
    """A row for the county (`village_code` null) and one per village, by code.

    Columns: `households`; `typical_<feature>`, the median of the known values, null with fewer than 10 of them or fewer
    than 10 households; `known_<feature>`, the share of households with a value, null with fewer than 10 households;
    `newest_<table>` and `source_<table>`, the newest row of any of the households (see `features.origins`).
    """
    names = [f.name for f in table.features]
    order = table.rows["village_code"].arg_sort()
    codes = table.rows["village_code"].gather(order)
    columns = table.rows.select(pl.col(names).gather(order)).to_numpy(order="fortran").T  # nulls become NaN
    starts = np.flatnonzero((codes != codes.shift()).fill_null(value=True).to_numpy())
    ends = [*starts[1:].tolist(), len(codes)] if len(codes) else []
    parts = [columns, *(columns[:, start:end] for start, end in zip(starts.tolist(), ends, strict=True))]
    found = [_figures(part) for part in parts]
    return pl.concat(
        [
            pl.DataFrame(
                {
                    "village_code": pl.Series([None, *codes.gather(starts)], dtype=pl.String),
                    "households": pl.Series([part.shape[1] for part in parts], dtype=pl.Int32),
                }
            ),
            _frame(MEDIAN, names, [median for median, _ in found]),
            _frame(KNOWN, names, [share for _, share in found]),
            _newest(table),
        ],
        how="horizontal",
    )


def _figures(columns: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median and share known of each feature (F, n), NaN = missing or too few."""
    width = columns.shape[1]
    if width < LEAST:
        return np.full(len(columns), np.nan), np.full(len(columns), np.nan)
    ordered, every = np.sort(columns, axis=1), np.arange(len(columns))  # what is missing comes last
    known = width - np.isnan(columns).sum(axis=1)
    low, high = ordered[every, np.maximum(known - 1, 0) // 2], ordered[every, np.minimum(known // 2, width - 1)]
    return np.where(known >= LEAST, (low + high) / 2, np.nan), known / width


def _frame(prefix: str, names: list[str], rows: list[NDArray[np.float64]]) -> pl.DataFrame:
    made = np.vstack(rows)
    return pl.DataFrame(
        [pl.Series(f"{prefix}{name}", made[:, i], nan_to_null=True) for i, name in enumerate(names)],
    )


def _newest(table: FeatureTable) -> pl.DataFrame:
    """Date and department of the newest rows of the county, and of each village by code."""
    if table.newest is None:
        return pl.DataFrame()
    numbers = pl.col(f"^.*{ORIGIN}$").max()
    own = table.newest.with_columns(table.rows["village_code"])
    villages = own.group_by("village_code").agg(numbers).sort("village_code")
    return origins(pl.concat([own.select(numbers), villages.drop("village_code")]))
