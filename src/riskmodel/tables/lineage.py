"""Households that change: which one came from which, since when there is anything about it, and when it ended.

    分户 split   the old id stays with the head, the rest gets a new id that names it as its predecessor
    并户 merge   the ids that end become `merged`; the surviving one goes on
    迁移 move    the old id becomes `moved_out`; the id at the new place names it as its predecessor
    消亡 end     `dissolved`; `split` where nobody stayed under the old id

A household inherits what happened to its ancestors before it went its own way, which is the day of its first state. An
ancestor in another county is in no view of this one: nothing is inherited from it. Months are compared by their first
day: what is dated by the month of a split or an end happened before it, unless that was on the first of the month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.policy import HouseholdStatus
from riskmodel.tables.chains import on_a_cycle

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from riskmodel.tables.view import View

_SCHEMA = {"household_id": pl.Int32, "ancestor_id": pl.Int32, "until": pl.Date, "distance": pl.Int32}


def ancestors(view: View) -> pl.DataFrame:
    """One row per household and ancestor that the view knows, however far back.

    Columns: `household_id`, `ancestor_id` (as coded in the view), `until` (facts of the ancestor before this day belong
    to the household too), `distance` (1 = the predecessor). Of several predecessors that a household's states name, the
    one of the newest counts. Households that name each other in a circle have none.
    """
    states = view.table("households").select("household_id", "valid_from", "predecessor_id")
    naming = states.filter(pl.col("predecessor_id").is_not_null()).collect()
    if naming.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    newest = naming.sort("household_id", "valid_from").unique("household_id", keep="last")
    concerned = pl.concat([newest["household_id"], newest["predecessor_id"]]).unique()
    first = _first_of(states.filter(pl.col("household_id").is_in(concerned.implode()))).collect().sort("household_id")
    # a predecessor without a state lives in another county
    here = newest.join(first, left_on="predecessor_id", right_on="household_id", how="semi")
    who = first["household_id"].to_numpy()
    up = np.full(len(who), -1)
    up[np.searchsorted(who, here["household_id"])] = np.searchsorted(who, here["predecessor_id"])
    up[on_a_cycle(up)] = -1
    return _all_the_way(up, who, first["since"])


def with_inherited(rows: pl.LazyFrame, kin: pl.DataFrame, event: str) -> pl.LazyFrame:
    """Rows of households and, under their ids, what they inherit: their ancestors' rows with `event` before the day.

    `kin` as from `ancestors`. A date of which the household has a row of its own is not inherited, and of one date only
    the row of the nearest ancestor: offices copy the file of a household that splits.
    """
    if kin.is_empty():
        return rows
    columns = rows.collect_schema().names()
    passed = (
        rows.rename({"household_id": "ancestor_id"})
        .join(kin.lazy(), on="ancestor_id", how="inner")
        .filter(pl.col(event) < pl.col("until"))
        .filter(pl.col("distance") == pl.col("distance").min().over("household_id", event))
        .select(columns)
        .join(rows.select("household_id", event).unique(), on=["household_id", event], how="anti")
    )
    return pl.concat([rows, passed])


def first_states(view: View) -> pl.DataFrame:
    """`household_id` and `since`: the day from which there can be anything about a household, its ancestors included.

    That is the first day for which the oldest of them has a state, and not the day on which that became known: with the
    first load of a county, the files of years become known on one day.
    """
    own = view.collect(_first_of(view.table("households")))
    kin = ancestors(view)
    if kin.is_empty():
        return own
    inherited = kin.join(own, left_on="ancestor_id", right_on="household_id").select("household_id", "since")
    return pl.concat([own, inherited]).group_by("household_id").agg(pl.col("since").min())


def endings(view: View, before: date) -> pl.LazyFrame:
    """`household_id` and `ended_on`, for every household with a state that holds from a day before `before`.

    `ended_on` is the day from which it was no longer active, null while it is. What ended and came back, lasts.
    """
    states = view.table("households").filter(pl.col("valid_from") < pl.lit(before))
    active = pl.col("status") == HouseholdStatus.ACTIVE.value
    lasting = states.group_by("household_id").agg(last=pl.when(active).then(pl.col("valid_from")).max())
    over = (
        states.filter(~active)
        .join(lasting, on="household_id", how="inner")
        .filter(pl.col("last").is_null() | (pl.col("valid_from") > pl.col("last")))
        .group_by("household_id")
        .agg(ended_on=pl.col("valid_from").min())
    )
    return lasting.select("household_id").join(over, on="household_id", how="left")


def _first_of(states: pl.LazyFrame) -> pl.LazyFrame:
    return states.group_by("household_id").agg(since=pl.col("valid_from").min())


def _all_the_way(up: NDArray[np.int64], who: NDArray[np.int32], since: pl.Series) -> pl.DataFrame:
    """Every household with every ancestor; one step takes all households one generation further up."""
    day = since.to_physical().to_numpy()
    below, above, until = np.arange(len(up)), up, day
    parts: list[pl.DataFrame] = []
    while (there := above >= 0).any():
        below, above, until = below[there], above[there], until[there]
        distance = pl.repeat(len(parts) + 1, len(below), dtype=pl.Int32, eager=True)
        days = pl.Series(until, dtype=pl.Int32).cast(pl.Date)
        parts.append(pl.DataFrame([who[below], who[above], days, distance], schema=_SCHEMA))
        above, until = up[above], np.minimum(until, day[above])
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *parts])
