"""The work list of a month: in each place the households of highest risk, and some drawn by lot among the others.

The lot is what the list is judged by: of households that nobody visits nobody knows whether they were overlooked. So
every household that may be listed and is not has a known probability of being drawn, above 0 wherever there are visits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.policy import Listing
from riskmodel.scoring.lots import chance, lots
from riskmodel.scoring.quotas import audits, expected_audits
from riskmodel.scoring.ranks import ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIE_RULE: Final = "Households of equal probability stand in an order drawn by lot, the same in every month."
"""Not by id and not by village, which would always favour the same ones."""


@dataclass(frozen=True)
class Drawn:
    """Who is visited, row by row (n,)."""

    listed: NDArray[np.bool_]
    audited: NDArray[np.bool_]
    rank: NDArray[np.int64]
    """Place in the order of risk of its place, from 1."""
    probability: NDArray[np.float64]
    """1 for the listed; for the others the probability of being drawn, given that they are not listed."""


def worklist(scores: pl.DataFrame, quotas: pl.DataFrame, key: bytes, month: str) -> pl.DataFrame:
    """All households of an area with what the list of a month makes of them, by place and rank.

    `scores`: `household_id`, `place`, `village_code`, `probability`, `monitored`, `too_new`, any others. `quotas`:
    `place` (each once), `visits`, `audit_share`. `key` and `month` decide the lots, see `lots`.
    Adds `status` (a `Listing`), `rank_place` (among those that may be listed), `inclusion_probability` (1 for the
    listed, else that of being drawn; 0 = out of reach) and `visit_order` within the place: village by village, within
    it by lot. What does not apply is null.
    """
    ordered = scores.sort("household_id").with_columns(tie=lots_of(scores, key, "tie"))
    may = ordered.filter(~pl.col("monitored") & ~pl.col("too_new"))
    places = quotas.sort("place")
    numbered = places.select("place", number=pl.int_range(pl.len(), dtype=pl.Int64))
    drawn = draw(
        may.join(numbered, on="place", how="left", maintain_order="left")["number"].to_numpy(),
        may["probability"].to_numpy(),
        may["tie"].to_numpy(),
        lots(may["household_id"], key, f"audit {month}"),
        places["visits"].to_numpy().astype(np.int64),
        places["audit_share"].to_numpy().astype(np.float64),
        chance(key, f"audits {month}"),
    )
    told = may.select("household_id").with_columns(
        drawn_status=_words(drawn),
        rank_place=pl.Series(drawn.rank, dtype=pl.Int32),
        inclusion_probability=pl.Series(drawn.probability),
    )
    joined = ordered.drop("tie").join(told, on="household_id", how="left", maintain_order="left")
    left_out = pl.when("monitored").then(pl.lit(Listing.MONITORED.value)).otherwise(pl.lit(Listing.TOO_NEW.value))
    listing = joined.with_columns(status=pl.coalesce("drawn_status", left_out)).drop("drawn_status")
    return _with_visits(listing, key, month).sort("place", "rank_place", "household_id", nulls_last=True)


def draw(
    place: NDArray[np.int64],
    risk: NDArray[np.float64],
    tie: NDArray[np.uint64],
    lot: NDArray[np.uint64],
    visits: NDArray[np.int64],
    share: NDArray[np.float64],
    start: float,
) -> Drawn:
    """The list and the audit of P places among n households that may be listed.

    place (n,): number of the place, 0 to P - 1. risk, tie (n,): highest risk first, among equals the smaller tie. lot
    (n,): chance of the audit. visits, share (P,): most visits of a place, and the share of them that is for the audit.
    start: see `audits`. Never more visits than `visits`, nor than households; each household once at most.

    Where the expected number of audit visits is not whole, the last on the list gives way in the months with one more,
    and takes part in the drawing like all others that are not listed.
    """
    size = np.bincount(place, minlength=len(visits)).astype(np.int64)
    quota = np.minimum(visits, size)
    expected = expected_audits(quota, share)
    audit = audits(expected, start)
    rank = ranks(place, tie, -risk)
    listed = rank <= (quota - audit)[place]
    turn = ranks(place, lot, listed)
    audited = ~listed & (turn <= audit[place])
    fewer, more = np.floor(expected), np.ceil(expected)
    with_fewer, with_more = (_share_of(some, some + (size - quota)) for some in (fewer, more))
    upper = expected - fewer
    never_listed = (1 - upper) * with_fewer + upper * with_more
    known = np.where(rank > (quota - fewer)[place], never_listed[place], with_more[place])
    return Drawn(listed, audited, rank, np.where(listed, 1.0, known))


def lots_of(rows: pl.DataFrame, key: bytes, purpose: str) -> pl.Series:
    """The lots of the rows in the order of their households."""
    return pl.Series(purpose, lots(rows["household_id"].sort(), key, purpose), dtype=pl.UInt64)


def _share_of(drawn: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = np.divide(drawn, among, out=np.zeros_like(drawn), where=among > 0)
    return shares


def _words(drawn: Drawn) -> pl.Series:
    """The status of each row."""
    codes = np.where(drawn.listed, 0, np.where(drawn.audited, 1, 2))
    words = pl.Series([Listing.LISTED.value, Listing.AUDIT.value, Listing.UNLISTED.value], dtype=pl.String)
    return words.gather(codes)


def _with_visits(listing: pl.DataFrame, key: bytes, month: str) -> pl.DataFrame:
    """Add the order of visits, which knows neither risk nor status: by village, within it by a lot of its own."""
    chosen = listing.filter(pl.col("status").is_in([Listing.LISTED.value, Listing.AUDIT.value]))
    ways = chosen.sort("household_id").with_columns(way=lots_of(chosen, key, f"way {month}"))
    ordered = ways.sort("place", "village_code", "way", "household_id").select(
        "household_id", visit_order=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("place")
    )
    return listing.join(ordered, on="household_id", how="left", maintain_order="left")
