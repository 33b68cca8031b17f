"""The tables of a later day, looked at as if it had been known before: the mistake that views prevent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.tables.bitemporal import STILL_KNOWN, known

if TYPE_CHECKING:
    from riskmodel.tables.view import View


def in_hindsight(later: View, as_of: date) -> View:
    """A view of the day `as_of` that knows what `later` knows: late bills, corrections, how everything ended.

    The dates of what happened stay, so windows still end at the day. Whoever joins today's tables to an old date sees
    this. It is there to show and to test what that does to a model; nothing else may call it. Raises UsageError for a
    day after that of `later`.
    """
    if as_of > later.as_of:
        raise UsageError(f"{as_of} lies after {later.as_of}, so there is no hindsight. Give an earlier day.")
    told = {
        "known_at": pl.min_horizontal(pl.col("known_at"), pl.lit(as_of)),
        "known_until": pl.lit(STILL_KNOWN),
    }
    stored = {name: known(rows, later.as_of).with_columns(**told) for name, rows in later.stored.items()}
    return replace(later, as_of=as_of, stored=stored)
