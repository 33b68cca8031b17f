"""Where households live: their states under the village codes of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables.crosswalk import Crosswalk

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.tables.view import View


def homes(view: View, on: date | None = None) -> pl.LazyFrame:
    """State of each household on a day, by default that of the view, under the code its village has on that day.

    A household's row may be older than the code of its village: whoever needs the village of a household asks here.
    Raises DataError where codes of villages replace each other in a circle.
    """
    day = on or view.as_of
    states, villages = view.states("households", day), view.table("villages")
    gone = villages.filter(pl.col("successor_code").is_not_null(), pl.col("valid_to") <= day)
    if not view.in_memory and view.collect(gone.head(1)).is_empty():
        return states  # as nearly always, and the whole crosswalk need not be read
    old, new = Crosswalk.of(view).replaced(day)
    return states.with_columns(pl.col("village_code").replace(old, new)) if old.len() else states
