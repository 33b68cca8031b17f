"""Where what is known of a household comes from: of each prepared table the newest row, its date and its department.

The newest row is noted while features are made, from the very rows that they look at: so it was known by the as-of
date and lies in the window. Only of members those who left count too: a household is as it is since they left. Date and
department are one number until they are told; of rows of one day the department that comes last in the vocabulary
counts, whatever the order of rows.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.features.windows import PREPARED
from riskmodel.policy import Source
from riskmodel.tables.catalogue import TABLES

ORIGIN: Final = ".origin"
"""End of the names of the columns that hold date and department as one number."""
NEWEST: Final = "newest_"
SOURCE: Final = "source_"
"""Prefixes of the columns that tell them."""
STATE: Final = "households"
"""The household's own state, told beside the prepared tables."""
TOLD: Final = (*PREPARED, STATE)
"""Everything that has an origin, in the order of its columns."""

_SOURCES: Final = 64


def noted(table: str) -> pl.Expr:
    """Date and department of a stored row of this table as one number: later is more."""
    day = pl.col(TABLES[table].event).to_physical().cast(pl.Int32)
    return day * _SOURCES + pl.col("source").to_physical().cast(pl.Int32)


def newest(prepared: str) -> pl.Expr:
    """Aggregate over the rows of a prepared table: the newest of them, as `noted`."""
    return noted(PREPARED[prepared].tables[0]).max().alias(f"{prepared}{ORIGIN}")


def with_departed(members: pl.LazyFrame, departed: pl.LazyFrame) -> pl.LazyFrame:
    """The members' newest rows, those of who left the household among them: since then it is as it is told."""
    left = departed.group_by("household_id").agg(newest("members").alias("departed"))
    joined = members.join(left, on="household_id", how="left", maintain_order="left")
    return joined.with_columns(pl.max_horizontal(f"members{ORIGIN}", "departed").alias(f"members{ORIGIN}")).drop(
        "departed"
    )


def origins(numbers: pl.DataFrame) -> pl.DataFrame:
    """In words, row by row: `newest_<table>` (Date) and `source_<table>` (code of the department); null = no row.

    `numbers` holds columns `<table>.origin`; a table that is not among them has nulls.
    """
    height = numbers.height
    nothing = pl.Series([None], dtype=pl.Int32).new_from_index(0, height)
    found = [numbers.get_column(f"{name}{ORIGIN}", default=nothing).cast(pl.Int32) for name in TOLD]
    every = pl.concat(found, rechunk=True)  # one after the other takes longer, of a few rows many times as long
    number = every // _SOURCES
    days = number.cast(pl.Date)
    sources = pl.Series(Source.codes(), dtype=pl.String).gather(every - number * _SOURCES)
    columns: list[pl.Series] = []
    for place, name in enumerate(TOLD):
        columns.append(days.slice(place * height, height).alias(f"{NEWEST}{name}"))
        columns.append(sources.slice(place * height, height).alias(f"{SOURCE}{name}"))
    return pl.DataFrame(columns)
