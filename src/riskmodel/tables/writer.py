"""Writing to the lake: one writer for any number of counties, each locked and held in memory until it is published."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables import batches, generation
from riskmodel.tables.arrivals import Editions, consequences
from riskmodel.tables.batches import Batch, BatchRecord
from riskmodel.tables.bitemporal import STILL_KNOWN, known
from riskmodel.tables.catalogue import table
from riskmodel.tables.files import locked
from riskmodel.tables.generation_files import Published, in_force, replace
from riskmodel.tables.id_index import SUBJECTS, IdIndex

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from riskmodel.tables.table import Table

INDEX: Final = "index.sqlite"
"""File of the index in the folder of the lake."""

PLACE: Final = "in_batch"
"""Column: position of a row in its batch."""
_NEWEST = (pl.col("known_until") == pl.lit(STILL_KNOWN)) & ~pl.col("retracted")


@dataclass(frozen=True)
class Appended:
    """What a batch left in the lake."""

    record: BatchRecord
    news: pl.DataFrame = field(repr=False)
    """The rows of the batch that said something new, in stored form, and `in_batch`, their position in the batch."""
    consequences: dict[str, int] = field(default_factory=dict)
    """How many rows had to be written because of them, by the rule of `arrivals.MEANINGS`."""


class LakeWriter:
    """Appends batches to a lake. Leaving the block without an error puts everything in force.

    After an error, or a kill, what was appended stands in the batches and is merged by the next reader or writer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._locks = ExitStack()
        self._counties: dict[str, CountyWriter] = {}

    def __enter__(self) -> LakeWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._locks:
            if error is None:
                self.publish()

    def county(self, code: str, *, fresh: bool = False) -> CountyWriter:
        """The writer of one county, locked from the first call on; `fresh` derives its generation from the batches.

        Raises BusyError when another process holds the county, LakeError when its files are damaged.
        """
        if code not in self._counties:
            self._locks.enter_context(locked(lock_path(self.folder, code), f"county {code} of the lake"))
            generations = self.folder / "generations" / f"county={code}"
            base = Published(generations) if fresh else in_force(generations)
            self._counties[code] = CountyWriter(self.folder, code, base)
        return self._counties[code]

    @property
    def index(self) -> IdIndex:
        """The index from id to county; once it is there, it knows all that was appended."""
        return IdIndex(self.folder / INDEX)

    def publish(self) -> None:
        """Put in force what was appended so far.

        The index was told of every batch before it counted; one that is not there is made of what is in force.
        """
        for writer in self._counties.values():
            writer.publish()
        if self.index.missing and batches.counties(self.folder):
            from riskmodel.tables.lake import Lake  # it writes through this file

            self.index.rebuild(Lake(self.folder))


