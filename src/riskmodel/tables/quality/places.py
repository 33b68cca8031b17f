"""Where the households of a county live today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.policy import HouseholdStatus
from riskmodel.tables.homes import homes

if TYPE_CHECKING:
    from riskmodel.tables.lake import View

VILLAGES_OF_TOWNSHIP = 1000
"""An area code of a village is its township's nine digits and three more."""


def active_homes(view: View) -> pl.DataFrame:
    """Active households: `household_id`, `village_code` (the code that the village has today), `size`."""
    active = homes(view).filter(pl.col("status") == HouseholdStatus.ACTIVE.value)
    return active.select("household_id", "village_code", "size").collect().sort("household_id")


def townships(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """Townships in which the households of `rows` live, by code: `township`, `name`, `households`.

    `name` is that of the newest state of any of its villages; empty where no village is known.
    """
    code = pl.col("village_code") // VILLAGES_OF_TOWNSHIP
    newest = view.states("villages").sort("valid_from", "village_code")
    names = newest.group_by(township=code, maintain_order=True).agg(name=pl.col("township_name").last())
    counted = rows.lazy().group_by(township=code).agg(households=pl.len().cast(pl.Int64))
    found = counted.join(names, on="township", how="left").sort("township")
    return found.select(
        area_text("township", 9), pl.col("name").fill_null(""), pl.col("households").cast(pl.Int64)
    ).collect()


def area_text(column: str, digits: int) -> pl.Expr:
    """A stored area code as text with all its digits."""
    return pl.col(column).cast(pl.String).str.zfill(digits)
