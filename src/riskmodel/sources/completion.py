"""Rows of state tables made whole: a file that lacks a column leaves it as it was before.

Every row of a state table is complete. Columns that the file does not have are copied from the state of the subject
before it; without a date in the file a state holds from the file's reference date, else from the day it was received.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables.table import Kind

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.tables import Table
    from riskmodel.tables.writer import CountyWriter


def dated(spec: Table, rows: pl.DataFrame, since: date) -> pl.DataFrame:
    """Rows of a state table with `valid_from` where the file has none; other tables as they are."""
    if spec.kind != Kind.STATE:
        return rows
    given = pl.col("valid_from") if "valid_from" in rows.columns else pl.lit(None, dtype=pl.Date)
    return rows.with_columns(valid_from=given.fill_null(pl.lit(since)))


def missing_columns(spec: Table, rows: pl.DataFrame) -> list[str]:
    """Columns of a state table that a file does not have and that its subjects' states can tell."""
    return [name for name in spec.payload if name not in rows.columns] if spec.kind == Kind.STATE else []


def completed(spec: Table, rows: pl.DataFrame, writer: CountyWriter, received_on: date) -> pl.DataFrame:
    """Rows of one county (canonical, `valid_from` filled) with their missing columns copied from the state before.

    That is the state as it was known on the day of receipt: of two deliveries, the older one never learns from the
    newer, whichever is taken in first.

    A subject without an earlier state keeps nulls, and is refused later where a column must be present.
    """
    missing = missing_columns(spec, rows)
    if not missing:
        return rows
    subject = spec.facts[spec.key[0]]
    states = writer.known_on(spec.name, received_on).select(subject.name, "valid_from", *missing)
    if subject.letter:
        states = states.with_columns(writer.ids.decode(subject.letter, states[subject.name]))
    else:
        states = states.with_columns(pl.col(subject.name).cast(pl.String).str.zfill(12))
    asked = rows.with_row_index("asked").sort("valid_from", maintain_order=True)
    before = states.sort("valid_from", maintain_order=True).rename({"valid_from": "since"})
    found = asked.join_asof(
        before, left_on="valid_from", right_on="since", by=subject.name, strategy="backward", check_sortedness=False
    ).sort("asked").drop("asked", "since")  # fmt: skip
    return found.with_columns(_canonical(spec, name, found, writer) for name in missing)


def _canonical(spec: Table, name: str, rows: pl.DataFrame, writer: CountyWriter) -> pl.Series:
    """A stored column in canonical form."""
    fact = spec.facts[name]
    if fact.letter:
        return writer.ids.decode(fact.letter, rows[name])
    text = rows[name].cast(spec.dtypes[name])
    return text.str.zfill(12) if fact.type == "area12" else text
