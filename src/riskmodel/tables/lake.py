"""The lake: received batches are the truth, a generation per county is the speed.

    batches/, manifests/   what was received, see `batches.py`
    generations/           derived from it, see `generation_files.py`
    locks/                 one file per county, held by the process that writes

A kill at any point leaves the old generation in force; batches whose record was written are merged at the next call.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import BusyError, LakeError
from riskmodel.tables import batches, generation
from riskmodel.tables.batches import Batch, BatchRecord
from riskmodel.tables.catalogue import table
from riskmodel.tables.files import Held, locked
from riskmodel.tables.generation_files import Published, in_force, replace
from riskmodel.tables.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = ["Batch", "BatchRecord", "Lake", "View"]


class Lake:
    """Reads and writes the lake in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def counties(self) -> list[str]:
        """Codes of the counties that have received something, ascending."""
        return batches.counties(self.folder)

    def records(self, county: str) -> list[BatchRecord]:
        """The batches of a county in the order of arrival. Raises LakeError when a record is damaged or missing."""
        return batches.read_records(self.folder, county)

    def newest_delivery(self) -> date:
        """Day of the newest delivery in the lake: the day on which labels are read. Raises LakeError when empty."""
        days = [record.received_on for county in self.counties() for record in self.records(county)]
        if not days:
            raise LakeError(f"the lake in {self.folder} is empty: nothing was received yet. Ingest a delivery first.")
        return date.fromisoformat(max(days))

    def receive(self, received: Iterable[Batch]) -> list[BatchRecord]:
        """Append batches in the order given and bring the generations up to date.

        A batch already received (same file, table, county and day) changes nothing at all. Rows that say nothing new
        are not written; a batch of such rows only leaves its record. Returns the records written. Raises BusyError when
        another process writes to one of the counties, DataError when rows of a batch contradict each other, LakeError
        when the lake is damaged, OSError when the disk refuses. What was recorded before an error stays.
        """
        by_county: dict[str, list[Batch]] = {}
        for batch in received:
            by_county.setdefault(batch.county, []).append(batch)
        with ExitStack() as locks:
            for county in sorted(by_county):
                locks.enter_context(self._locked(county))
            return [record for county, group in by_county.items() for record in self._receive(county, group)]

    def view(self, county: str, as_of: date) -> View:
        """What `county` knew at the end of the day `as_of`.

        While another process writes, this is what was published before. Raises LakeError for a county without batches
        and when a file is damaged or missing, BusyError when another process is writing the county's first generation.
        """
        records = self._refreshed(county)
        published, held = self._hold(county)
        if not published.batches <= {record.batch_id for record in records}:
            records = self.records(county)
        seen = [r for r in records if r.batch_id in published.batches and r.received_on <= as_of.isoformat()]
        return View(county, as_of, published.ids(), published.scan(), seen, held)

    def rebuild(self, county: str) -> None:
        """Derive the generation of a county again from its batches; the old one stays in force until that is done."""
        with self._locked(county):
            self._receive(county, [], fresh=True)

    def _receive(self, county: str, group: list[Batch], fresh: bool = False) -> list[BatchRecord]:
        writer = _CountyWriter(
            self.folder, county, Published(self._generations(county)) if fresh else self._current(county)
        )
        writer.catch_up()
        written = [record for batch in group if (record := writer.append(batch))]
        writer.publish()
        return written

    def _refreshed(self, county: str) -> list[BatchRecord]:
        """All records, after batches that are in no generation yet were merged, unless somebody is doing just that."""
        published = self._current(county)  # before the records: those of its batches were there first
        records = self.records(county)
        if not records:
            held = ", ".join(self.counties()) or "none"
            raise LakeError(f"no county {county} in the lake {self.folder}. It has: {held}. Ingest a delivery first.")
        batches.require_records(self.folder, county, records, published.batches)
        if {record.batch_id for record in records} != published.batches:
            try:
                with self._locked(county):
                    self._receive(county, [])
            except BusyError:
                if not published.number:
                    raise
        return records

    def _hold(self, county: str) -> tuple[Published, Held]:
        """The generation in force, kept on disk as long as the second value lives."""
        while True:
            published = self._current(county)
            try:
                return published, Held(published.path)
            except FileNotFoundError as error:
                if self._current(county) == published:
                    message = f"{published.path} is missing. Rebuild county {county} (Lake.rebuild)."
                    raise LakeError(message) from error

    def _current(self, county: str) -> Published:
        return in_force(self._generations(county))

    def _generations(self, county: str) -> Path:
        return self.folder / "generations" / f"county={county}"

    def _locked(self, county: str) -> AbstractContextManager[None]:
        return locked(self.folder / "locks" / f"county={county}", f"county {county} of the lake")


class _CountyWriter:
    """Appends batches to one county with its generation held in memory, and publishes it at the end."""

    def __init__(self, lake: Path, county: str, base: Published) -> None:
        self.lake, self.base = lake, base
        batches.sweep_batches(lake, county)
        self.records = batches.read_records(lake, county)
        batches.require_records(lake, county, self.records, base.batches)
        self.ids = base.ids()
        self.tables: dict[str, pl.DataFrame] = {}
        self.changed: set[str] = set()

    def catch_up(self) -> None:
        """Merge batches that have a record but are not in the generation (after a kill, or a rebuild)."""
        for record in self.records:
            if record.rows_written and record.batch_id not in self.base.batches:
                self._merge(record.table, batches.read_batch(self.lake, record))

    def append(self, batch: Batch) -> BatchRecord | None:
        """Write the record of a batch and what is new in it; None when the batch was received before."""
        if any(record.is_of(batch) for record in self.records):
            return None
        batch_id = BatchRecord.of(batch, self.records, 0).batch_id
        written = self._merge(batch.table, batch.rows.with_columns(batch_id=pl.lit(batch_id)))
        record = BatchRecord.of(batch, self.records, written.height)
        batches.write_batch(self.lake, record, written)
        self.records.append(record)
        return record

    def publish(self) -> None:
        """Put what was merged in force."""
        merged = {record.batch_id for record in self.records}
        if merged != self.base.batches:
            replace(self.base, {name: self.tables[name] for name in sorted(self.changed)}, self.ids, merged)

    def _merge(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Merge canonical rows; returns those written, in canonical form."""
        spec = table(name)
        if name not in self.tables:
            self.tables[name] = self.base.read(name)
        ids = self.ids.copy()
        merged, written = generation.merge(self.tables[name], generation.encode(rows, spec, ids), spec)
        if written.height:
            self.tables[name], self.ids = merged, ids
            self.changed.add(name)
        return generation.decode(written, spec, ids)
