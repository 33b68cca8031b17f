"""Who belongs to which household, and since when a household or person can be matched.

Frames are in the stored form of `generation.py`; `known` are newest versions, retracted keys left out.
"""

from __future__ import annotations

import polars as pl


def household_on(members: pl.DataFrame, people: pl.DataFrame) -> pl.Series:
    """Household code of each person on a day; before its first state a person's first state counts.

    `members` are known rows of the members table, `people` has `person_id` (code, may be null) and `day`. Null where
    the person has no state.
    """
    concerned = members.select("person_id", "valid_from", "household_id").join(
        people.select("person_id").unique(), on="person_id", how="semi"
    )
    states = concerned.sort("person_id", "valid_from")
    asked = people.select("person_id", "day").with_row_index("asked").sort("day", maintain_order=True)
    found = asked.join_asof(
        states.sort("valid_from", maintain_order=True).rename({"valid_from": "since"}),
        left_on="day", right_on="since", by="person_id", strategy="backward", check_sortedness=False,
    )  # fmt: skip
    first = states.unique("person_id", keep="first", maintain_order=True).select("person_id", first="household_id")
    filled = found.join(first, on="person_id", how="left", maintain_order="left").sort("asked")
    return filled.select(pl.coalesce("household_id", "first").alias("household_id")).to_series()


def known_since(states: pl.DataFrame, subject: str) -> pl.DataFrame:
    """First day on which anything about each subject of a state table was known: `subject`, `known_since`.

    `states` are all versions of the table, superseded ones included.
    """
    return states.group_by(subject).agg(known_since=pl.col("known_at").min())
