"""The frame that every source uses: rows of one file -> checked canonical rows -> one batch per county.

Nothing is lost on the way: each row that was read ends in a batch, repeats another row of the file, or is refused with
a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import RejectedFile
from riskmodel.sources.history import known_in_history
from riskmodel.tables import check_rows, table, warn_rows
from riskmodel.tables.checks import FAILURE_SCHEMA, ROW

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.tables import Table

COUNTY: Final = "county"
FAILURES: Final = {"file": pl.String, "table": pl.String, **FAILURE_SCHEMA}
"""Columns of what is reported about rows: file, table, row, column, value, rule, reason; a line per broken rule."""


@cache
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
    county: str | None = None
    """County that the delivery names: where to look first for the households and persons of the rows."""
    reference_date: date | None = None
    """Day of which the file speaks; states without a date of their own hold from then on."""
    unreadable: pl.DataFrame = field(default_factory=no_failures, repr=False)
    """Cells that could not be read, as `no_failures`. Their rows are refused, whether they stand in `rows` or not."""
    odd: pl.DataFrame = field(default_factory=no_failures, repr=False)
    """What is odd about cells that could be read, as `no_failures`; their rows are kept."""
    identities: pl.DataFrame | None = field(default=None, repr=False)
    """Who the households and persons are: for the identity store, never for the lake."""
    aliases: pl.DataFrame | None = field(default=None, repr=False)
    """`noid_id`, `person_id`: ids that persons may have had before their number was known."""
    skipped: int = 0
    """Empty rows and rows of totals."""
    remarks: tuple[str, ...] = ()
    """What people should know about the file as a whole: columns ignored, lines skipped."""


@dataclass(frozen=True)
class Checked:
    """What became of the rows of a file. `rows_read` = sound + `rows_refused` + `rows_duplicate`."""

    sound: pl.DataFrame = field(repr=False)
    """Canonical rows that are right by themselves, with `row` and the columns that were carried along."""
    refused: pl.DataFrame = field(repr=False)
    """Why the others were refused, in the form of `no_failures`, sorted by row. Values may be sensitive."""
    rows_read: int
    rows_duplicate: int = 0
    """Rows equal to an earlier row of the file."""
    odd: pl.DataFrame = field(default_factory=no_failures, repr=False)
    """What is odd about sound rows, in the same form."""
    remarks: tuple[str, ...] = ()


CARRIED: Final = (COUNTY, "matched_on", "waits_for")
"""Columns that say where a row belongs (see `placing.py`); they pass through the checks."""


def check(received: Received) -> Checked:
    """Check the rows of a file one by one and against each other; `rows` may have the columns of `CARRIED`.

    Raises RejectedFile if a column is missing that nothing can stand in for.
    """
    spec = table(received.table)
    numbered = received.rows if ROW in received.rows.columns else received.rows.with_row_index(ROW, offset=1)
    numbered = numbered.with_columns(pl.col(ROW).cast(pl.Int64))
    readable = numbered.join(received.unreadable.select(ROW), on=ROW, how="anti", maintain_order="left")
    complete, assumed = _complete(received, spec, readable)
    try:
        right, failures = check_rows(spec, complete)
    except RejectedFile as error:
        raise RejectedFile(f"{received.file}: {error}") from error
    carried = readable.select(ROW, *(name for name in CARRIED if name in readable.columns))
    placed = right.join(carried, on=ROW, how="left", maintain_order="left", validate="1:1")
    timely, early = _timely(placed, received.received_on)
    distinct, clashes, repeated = _without_conflicts(spec, timely)
    refused = pl.concat([received.unreadable, failures, early, clashes]).sort(ROW, maintain_order=True)
    odd = pl.concat([received.odd.join(distinct.select(ROW), on=ROW, how="semi"), warn_rows(spec, distinct)])
    return Checked(
        sound=distinct,
        refused=refused,
        rows_read=pl.concat([numbered[ROW], received.unreadable[ROW]]).n_unique(),
        rows_duplicate=repeated,
        odd=odd.sort(ROW, maintain_order=True),
        remarks=(*received.remarks, *assumed),
    )


def named(faults: pl.DataFrame, file: str, table_name: str) -> pl.DataFrame:
    """Faults in the form of `FAILURES`: with the file and the table that they belong to."""
    return faults.with_columns(file=pl.lit(file), table=pl.lit(table_name)).select(list(FAILURES))


def _complete(received: Received, spec: Table, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The tail, and columns for which the contract has a value when a file lacks them, with a remark on each."""
    given = set(rows.columns)
    tail: dict[str, pl.Expr] = {"source": pl.lit(received.source), "known_at": pl.lit(received.received_on)}
    if received.mode == "h" and spec.event in given and rows.schema[spec.event] == pl.Date:
        tail["known_at"] = known_in_history(spec, received.received_on)
    filled = {name: pl.col(name).fill_null(value) if name in given else value for name, value in tail.items()}
    # the lake gives the real batch id; this one only satisfies the row checks
    batch_id = pl.lit(f"{received.mode}{received.received_on:%Y%m%d}-0000")
    absent = [fact for name, fact in spec.facts.items() if name not in given | {"retracted"}]
    assumed = [fact for fact in absent if fact.default is not None]
    defaults = {fact.name: pl.lit(fact.default) for fact in assumed}
    remarks = [
        f"column {fact.name} is missing, its default was taken / "
        f"缺少列“{fact.headers[0] if fact.headers else fact.name}”,按默认值处理"
        for fact in assumed
    ]
    return rows.with_columns(batch_id=batch_id, **filled, **defaults), remarks


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
