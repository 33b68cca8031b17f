"""The lake: received batches are the truth, a generation per county is the speed.

    <lake>/batches/<table>/county=<code>/<batch_id>.parquet    canonical rows as written, never changed
    <lake>/manifests/county=<code>/<batch_id>.json             one record per batch; a batch without it does not exist
    <lake>/generations/county=<code>/<number>/<table>.parquet  sorted and coded, see `generation.py`
    <lake>/generations/county=<code>/CURRENT                   the number in force, replaced at once

A kill at any point leaves the old generation in force; batches whose record was written are merged at the next call.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import LakeError
from riskmodel.tables import generation
from riskmodel.tables.bitemporal import known, newest_states
from riskmodel.tables.catalogue import TABLES, table
from riskmodel.tables.files import locked, remove_folder, write_bytes, write_json, write_parquet
from riskmodel.tables.generation import Ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


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


@dataclass(frozen=True)
class View:
    """What one county knew at the end of the day `as_of`. The only door to the facts for features and labels."""

    county: str
    as_of: date
    ids: Ids = field(repr=False)
    stored: Mapping[str, pl.LazyFrame] = field(repr=False)
    records: Sequence[BatchRecord] = field(default=(), repr=False)

    def table(self, name: str) -> pl.LazyFrame:
        """Known rows of a table in the stored form, sorted by household and event date. Empty where nothing arrived."""
        frame = self.stored.get(name)
        return known(generation.empty(table(name)).lazy() if frame is None else frame, self.as_of)

    def states(self, name: str, on: date | None = None) -> pl.LazyFrame:
        """State of each subject of a state table (villages, households, members) on a day, by default `as_of`."""
        return newest_states(self.table(name), table(name).key[0], on or self.as_of)

    def canonical(self, name: str) -> pl.DataFrame:
        """Known rows of a table in canonical form, for people and for tests."""
        return generation.decode(self.table(name).collect(), table(name), self.ids)

    @classmethod
    def of(cls, rows: Mapping[str, pl.DataFrame], as_of: date, county: str = "") -> View:
        """A view on canonical rows in memory: the same code for one household's facts as for a county."""
        ids, stored = generation.build(rows)
        return cls(county, as_of, ids, {name: frame.lazy() for name, frame in stored.items()})


