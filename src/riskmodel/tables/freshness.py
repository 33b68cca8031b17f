"""How new our information about a household is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import LakeError
from riskmodel.tables.catalogue import TABLES

if TYPE_CHECKING:
    from riskmodel.tables.lake import Lake, View


def newest_known(view: View) -> pl.DataFrame:
    """`household_id` (text) and `known_at`: the last day on which anything about the household became known."""
    parts = [
        view.table(name).group_by("household_id").agg(pl.col("known_at").max())
        for name, spec in TABLES.items()
        if spec.has_household and name in view.stored
    ]
    newest = pl.concat(parts).group_by("household_id").agg(pl.col("known_at").max()).collect()
    return newest.with_columns(household_id=view.ids.decode("H", newest["household_id"]))


def first_known(lake: Lake) -> date:
    """First day on which the state of any household was known, in any county. Raises LakeError without households."""
    newest = lake.newest_delivery()
    days = []
    for county in lake.counties():
        states = lake.view(county, newest).stored.get("households")
        day = None if states is None else states.select(pl.col("known_at").min()).collect().item()
        days += [day] if isinstance(day, date) else []
    if not days:
        raise LakeError(f"the lake in {lake.folder} holds no households yet. Ingest a delivery with a households file.")
    return min(days)
