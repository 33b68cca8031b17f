"""The frame that every source uses: rows of one file -> checked canonical rows -> one batch per county.

Nothing is lost on the way: each row that was read ends in a batch, repeats another row of the file, or is refused with
a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import RejectedFile
from riskmodel.tables import Batch, check_rows, table, warn_rows
from riskmodel.tables.checks import FAILURE_SCHEMA, ROW

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.tables import Table

COUNTY: Final = "county"
FAILURES: Final = {"file": pl.String, "table": pl.String, **FAILURE_SCHEMA}
"""Columns of what is reported about rows: file, table, row, column, value, rule, reason; a line per broken rule."""


def no_failures() -> pl.DataFrame:
    """No row has a fault: `row`, `column`, `value`, `rule`, `reason`, empty."""
    return pl.DataFrame(schema=FAILURE_SCHEMA)


@dataclass(frozen=True)
class Received:
    """One received file after its columns and codes were brought to canonical names: rows still unchecked.

    `rows` has the table's payload columns and `county` (6 digits); `known_at`, `source` and `retracted` are filled in
    from here where the rows do not bring them. A column `row` holds the row numbers as the office sees them, each once.
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
    unreadable: pl.DataFrame = field(default_factory=no_failures, repr=False)
    """Cells that could not be read, as `no_failures`. Their rows are refused, whether they stand in `rows` or not."""
    remarks: tuple[str, ...] = ()
    """What people should know about the file as a whole: columns ignored, lines skipped."""


@dataclass(frozen=True)
class Checked:
    """Batches ready for the lake, and what became of the other rows.

    `rows_read` = `rows_loaded` + `rows_duplicate` + `rows_refused`.
    """

    batches: list[Batch]
    quarantined: pl.DataFrame = field(repr=False)
    """Why rows were refused (`FAILURES`, sorted by row). Values may be sensitive."""
    rows_read: int
    rows_refused: int
    rows_duplicate: int = 0
    """Rows equal to an earlier row of the file."""
    warned: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAILURES), repr=False)
    """What is odd about rows that were loaded (`FAILURES`, sorted by row). Values may be sensitive."""
    remarks: tuple[str, ...] = ()

    @property
    def rows_loaded(self) -> int:
        """Rows in the batches."""
        return sum(batch.rows.height for batch in self.batches)


def check(received: Received) -> Checked:
    """Check the rows of a file and cut them into one batch per county.

    Raises RejectedFile if a column is missing that nothing can stand in for.
    """
    spec = table(received.table)
    numbered = received.rows if ROW in received.rows.columns else received.rows.with_row_index(ROW, offset=1)
    numbered = numbered.with_columns(pl.col(ROW).cast(pl.Int64))
    readable = numbered.join(received.unreadable.select(ROW), on=ROW, how="anti", maintain_order="left")
    complete, assumed = _complete(received, spec, readable)
    try:
        sound, failures = check_rows(spec, complete)
    except RejectedFile as error:
        raise RejectedFile(f"{received.file}: {error}") from error
    located, homeless = _located(sound, readable)
    timely, early = _timely(located, received.received_on)
    distinct, clashes, repeated = _without_conflicts(spec, timely)
    refused = pl.concat([received.unreadable, failures, homeless, early, clashes]).sort(ROW, maintain_order=True)
    counties = sorted(distinct[COUNTY].unique())
    return Checked(
        batches=[_batch(received, county, distinct.filter(pl.col(COUNTY) == county)) for county in counties],
        quarantined=_of_file(received, refused),
        rows_read=pl.concat([numbered[ROW], received.unreadable[ROW]]).n_unique(),
        rows_refused=refused[ROW].n_unique(),
        rows_duplicate=repeated,
        warned=_of_file(received, warn_rows(spec, distinct)),
        remarks=(*received.remarks, *assumed),
    )


