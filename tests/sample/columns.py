"""Columns that the tables of the sample county share: ids, days, codes, and the month in which a row arrives."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sample.people import Ints

COUNTY_CODE: Final = "990301"
KNOWN: Final = "known"
"""Month in which a row arrives."""
LATE: Final = 0.07
"""Share of the rows of a month that arrive a month later than the others."""


def day_of(month: Ints | int, day: int | Ints = 1) -> NDArray[np.datetime64]:
    """A day of each month; months are counted from October 2019."""
    first = (np.datetime64("2019-10", "M") + month).astype("datetime64[D]")
    days: NDArray[np.datetime64] = first + (np.asarray(day) - 1)
    return days


def month_after(month: Ints, rng: np.random.Generator) -> Ints:
    """The month after, for a few rows the one after that."""
    return month + 1 + (rng.random(len(month)) < LATE)


def subject_ids(letter: str, count: int) -> pl.Series:
    """Ids of nobody, `H` or `P` and 24 hex digits: hashes of running numbers."""
    numbers = (f"sample:{letter}:{number}".encode() for number in range(count))
    return pl.Series([letter + hashlib.sha256(number).hexdigest()[:24] for number in numbers], dtype=pl.String)


def village_codes(village: Ints) -> pl.Series:
    """Area codes of villages by number, ten villages to a township."""
    return pl.Series([f"{COUNTY_CODE}{100 + v // 10}{v % 10 + 1:03d}" for v in village.tolist()], dtype=pl.String)


def codes_at(codes: Sequence[str | None], positions: Ints) -> pl.Series:
    """Codes by position; -1 is null."""
    listed = pl.Series([*codes, None], dtype=pl.String)
    return listed.gather(np.where(positions < 0, len(codes), positions))
