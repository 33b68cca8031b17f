"""Batches as received: checked rows of one file, one table, one county, and the record that makes them count.

<lake>/batches/<table>/county=<code>/<batch_id>.parquet    canonical rows as written, never changed
<lake>/manifests/county=<code>/<batch_id>.json             one record per batch; a batch without it does not exist
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import LakeError
from riskmodel.tables.files import sweep, write_json, write_parquet

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from pathlib import Path

_RESTORE: Final = (
    "Restore it from the backup, from which alone it comes: riskmodel restore. / "
    "批次或其记录损坏、缺失，只能从备份恢复：riskmodel restore。"
)
UNNAMED_PER_THOUSAND: Final = 5
"""A full list counts for whoever it does not name while so many of its rows at most do not say whom they are about.

Then hardly a household in 200 is taken for absent that is on it, and nearly all lists of a year count.
"""
Origin = tuple[str, str, str, str]
"""Hash of a file, table, day of receipt (ISO) and mode."""


@dataclass(frozen=True)
class Batch:
    """Checked canonical rows of one received file, one table, one county. `known_at` and `source` are in the rows."""

    county: str
    table: str
    rows: pl.DataFrame = field(repr=False)
    received_on: date
    sha256: str
    mode: str = "r"
    source: str = ""
    period_from: date | None = None
    period_to: date | None = None
    full_list: bool = False
    rows_read: int = 0
    """Rows of the file that lie in the county or nobody knows where; what repeats another row of it is not counted."""
    rows_unusable: int = 0
    """How many of these were refused, or wait and may be about a household of the register."""
    rows_unnamed: int = 0
    """How many of these nobody knows the household of."""
    in_doubt: tuple[str, ...] = ()
    """Households of the county that the others of these name."""
    rows_unmatched: int = 0
    """Rows of the file that wait for their household or person."""
    file: str = ""
    """Name of the file without its folder; the same list comes under the same name again."""
    unusable: pl.Series | None = field(
        default_factory=lambda: pl.Series("household_id", [], dtype=pl.String), repr=False
    )
    """Households of the rows of a full list that could not be used: they may still be on it. None = nobody knows."""
    keeps_batch_ids: bool = False
    """Rows released from waiting: where they bring a `batch_id`, they keep it."""
    came_on: date | None = None
    """Day of the delivery of rows that waited since, for the batch id. None = `received_on`."""

    @property
    def origin(self) -> Origin:
        """What tells one received file from another."""
        return (self.sha256, self.table, self.received_on.isoformat(), self.mode)


@dataclass(frozen=True)
class BatchRecord:
    """What the manifest says about a batch. Dates are ISO text."""

    batch_id: str
    county: str
    table: str
    source: str
    received_on: str
    mode: str
    period_from: str | None
    period_to: str | None
    full_list: bool
    rows_read: int
    rows_written: int
    sha256: str
    sequence: int
    """Place in the order of arrival in the county, from 1; a delivery of an older day may arrive late."""
    rows_unmatched: int = 0
    file: str = ""
    rows_unusable: int | None = None
    """None = nobody counted: the record was made by an earlier release."""
    rows_unnamed: int | None = None
    """The same."""
    in_doubt: tuple[str, ...] = ()

    @classmethod
    def of(cls, batch: Batch, earlier: list[BatchRecord], rows_written: int) -> BatchRecord:
        """The record of a batch that arrives after `earlier`, with the next free number of its day (of both modes)."""
        day = f"{batch.came_on or batch.received_on:%Y%m%d}"
        numbers = [int(r.batch_id[-4:]) for r in earlier if r.batch_id[1:9] == day]
        return cls(
            batch_id=f"{batch.mode}{day}-{max(numbers, default=0) + 1:04d}",
            county=batch.county,
            table=batch.table,
            source=batch.source,
            received_on=batch.received_on.isoformat(),
            mode=batch.mode,
            period_from=_iso(batch.period_from),
            period_to=_iso(batch.period_to),
            full_list=batch.full_list,
            rows_read=batch.rows_read,
            rows_written=rows_written,
            sha256=batch.sha256,
            sequence=len(earlier) + 1,
            rows_unmatched=batch.rows_unmatched,
            file=batch.file,
            rows_unusable=batch.rows_unusable,
            rows_unnamed=batch.rows_unnamed,
            in_doubt=batch.in_doubt,
        )

    @property
    def origin(self) -> Origin:
        """What tells one received file from another."""
        return (self.sha256, self.table, self.received_on, self.mode)

    @property
    def tells_of_absence(self) -> bool:
        """Whether a household on whom a full list has no row is known not to be on it, those in doubt aside."""
        unnamed = self.rows_unusable if self.rows_unnamed is None else self.rows_unnamed
        return self.full_list and (unnamed or 0) * 1000 <= UNNAMED_PER_THOUSAND * self.rows_read

    @property
    def says_nothing(self) -> bool:
        """Whether rows came and none of them could be used."""
        return bool(self.rows_unusable) and self.rows_unusable == self.rows_read

    def is_of(self, batch: Batch) -> bool:
        """Whether this is the record of the same file, received for the same table on the same day."""
        return self.origin == batch.origin

    def is_earlier_edition_of(self, batch: Batch) -> bool:
        """Whether this is the record of the same full list (file name, table, source, period) of an earlier day."""
        mine = (self.full_list, self.file, self.table, self.source, self.period_from, self.period_to)
        other = (batch.full_list, batch.file, batch.table, batch.source, _iso(batch.period_from), _iso(batch.period_to))
        return mine == other and self.received_on < batch.received_on.isoformat()


def counties(lake: Path) -> list[str]:
    """Codes of the counties with at least one batch, ascending."""
    folders = lake.glob("manifests/county=*")
    return sorted(f.name.removeprefix("county=") for f in folders if any(f.glob("*.json")))


def read_records(lake: Path, county: str) -> list[BatchRecord]:
    """The records of a county in the order of their arrival. Raises LakeError when one is damaged or missing."""
    folder = _manifests(lake, county)
    records = sorted(map(_record_at, folder.glob("*.json")), key=lambda r: r.sequence)
    for place, record in enumerate(records, start=1):
        if record.sequence != place:
            raise LakeError(
                f"{folder}: the record of batch number {place} is missing (the next one is {record.batch_id}). "
                + _RESTORE
            )
    return records


def require_records(lake: Path, county: str, records: list[BatchRecord], merged: Collection[str]) -> None:
    """Raises LakeError when a batch was merged of which there is no record any more."""
    lost = sorted(set(merged) - {record.batch_id for record in records})
    if lost:
        path = _manifests(lake, county) / f"{lost[0]}.json"
        message = f"{path} is missing although its batch was merged ({len(lost)} such). {_RESTORE}"
        raise LakeError(message)


def write_batch(lake: Path, record: BatchRecord, rows: pl.DataFrame) -> None:
    """Write the rows, then the record: a kill in between leaves nothing that counts. No rows, no Parquet file."""
    if rows.height:
        write_parquet(_rows_path(lake, record), rows)
    write_json(_manifests(lake, record.county) / f"{record.batch_id}.json", asdict(record))


def read_batch(lake: Path, record: BatchRecord) -> pl.DataFrame:
    """Canonical rows of a batch that has some. Raises LakeError when the file is missing or damaged."""
    path = _rows_path(lake, record)
    try:
        rows = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        what = "damaged" if path.exists() else "missing although its record exists"
        raise LakeError(f"{path} is {what} ({error}). {_RESTORE}") from error
    if rows.height != record.rows_written:
        raise LakeError(f"{path} has {rows.height} rows, its record says {record.rows_written}. {_RESTORE}")
    return rows


def sweep_batches(lake: Path, county: str) -> None:
    """Remove what a killed process left half-written. Only for the holder of the county's lock."""
    for folder in [_manifests(lake, county), *lake.glob(f"batches/*/county={county}")]:
        sweep(folder)


def _record_at(path: Path) -> BatchRecord:
    facts = path.stat()
    return _read_record(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=100_000)
def _read_record(path: Path, _changed: int, _size: int) -> BatchRecord:
    """A record is never changed, so it is read once, unless somebody touched the file."""
    try:
        told = json.loads(path.read_text("utf-8"))
        record = BatchRecord(**told | {"in_doubt": tuple(told.get("in_doubt", ()))})
    except (ValueError, TypeError) as error:
        message = f"{path} is damaged or of another release ({error}). {_RESTORE}"
        raise LakeError(message) from error
    if path.stem != record.batch_id or path.parent.name != f"county={record.county}":
        raise LakeError(
            f"{path} is the record of batch {record.batch_id} of county {record.county}. Put it where it belongs. / "
            f"{path} 放错了位置，请移回原处。"
        )
    return record


def _manifests(lake: Path, county: str) -> Path:
    return lake / "manifests" / f"county={county}"


def _rows_path(lake: Path, record: BatchRecord) -> Path:
    return lake / "batches" / record.table / f"county={record.county}" / f"{record.batch_id}.parquet"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
