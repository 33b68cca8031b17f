"""Small rows and batches for the tests of the lake: one county, incomes and states of a few households."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables import Batch
from worked_example import full_id, row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

COUNTY = "990101"
START = date(2025, 1, 1)


def day(number: int) -> date:
    """Day `number` after the first of January 2025."""
    return START + timedelta(days=number)


def income(household: int, amount: int, known_at: date, /, month: int = 1, **tail: object) -> pl.DataFrame:
    """One income row of January to December 2024."""
    return row(
        "incomes",
        household_id=full_id(f"H{household}"),
        month=date(2024, month, 1),
        amount=amount,
        known_at=known_at,
        **tail,
    )


def state(household: int, valid_from: date, size: int, known_at: date, /, **changes: object) -> pl.DataFrame:
    """One state of a household; `size` is what changes."""
    who = full_id(f"H{household}")
    return row("households", household_id=who, valid_from=valid_from, size=size, known_at=known_at, **changes)


def many(table: str, columns: Mapping[str, Sequence[object]], /) -> pl.DataFrame:
    """Rows that differ in these columns only, the rest as in the first row of the worked example."""
    like = row(table)
    given = pl.DataFrame(columns, schema={name: like.schema[name] for name in columns}, orient="row")
    return given.join(like.drop(*columns), how="cross").select(like.columns)


def batch(table: str, received_on: date, *rows: pl.DataFrame, sha256: str = "", **facts: object) -> Batch:
    """A batch; without `sha256`, equal rows make equal files."""
    frame = pl.concat(rows)
    digest = sha256 or str(frame.drop("batch_id").hash_rows(seed=0).to_list())
    return Batch(COUNTY, table, frame, received_on, digest, rows_read=frame.height, **facts)  # type: ignore[arg-type]  # facts of any kind


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def tables_in_force(lake: Path) -> dict[str, bytes]:
    """Every Parquet file of the generation in force of the only county."""
    (pointer,) = lake.glob("generations/*/CURRENT")
    newest = max(p for p in pointer.parent.iterdir() if p.is_dir())
    return contents(newest)


def amounts(rows: pl.DataFrame) -> list[int]:
    """Amounts of income rows, ascending."""
    return sorted(rows["amount"].to_list())