class CountyWriter:
    """Appends batches to one county with its generation held in memory."""

    def __init__(self, lake: Path, county: str, base: Published) -> None:
        self.lake, self.county, self.base = lake, county, base
        batches.sweep_batches(lake, county)
        self.records = batches.read_records(lake, county)
        batches.require_records(lake, county, self.records, base.batches)
        self.ids = base.ids()
        self.changed: set[str] = set()
        self._tables: dict[str, pl.DataFrame] = {}
        self._stored: dict[str, pl.DataFrame] = {}
        self._known: dict[str, pl.DataFrame] = {}
        self.remembered: dict[tuple[str, ...], pl.DataFrame] = {}
        """For callers: what they worked out of tables of this version."""
        self._catch_up()

    def stored(self, name: str) -> pl.DataFrame:
        """All versions of a table in stored form."""
        if name not in self._stored:
            self._stored[name] = self._rows(name).drop(generation.LOOSE)
        return self._stored[name]

    def known(self, name: str) -> pl.DataFrame:
        """The newest version of every key of a table, retracted keys left out, in stored form."""
        if name not in self._known:
            self._known[name] = self.stored(name).filter(_NEWEST)
        return self._known[name]

    def known_on(self, name: str, day: date) -> pl.DataFrame:
        """The rows of a table as they were known at the end of a day, in stored form."""
        return known(self.stored(name), day)

    def known_between(self, name: str, since: object, until: object) -> pl.DataFrame:
        """Those of the `known` rows whose event lies in a range of days; cheaper where a table is large."""
        inside = pl.col(table(name).event).is_between(pl.lit(since), pl.lit(until))
        return self.stored(name).filter(inside).filter(_NEWEST)

    def subjects(self, name: str) -> pl.Series:
        """Ids of the subjects of households or members that have a row, as text."""
        subject = table(name).key[0]
        return self.ids.decode(SUBJECTS[name], self.known(name)[subject].unique())

    def received(self, batch: Batch) -> BatchRecord | None:
        """The record of the same file, received for the same table on the same day; None if it is new."""
        same_bytes = (record for record in self.records if record.sha256 == batch.sha256)
        return next((record for record in same_bytes if record.is_of(batch)), None)

    def append(self, batch: Batch) -> Appended | None:
        """Write the record of a batch and what is new in it; None when the batch was received before.

        Rows that bring a `batch_id` keep it: they waited in an earlier batch. Raises DataError when rows of the batch
        contradict each other.
        """
        if self.received(batch):
            return None
        spec, stored = table(batch.table), self.stored(batch.table)
        batch_id = BatchRecord.of(batch, self.records, 0).batch_id
        own = pl.col("batch_id") if batch.keeps_batch_ids else pl.lit(None, dtype=pl.String)
        ids = self.ids.copy()
        given = generation.encode(batch.rows.with_columns(batch_id=own.fill_null(batch_id)), spec, ids)
        written = self._merge(batch.table, given, ids)
        beside = {
            found.rule: self._merge(batch.table, found.rows, self.ids)
            for found in consequences(spec, stored, given, written, batch, self._editions(batch))
        }
        rows = generation.decode(pl.concat([written, *beside.values()]), spec, ids)
        record = BatchRecord.of(batch, self.records, rows.height)
        self._tell_index(batch.table, rows)
        batches.write_batch(self.lake, record, rows)
        self.records.append(record)
        return Appended(record, _news(given, written, spec), {rule: found.height for rule, found in beside.items()})

    def interrupted(self, batch: Batch) -> Appended | None:
        """What a batch had left in the lake whose ingest was broken off before it was published; else None."""
        record = self.received(batch)
        if record is None or record.batch_id in self.base.batches:
            return None
        spec, ids = table(batch.table), self.ids.copy()
        rows = batches.read_batch(self.lake, record) if record.rows_written else spec.empty()
        given, written = (generation.encode(part, spec, ids) for part in (batch.rows, rows))
        return Appended(record, _news(given, written, spec))

    def publish(self) -> None:
        """Put what was merged in force."""
        merged = {record.batch_id for record in self.records}
        if merged != self.base.batches:
            tables = {name: generation.settled(self._tables[name], table(name)) for name in sorted(self.changed)}
            replace(self.base, tables, self.ids, merged)
            self.base = in_force(self.base.folder)
            self._tables |= {name: generation.unsettled(rows) for name, rows in tables.items()}
            self.changed.clear()

    def _rows(self, name: str) -> pl.DataFrame:
        """A table with what was appended since it was published, which is not in its place yet."""
        if name not in self._tables:
            self._tables[name] = generation.unsettled(self.base.read(name))
        return self._tables[name]

    def _catch_up(self) -> None:
        """Merge batches that have a record but are not in the generation (after a kill, or a rebuild)."""
        for record in self.records:
            if record.rows_written and record.batch_id not in self.base.batches:
                ids, spec = self.ids.copy(), table(record.table)
                self._merge(record.table, generation.encode(batches.read_batch(self.lake, record), spec, ids), ids)

    def _tell_index(self, name: str, rows: pl.DataFrame) -> None:
        """Let the index know of subjects before their record counts: a kill in between costs a detour, not a household.

        An index that is not there yet is made when everything is published.
        """
        index = IdIndex(self.lake / INDEX)
        if name in SUBJECTS and not index.missing:
            index.put(self.county, SUBJECTS[name], rows[table(name).key[0]])

    def _editions(self, batch: Batch) -> Editions:
        """Earlier editions of a full list: same table, file name, source and period, an earlier day."""
        if not batch.full_list or batch.unusable is None:
            return Editions()
        former = [record.batch_id for record in self.records if record.is_earlier_edition_of(batch)]
        return Editions(former, self.ids.find("H", batch.unusable).drop_nulls())

    def _merge(self, name: str, encoded: pl.DataFrame, ids: generation.Ids) -> pl.DataFrame:
        """Merge encoded rows; returns those written."""
        absorbed, written = generation.absorb(self._rows(name), encoded, table(name))
        if written.height:
            self._tables[name], self.ids = absorbed, ids
            self._stored.pop(name, None)
            self._known.pop(name, None)
            self.remembered = {key: value for key, value in self.remembered.items() if key[0] != name}
            self.changed.add(name)
        return written


def lock_path(lake: Path, county: str) -> Path:
    """The file that whoever writes to a county holds."""
    return lake / "locks" / f"county={county}"


def _news(given: pl.DataFrame, written: pl.DataFrame, spec: Table) -> pl.DataFrame:
    """Rows of a batch with a key of which something was written."""
    keys = written.select(spec.key).unique()
    return given.with_row_index(PLACE).join(keys, on=spec.key, how="semi", nulls_equal=True, maintain_order="left")
