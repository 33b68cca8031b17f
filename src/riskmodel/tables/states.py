"""State tables hold changes: a delivered state that repeats the one before it is not written.

A monthly full export of households, members or villages so adds only what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables.bitemporal import STILL_KNOWN, same_as

if TYPE_CHECKING:
    from collections.abc import Sequence


def news_of_states(stored: pl.DataFrame, new: pl.DataFrame, subject: str, content: Sequence[str]) -> pl.DataFrame:
    """Those of the new rows that `without_repeats` has to judge; the others are left out by it in any case.

    Most rows of a full export say what the newest state of their subject says. `stored` are all versions of the
    subjects of `new`. Left out here is the only row of a subject, later than all its states, that is not retracted and
    repeats the newest one, which is not retracted either and was known no later.
    """
    standing = stored.filter(pl.col("known_until") == pl.lit(STILL_KNOWN))
    newest = standing.sort("valid_from").unique(subject, keep="last")
    told = newest.select(subject, pl.col("valid_from", "known_at", "retracted", *content).name.prefix("_newest_"))
    same = [pl.col(name).eq_missing(pl.col(f"_newest_{name}")) for name in content]
    numbered = new.with_row_index("_row")
    repeats = numbered.join(told, on=subject).filter(
        pl.col("valid_from") > pl.col("_newest_valid_from"),
        pl.col("known_at") >= pl.col("_newest_known_at"),
        ~pl.col("retracted") & ~pl.col("_newest_retracted"),
        *same,
    )
    several = new.filter(new[subject].is_duplicated())[subject]
    alone = repeats.filter(~pl.col(subject).is_in(several.implode()))
    return numbered.join(alone, on="_row", how="anti", maintain_order="left").drop("_row")


def without_repeats(versions: pl.DataFrame, subject: str, content: Sequence[str], is_new: str) -> pl.DataFrame:
    """Versions of states without the new ones that say the same as the state before them.

    `versions` are all versions of the subjects concerned, stored and new (`is_new`), in version order. A new row is
    left out when its key (`subject`, `valid_from`) is new, it is not retracted, and the state with the greatest smaller
    `valid_from` has the same `content`, is not retracted and was known no later: a row known earlier says something
    about the days in between. A row that corrects a key is never left out.
    """
    numbered = versions.with_row_index("row").with_columns(stored=(~pl.col(is_new)).cum_sum())
    key = [subject, "valid_from"]
    first, last = numbered.filter(~same_as(key, 1)), numbered.filter(~same_as(key, -1))
    before = last.shift(1)
    same = [first[name].eq_missing(before[name]) for name in (subject, *content)]
    judged = first.select(
        "row",
        known_at="known_at",
        repeats=pl.all_horizontal(pl.col(is_new) & ~pl.col("retracted"), last["stored"] == first["stored"], *same)
        & ~before["retracted"].fill_null(value=True),
        only=last["row"] == pl.col("row"),
        newest_known_at=last["known_at"],
    )
    # in a run of repeats the row written last is the one known first: what was left out was known no earlier
    run = (~(pl.col("repeats") & pl.col("only"))).cum_sum()
    since = judged.select(pl.col("newest_known_at").cum_min().over(run).shift(1)).to_series()
    left_out = judged.filter(pl.col("repeats") & (since <= pl.col("known_at")).fill_null(value=False))["row"]
    return versions.filter(~numbered["row"].is_in(left_out.implode()))
