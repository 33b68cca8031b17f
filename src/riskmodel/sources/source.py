"""The frame that every source uses: rows of one file -> checked canonical rows -> one batch per county."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables import Batch, check_rows, table

if TYPE_CHECKING:
    from datetime import date

COUNTY = "county"
FAILURES = {
    "file": pl.String,
    "table": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True)
class Received:
    """One received file after its columns and codes were brought to canonical names: rows still unchecked.

    `rows` has the table's payload columns and `county` (6 digits); `known_at`, `source` and `retracted` are filled in
    from here unless the rows bring them.
    """

    file: str
    table: str
    rows: pl.DataFrame = field(repr=False)
    received_on: date
    source: str
    sha256: str
    mode: str = "r"
    period_from: date | None = None
    period_to: date | None = None
    full_list: bool = False


@dataclass(frozen=True)
class Checked:
    """Batches ready for the lake and what was quarantined (`FAILURES`: one line per broken rule)."""

    batches: list[Batch]
    quarantined: pl.DataFrame = field(repr=False)
    rows_read: int
    rows_refused: int


def check(received: Received) -> Checked:
    """Check the rows of a file and cut them into one batch per county. Raises RejectedFile if a column is missing."""
    spec = table(received.table)
    rows = received.rows if "row" in received.rows.columns else received.rows.with_row_index("row", offset=1)
    # the lake gives the real batch id; this one only satisfies the row checks
    tail = {
        "known_at": pl.lit(received.received_on),
        "source": pl.lit(received.source),
        "retracted": pl.lit(value=False),
        "batch_id": pl.lit(f"{received.mode}{received.received_on:%Y%m%d}-0000"),
    }
    rows = rows.with_columns(**{name: value for name, value in tail.items() if name not in rows.columns})
    good, failures = check_rows(spec, rows)
    good, clashes = _without_conflicts(good, list(spec.key), list(spec.payload))
    failures = pl.concat([failures, clashes]).with_columns(file=pl.lit(received.file), table=pl.lit(received.table))
    located = good.join(rows.select(pl.col("row").cast(pl.Int64), COUNTY), on="row", how="left", maintain_order="left")
    counties = sorted(located[COUNTY].unique().to_list())
    batches = [_batch(received, county, located.filter(pl.col(COUNTY) == county)) for county in counties]
    return Checked(batches, failures.select(list(FAILURES)), rows.height, failures["row"].n_unique())


def _without_conflicts(good: pl.DataFrame, key: list[str], content: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Equal rows of one key become one; different rows of one key, known on one day, are all quarantined."""
    distinct = good.unique([*content, "known_at", "retracted"], keep="first", maintain_order=True)
    clashing = pl.len().over([*key, "known_at"]) > 1
    reason = "rows of one file disagree on the same key 同一主键内容不一致"
    conflicts = distinct.filter(clashing).select(
        "row",
        column=pl.lit(key[0]),
        value=pl.concat_str([pl.col(k).cast(pl.String).fill_null("") for k in key], separator="|"),
        rule=pl.lit("conflict"),
        reason=pl.lit(reason),
    )
    return distinct.filter(~clashing), conflicts


def _batch(received: Received, county: str, rows: pl.DataFrame) -> Batch:
    return Batch(
        county=county,
        table=received.table,
        rows=rows.drop("row", COUNTY),
        received_on=received.received_on,
        sha256=received.sha256,
        mode=received.mode,
        source=received.source,
        period_from=received.period_from,
        period_to=received.period_to,
        full_list=received.full_list,
        rows_read=rows.height,
    )