def _complete(received: Received, spec: Table, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The tail, and columns for which the contract has a value when a file lacks them, with a remark on each."""
    given = set(rows.columns)
    if received.mode == "h" and "known_at" not in given:
        raise RejectedFile(
            f"{received.file}: a history load (mode h) needs the column known_at, the day on which each row was known; "
            "working it out from the usual delays comes with the next release. Add the column and deliver it again."
        )
    tail: dict[str, pl.Expr] = {"source": pl.lit(received.source)}
    if received.mode == "r":  # in a history load an empty day is a fault, not the day of the load
        tail["known_at"] = pl.lit(received.received_on)
    filled = {name: pl.col(name).fill_null(value) if name in given else value for name, value in tail.items()}
    # the lake gives the real batch id; this one only satisfies the row checks
    batch_id = pl.lit(f"{received.mode}{received.received_on:%Y%m%d}-0000")
    absent = [fact for name, fact in spec.facts.items() if name not in given | {"retracted"}]
    defaults = {fact.name: pl.lit(fact.default) for fact in absent if fact.default is not None}
    remarks = [f"column {name} is missing, its default was taken / 缺少该列,按默认值处理" for name in defaults]
    return rows.with_columns(batch_id=batch_id, **filled, **defaults), remarks


def _located(sound: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with their county, and those of which nobody knows the county."""
    places = rows.select(ROW, pl.col(COUNTY).cast(pl.String)) if COUNTY in rows.columns else rows.select(ROW)
    if COUNTY not in places.columns:
        places = places.with_columns(pl.lit(None, dtype=pl.String).alias(COUNTY))
    with_county = sound.join(places, on=ROW, how="left", maintain_order="left", validate="1:1")
    known = pl.col(COUNTY).str.contains("^[0-9]{6}$").fill_null(value=False)
    column = "household_id" if "household_id" in sound.columns else "village_code"
    reason = "the county of the row is not known, so it cannot be stored / 无法确定所属县"
    homeless = with_county.filter(~known)
    return with_county.filter(known), _faults(homeless, column, pl.col(column), "county", reason)


def _timely(rows: pl.DataFrame, received_on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows known by the day on which the file was received, and those that claim to be known only later."""
    late = pl.col("known_at") > pl.lit(received_on)
    reason = f"known_at must not be later than the day of receipt {received_on} / 获知日期不得晚于接收日期"
    shown = pl.col("known_at").cast(pl.String)
    return rows.filter(~late), _faults(rows.filter(late), "known_at", shown, "receipt", reason)


def _without_conflicts(spec: Table, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Equal rows of one key become one (the first); different rows of one key, known on one day, are all refused.

    Returns the rows kept, the faults of those refused, and the number of repeats left out.
    """
    key = [*spec.key, "known_at"]
    once = ~rows.select(key).is_duplicated()
    several = rows.filter(~once)
    distinct = several.unique([*spec.payload, "known_at", "retracted"], keep="first", maintain_order=True)
    disputed = distinct.filter(pl.struct(key).is_duplicated()).select(key).unique()
    clashing = several.join(disputed, on=key, how="semi", nulls_equal=True, maintain_order="left")
    settled = distinct.join(disputed, on=key, how="anti", nulls_equal=True)
    kept = rows.filter(once | rows[ROW].is_in(settled[ROW].implode()))
    shown = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in spec.key], separator="|")
    reason = "rows of the file disagree on the same key / 同一主键内容不一致"
    repeated = rows.height - kept.height - clashing.height
    return kept, _faults(clashing, spec.key[0], shown, "conflict", reason), repeated


def _faults(rows: pl.DataFrame, column: str, value: pl.Expr, rule: str, reason: str) -> pl.DataFrame:
    return rows.select(ROW, column=pl.lit(column), value=value, rule=pl.lit(rule), reason=pl.lit(reason))


def _of_file(received: Received, faults: pl.DataFrame) -> pl.DataFrame:
    named = faults.with_columns(file=pl.lit(received.file), table=pl.lit(received.table))
    return named.select(list(FAILURES))


def _batch(received: Received, county: str, rows: pl.DataFrame) -> Batch:
    return Batch(
        county=county,
        table=received.table,
        rows=rows.drop(ROW, COUNTY),
        received_on=received.received_on,
        sha256=received.sha256,
        mode=received.mode,
        source=received.source,
        period_from=received.period_from,
        period_to=received.period_to,
        full_list=received.full_list,
        rows_read=rows.height,
    )
