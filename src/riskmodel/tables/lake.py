"""The lake: received batches are the truth, a generation per county is the speed.

    batches/, manifests/   what was received, see `batches.py`
    generations/           derived from it, see `generation_files.py`
    locks/                 one file per county, held by the process that writes

A kill at any point leaves the old generation in force; batches whose record was written are merged at the next call.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from riskmodel.errors import BusyError, LakeError
from riskmodel.tables import batches
from riskmodel.tables.batches import Batch, BatchRecord
from riskmodel.tables.files import Held, locked
from riskmodel.tables.generation_files import POINTER, Published, in_force, remedy
from riskmodel.tables.view import View
from riskmodel.tables.writer import LakeWriter, lock_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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

    def writer(self) -> LakeWriter:
        """A writer for any number of counties, to be used in a `with` block; see `LakeWriter`."""
        return LakeWriter(self.folder)

    def receive(self, received: Iterable[Batch]) -> list[BatchRecord]:
        """Append batches in the order given and bring the generations up to date.

        A batch already received (same file, table, county and day) changes nothing at all. Rows that say nothing new
        are not written; a batch of such rows only leaves its record. Returns the records written. Raises BusyError when
        another process writes to one of the counties, DataError when rows of a batch contradict each other, LakeError
        when the lake is damaged, OSError when the disk refuses. What was recorded before an error stays.
        """
        group = list(received)
        with self.writer() as writer:
            for county in sorted({batch.county for batch in group}):
                writer.county(county)
            appended = [writer.county(batch.county).append(batch) for batch in group]
        return [done.record for done in appended if done]

    def view(self, county: str, as_of: date, *, verified: bool = False) -> View:
        """What `county` knew at the end of the day `as_of`.

        While another process writes, this is what was published before. `verified`: every file is read once before, for
        what must not be made of damaged files; else only its size is looked at. Raises LakeError for a county without
        batches and when a file is damaged or missing, BusyError when another process is writing the county's first
        generation.
        """
        records = self._refreshed(county)
        published, held = self._hold(county)
        if not published.batches <= {record.batch_id for record in records}:
            records = self.records(county)
        if verified:
            published.require_sound()
        seen = [r for r in records if r.batch_id in published.batches and r.received_on <= as_of.isoformat()]
        return View(county, as_of, published.ids(), published.scan(), seen, held)

    def state(self, county: str) -> str:
        """Hash of the batches of a county that are in force, of all days, after those were merged that were not yet.

        The same before and after a view is taken: that is what the view was taken of. A batch received after the day of
        a view counts too, because it may tell what was known before. Raises what `view` does.
        """
        records = self._refreshed(county)
        merged = self._current(county).batches
        seen = [asdict(record) for record in records if record.batch_id in merged]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:16]

    def size(self, county: str) -> int:
        """Bytes of the files of a county that are in force."""
        return sum(self._current(county).files.values())

    def rebuild(self, county: str) -> None:
        """Derive the generation of a county again from its batches; the old one stays in force until that is done."""
        with self.writer() as writer:
            writer.county(county, fresh=True)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nobody else writes to a county of the lake for the length of the block; readers are not held up.

        Raises BusyError when somebody does already.
        """
        with ExitStack() as locks:
            for county in self.counties():
                locks.enter_context(locked(lock_path(self.folder, county), f"county {county} of the lake"))
            yield

    def files_in_force(self) -> list[Path]:
        """The files of the generations in force and their pointers; without those of another layout."""
        found: list[Path] = []
        for county in self.counties():
            published = self._current(county)
            if published.number:
                found += [published.folder / POINTER, *(published.checked(file) for file in sorted(published.files))]
        return found

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
                with self.writer() as writer:
                    writer.county(county)
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
                    raise LakeError(f"{published.path} is missing. {remedy(published.folder)}") from error

    def _current(self, county: str) -> Published:
        return in_force(self._generations(county))

    def _generations(self, county: str) -> Path:
        return self.folder / "generations" / f"county={county}"
