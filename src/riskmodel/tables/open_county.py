"""A county opened for one household after another: its tables mapped into memory, a household's rows found by search.

A view plans its work for a county. For a page about one household that is too much: beside each generation lie its
tables once more in a form that needs no decoding (Arrow, `<table>.arrow`, made by the first who asks), so that a
household costs as much in a county of 100,000 as in a village. The files belong to the generation and go with it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import ipc

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.files import write_arrow
from riskmodel.tables.generation_files import POINTER
from riskmodel.tables.lake import Lake
from riskmodel.tables.lineage import ancestors
from riskmodel.tables.own_facts import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from riskmodel.tables.view import View

_HOME: Final = "household_id"
_KEPT: Final = 4
"""Counties that stay open in a process."""
_LOCK: Final = threading.Lock()


@dataclass(frozen=True)
class OpenCounty:
    """One generation of a county, opened; what was known on which day, a view of it says."""

    view: View = field(repr=False)
    """Of the day on which it was opened: its ids, records and files."""
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    homes: Mapping[str, NDArray[np.int32]] = field(repr=False)
    """Column `household_id` of each table that has one, ascending."""
    shared: Mapping[str, Mapping[int, list[int]]] = field(repr=False)
    """Of persons and loans that stand under several households: these households."""

    def own(self, household_id: str, as_of: date) -> View:
        """What was known of one household at the end of a day, and all that `own_facts` adds to it: the same rows."""
        ids = self.view.ids.find("H", pl.Series([household_id], dtype=pl.String)).drop_nulls()
        seen = [record for record in self.view.records if record.received_on <= as_of.isoformat()]
        day = replace(self.view, as_of=as_of, records=seen)
        own = set(ids.to_list())
        kin = self._kin(day, own)
        of = {subject: self._subjects(subject, table, own) for subject, table in SUBJECTS.items()}
        elsewhere = {home for subject, those in of.items() for home in self._homes_of(subject, those)} - own - kin
        rows = {name: self._rows(name, sorted(own | kin), sorted(elsewhere), of) for name in self.tables}
        empty = frozenset(name for name, frame in rows.items() if frame.is_empty())
        stored = {name: frame.lazy() for name, frame in rows.items()}
        return replace(day, stored=stored, empty=empty, in_memory=True)

    def _kin(self, day: View, own: set[int]) -> set[int]:
        """The households that these came from, as known on the day."""
        found, new = set(own), own
        while new and "households" in self.homes:
            named = self._rows("households", sorted(new), (), {})["predecessor_id"].drop_nulls()
            new = set(named.to_list()) - found
            found |= new
        if found == own:
            return set()
        line = {"households": self._rows("households", sorted(found), (), {}).lazy()}
        told = ancestors(replace(day, stored=line, in_memory=True))
        return set(told.filter(pl.col(_HOME).is_in(list(own)))["ancestor_id"].to_list())

    def _subjects(self, subject: str, table: str, own: set[int]) -> list[int]:
        if table not in self.homes:
            return []
        found: list[int] = self._rows(table, sorted(own), (), {})[subject].drop_nulls().unique().to_list()
        return found

    def _homes_of(self, subject: str, those: Iterable[int]) -> set[int]:
        return {home for one in those for home in self.shared[subject].get(one, ())}

    def _rows(
        self, name: str, homes: Sequence[int], elsewhere: Sequence[int], of: Mapping[str, Sequence[int]]
    ) -> pl.DataFrame:
        """Rows of households, and those of persons and loans under others, in the order of the table."""
        table = self.tables[name]
        if name not in self.homes:
            return table
        columns = [subject for subject, those in of.items() if those and subject in TABLES[name].facts]
        theirs = pl.any_horizontal([pl.col(subject).is_in(of[subject]) for subject in columns]) if columns else None
        parts = {home: self._slice(name, home) for home in homes}
        if theirs is not None:
            parts |= {home: self._slice(name, home).filter(theirs) for home in elsewhere}
        return pl.concat([parts[home] for home in sorted(parts)]) if parts else table.clear()

    def _slice(self, name: str, home: int) -> pl.DataFrame:
        column, wanted = self.homes[name], np.int32(home)  # of another type the whole column would be converted first
        first = int(np.searchsorted(column, wanted))
        return self.tables[name].slice(first, int(np.searchsorted(column, wanted, "right")) - first)


def open_county(lake: Lake, county: str) -> OpenCounty | None:
    """A county of a lake; it stays open until something arrives. None where no file can be written beside it.

    Raises what `Lake.view` raises.
    """
    arrivals = lake.folder / "manifests" / f"county={county}"
    pointer = lake.folder / "generations" / f"county={county}" / POINTER
    with _LOCK:
        return _opened(lake.folder, county, _changed(arrivals), _changed(pointer))


@lru_cache(maxsize=_KEPT)
def _opened(folder: Path, county: str, _arrivals: int, _pointer: int) -> OpenCounty | None:
    view = Lake(folder).view(county, date.max)
    assert view.held is not None, "a view of a lake holds its files"
    beside = view.held.folder
    try:
        tables = {name: _mapped(rows, beside / f"{name}.arrow") for name, rows in view.stored.items()}
    except OSError:
        return None
    homes = {name: rows[_HOME].to_numpy() for name, rows in tables.items() if _HOME in rows.columns}
    return OpenCounty(view, tables, homes, {subject: _shared(subject, tables) for subject in SUBJECTS})


def _mapped(rows: pl.LazyFrame, path: Path) -> pl.DataFrame:
    """The rows of a table in a file that is mapped into memory, and so shared by all processes that read it."""
    if not path.exists():
        write_arrow(path, rows.collect())
    with pa.memory_map(str(path)) as source:
        found = pl.from_arrow(ipc.open_file(source).read_all(), rechunk=False)
    assert isinstance(found, pl.DataFrame)
    return found


def _shared(subject: str, tables: Mapping[str, pl.DataFrame]) -> dict[int, list[int]]:
    """Persons, or loans, that stand under several households, and these."""
    pairs = [
        rows.lazy().select(subject, _HOME).unique()
        for name, rows in tables.items()
        if {subject, _HOME} <= set(rows.columns)
    ]
    if not pairs:
        return {}
    told = pl.concat(pairs).drop_nulls().unique().group_by(subject).agg(pl.col(_HOME).sort())
    return dict(told.filter(pl.col(_HOME).list.len() > 1).collect().iter_rows())


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
