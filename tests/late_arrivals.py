"""Households that came to the generated county a month before it was scored: one from elsewhere, one split off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from riskmodel.tables import Batch
from scenario import rows_of
from worked_example import full_id

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace

FROM_ELSEWHERE, SPLIT_OFF = full_id("H99"), full_id("H98")


def arrived_lately(place: Workspace, as_of: date) -> Workspace:
    """The workspace after both became known; the second names a household of the county as its predecessor."""
    (county,) = place.counties()
    known = place.lake.view(county, as_of).canonical("households")
    lives = {"village_code": known["village_code"][0], "valid_from": as_of - timedelta(days=30)}
    households = rows_of("households", lives | {"household_id": "H99"}, lives | {"household_id": "H98"})
    origin = known["household_id"][0]
    rows = households.with_columns(
        predecessor_id=households["household_id"].replace_strict({SPLIT_OFF: origin}, default=None)
    )
    place.lake.receive([Batch(county, "households", rows, as_of, "late arrivals", rows_read=rows.height)])
    return place
