"""Who knew what, when: versions of rows, and the one view that everything else reads.

A row is never changed. A newer version of the same key is a new row that was known later, and each version carries
`known_until`, the day from which a newer one is known. So what was known at the end of a day D is a filter:

    known_at <= D < known_until   and not retracted

No other module reads rows by `known_at`.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

STILL_KNOWN = date(9999, 12, 31)
"""`known_until` of the newest version of a key."""


def known(rows: Frame, as_of: date) -> Frame:
    """The rows that were known at the end of the day `as_of`, one version per key, retracted keys left out."""
    return rows.filter(_was_known(as_of))


@lru_cache(maxsize=32)
def _was_known(as_of: date) -> pl.Expr:
    return (pl.col("known_at") <= pl.lit(as_of)) & (pl.col("known_until") > pl.lit(as_of)) & ~pl.col("retracted")


def newest_states(rows: Frame, subject: str, as_of: date) -> Frame:
    """The state of each subject at `as_of`: its row with the greatest `valid_from` not after that day.

    `rows` are known rows (see `known`). States of one subject may lie apart (a person who changed household).
    """
    latest = pl.col("valid_from").max().over(subject)
    return rows.filter(pl.col("valid_from") <= pl.lit(as_of)).filter(pl.col("valid_from") == latest)


def close_versions(rows: Frame, key: Sequence[str]) -> Frame:
    """Sort by key and version and set `known_until` of each row to the `known_at` of the next version of its key.

    Versions of a key are ordered by (`known_at`, `batch_id`), `batch_id` compared as text.
    """
    ordered = rows.sort([*key, "known_at", "batch_id"], nulls_last=True, maintain_order=True)
    following = pl.when(same_as(key, -1)).then(pl.col("known_at").shift(-1)).otherwise(STILL_KNOWN)
    return ordered.with_columns(following.alias("known_until"))


def repeats_version_before(key: Sequence[str], content: Sequence[str]) -> pl.Expr:
    """On rows in version order: true where a row says nothing that the version before it did not say already."""
    return same_as([*key, *content, "retracted"], 1)


def contradicts_row_before(key: Sequence[str], content: Sequence[str]) -> pl.Expr:
    """On rows in version order: true where a row and the one before it are one version of one key and differ."""
    return same_as([*key, "known_at", "batch_id"], 1) & ~same_as([*content, "retracted"], 1)


def same_as(columns: Sequence[str], shift: int) -> pl.Expr:
    """True where a row has the values of the row `shift` before it (after it, if negative); null equals null."""
    inside = pl.int_range(pl.len()).is_between(max(shift, 0), pl.len() - 1 + min(shift, 0))
    return inside & pl.all_horizontal([pl.col(name).eq_missing(pl.col(name).shift(shift)) for name in columns])
