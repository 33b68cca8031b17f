"""How new our information about a household is, and how long there can have been any."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import LakeError
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.lineage import first_states

if TYPE_CHECKING:
    from riskmodel.policy import Policy
    from riskmodel.tables.lake import Lake, View


def newest_known(view: View) -> pl.DataFrame:
    """`household_id` (text) and `known_at`: the last day on which anything about the household became known."""
    parts = [
        view.table(name).group_by("household_id").agg(pl.col("known_at").max())
        for name, spec in TABLES.items()
        if spec.has_household and name in view.stored
    ]
    newest = view.collect(pl.concat(parts).group_by("household_id").agg(pl.col("known_at").max()))
    return newest.with_columns(household_id=view.ids.decode("H", newest["household_id"]))


def too_new(view: View, policy: Policy) -> pl.Series:
    """Ids (text) of the households with less than the policy's `min_history_months` of history at the as-of date.

    History begins with the first state of the household or of the oldest it came from (`lineage.first_states`), so a
    household that was split off or moved within the county is not new. It counts from the day from which that state
    holds and not from the day it became known. Features read what happened, and the first load of a county brings years
    of it in one day; by the day of knowledge, everybody would be new for months after it. On the other side, a
    household that was registered late has had its own bills and wages since the day from which its state holds.
    """
    months = int(policy.value("min_history_months", view.county, on=view.as_of, known=view.as_of))
    old_enough_on = pl.col("since").dt.offset_by(f"{months}mo")
    return view.ids.decode("H", first_states(view).filter(old_enough_on > view.as_of)["household_id"])


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