class Lake:
    """Reads and writes the lake in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def counties(self) -> list[str]:
        """Codes of the counties that have received something, ascending."""
        return sorted(p.name.removeprefix("county=") for p in self.folder.glob("manifests/county=*"))

    def records(self, county: str) -> list[BatchRecord]:
        """The batches of a county in the order of their arrival."""
        folder = self.folder / "manifests" / f"county={county}"
        records = [BatchRecord(**json.loads(p.read_text("utf-8"))) for p in folder.glob("*.json")]
        return sorted(records, key=_arrival)

    def newest_delivery(self) -> date:
        """Day of the newest delivery in the lake: the day on which labels are read. Raises LakeError when empty."""
        days = [record.received_on for county in self.counties() for record in self.records(county)]
        if not days:
            raise LakeError(f"the lake in {self.folder} is empty: nothing was received yet. Ingest a delivery first.")
        return date.fromisoformat(max(days))

    def receive(self, batches: Iterable[Batch]) -> list[BatchRecord]:
        """Append batches in the order given and bring the generations up to date.

        A batch already received (same file, table, county and day) and rows that say nothing new are not written, so a
        file sent twice changes nothing. Returns the records of the batches written. Raises BusyError when another
        process writes.
        """
        by_county: dict[str, list[Batch]] = {}
        for batch in batches:
            by_county.setdefault(batch.county, []).append(batch)
        with locked(self.folder / ".lock", "the lake"):
            return [record for county, group in by_county.items() for record in self._receive(county, group)]

    def view(self, county: str, as_of: date) -> View:
        """What `county` knew at the end of the day `as_of`. Raises LakeError for a county without batches."""
        records = self.records(county)
        if not records:
            raise LakeError(f"no county {county} in the lake {self.folder}; it holds: {', '.join(self.counties())}.")
        number, done = self._current(county)
        if done != {record.batch_id for record in records}:
            with locked(self.folder / ".lock", "the lake"):
                self._receive(county, [])
            number, _ = self._current(county)
        folder = self._generation_folder(county, number)
        stored = {path.stem: pl.scan_parquet(path) for path in folder.glob("*.parquet") if path.stem in TABLES}
        known_records = [r for r in records if r.received_on <= as_of.isoformat()]
        return View(county, as_of, _read_ids(folder), stored, known_records)

    def rebuild(self, county: str) -> None:
        """Throw the generation of a county away and derive it again from the batches."""
        with locked(self.folder / ".lock", "the lake"):
            remove_folder(self.folder / "generations" / f"county={county}")
            self._receive(county, [])

    def _receive(self, county: str, batches: list[Batch]) -> list[BatchRecord]:
        writer = _CountyWriter(self, county)
        writer.catch_up()
        written = [record for batch in batches if (record := writer.append(batch))]
        writer.publish()
        return written

    def _current(self, county: str) -> tuple[int, set[str]]:
        pointer = self.folder / "generations" / f"county={county}" / "CURRENT"
        if not pointer.exists():
            return 0, set()
        state = json.loads(pointer.read_text("utf-8"))
        return int(state["generation"]), set(state["batches"])

    def _generation_folder(self, county: str, number: int) -> Path:
        return self.folder / "generations" / f"county={county}" / f"{number:06d}"

    def _batch_path(self, record: BatchRecord) -> Path:
        return self.folder / "batches" / record.table / f"county={record.county}" / f"{record.batch_id}.parquet"


class _CountyWriter:
    """Appends batches to one county with its generation held in memory, and publishes it at the end."""

    def __init__(self, lake: Lake, county: str) -> None:
        self.lake, self.county = lake, county
        self.records = lake.records(county)
        self.number, self.done = lake._current(county)
        self.folder = lake._generation_folder(county, self.number)
        self.ids = _read_ids(self.folder)
        self.tables: dict[str, pl.DataFrame] = {}
        self.changed: set[str] = set()

    def catch_up(self) -> None:
        """Merge batches that have a record but are not in the generation (after a kill, or a rebuild)."""
        for record in self.records:
            if record.batch_id not in self.done:
                path = self.lake._batch_path(record)
                if record.rows_written and not path.exists():
                    raise LakeError(f"{path} is missing although the manifest names it. Restore it from the backup.")
                if record.rows_written:
                    self._merge(record.table, pl.read_parquet(path))
                self.done.add(record.batch_id)
                self.changed.add(record.table)

    def append(self, batch: Batch) -> BatchRecord | None:
        """Write what is new in a batch; None when nothing is."""
        if any(self._is_same(record, batch) for record in self.records):
            return None
        batch_id = self._next_id(batch)
        written = self._merge(batch.table, batch.rows.with_columns(batch_id=pl.lit(batch_id)))
        if written.is_empty() and not self._widens_coverage(batch):
            return None
        record = _record(batch, batch_id, written.height)
        if written.height:
            write_parquet(self.lake._batch_path(record), written)
        write_json(self.lake.folder / "manifests" / f"county={self.county}" / f"{batch_id}.json", asdict(record))
        self.records.append(record)
        self.done.add(batch_id)
        return record

    def publish(self) -> None:
        """Write the new generation beside the old one and let CURRENT point to it."""
        current = self.lake._current(self.county)
        if self.done == current[1] and self.number:
            return
        target = self.lake._generation_folder(self.county, self.number + 1)
        remove_folder(target)
        for name in TABLES:
            self._publish_table(name, target)
        for kind, values in self.ids.values.items():
            write_parquet(target / f"ids_{kind}.parquet", values.to_frame())
        pointer = target.parent / "CURRENT"
        state = {"generation": self.number + 1, "batches": sorted(self.done)}
        write_bytes(pointer, (json.dumps(state) + "\n").encode())
        # the generation just replaced stays for readers that have it open; the one before it goes
        remove_folder(self.lake._generation_folder(self.county, self.number - 1))

    def _publish_table(self, name: str, target: Path) -> None:
        old = self.folder / f"{name}.parquet"
        if name in self.changed and name in self.tables:
            write_parquet(target / f"{name}.parquet", self.tables[name])
        elif old.exists():
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{name}.parquet").hardlink_to(old)

    def _merge(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Merge canonical rows; returns those written, in canonical form."""
        spec = table(name)
        if name not in self.tables:
            path = self.folder / f"{name}.parquet"
            self.tables[name] = pl.read_parquet(path) if path.exists() else generation.empty(spec)
        ids = self.ids.copy()
        merged, written = generation.merge(self.tables[name], generation.encode(rows, spec, ids), spec)
        if written.height:
            self.tables[name], self.ids = merged, ids
            self.changed.add(name)
        return generation.decode(written, spec, ids)

    def _next_id(self, batch: Batch) -> str:
        stem = f"{batch.mode}{batch.received_on:%Y%m%d}-"
        day = f"{batch.received_on:%Y%m%d}-"
        numbers = [int(r.batch_id.split("-")[1]) for r in self.records if r.batch_id[1:].startswith(day)]
        return f"{stem}{max(numbers, default=0) + 1:04d}"

    @staticmethod
    def _is_same(record: BatchRecord, batch: Batch) -> bool:
        return (record.sha256, record.table, record.received_on, record.mode) == (
            batch.sha256,
            batch.table,
            batch.received_on.isoformat(),
            batch.mode,
        )

    def _widens_coverage(self, batch: Batch) -> bool:
        """A full list that brings no new row still says that nobody else is on it."""
        period = (_iso(batch.period_from), _iso(batch.period_to))
        return batch.full_list and not any(
            r.full_list and r.table == batch.table and (r.period_from, r.period_to) == period for r in self.records
        )


def _read_ids(folder: Path) -> Ids:
    return Ids({p.stem.removeprefix("ids_"): pl.read_parquet(p)["id"] for p in folder.glob("ids_*.parquet")})


def _record(batch: Batch, batch_id: str, rows_written: int) -> BatchRecord:
    return BatchRecord(
        batch_id=batch_id,
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
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _arrival(record: BatchRecord) -> tuple[str, int]:
    """Order of arrival: day of import, then the running number of that day (shared by both modes)."""
    day, number = record.batch_id[1:].split("-")
    return day, int(number)
