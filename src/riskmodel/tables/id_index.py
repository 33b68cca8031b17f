"""In which counties an id stands: a small SQLite file beside the lake, derived from it and disposable.

An id may stand in several counties: a person who moved has rows in both, and the index tells all of them. Nothing is
ever taken out; an id that was withdrawn goes with the next `rebuild`. One table per kind of id, `id` being the 12 bytes
behind the letter. Ids go in and out as one block of bytes, cut up inside SQLite: a call per id would take longer
than the work.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import DataError, LakeError
from riskmodel.tables.catalogue import table
from riskmodel.tables.files import OWNERS_FILE, make_folder
from riskmodel.tables.storage import of_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.tables.lake import Lake

SUBJECTS: Final = {"households": "H", "members": "P"}
"""Tables whose subjects the index knows, and the kind of their ids."""
BUSY_SECONDS: Final = 30
"""How long a call waits for another process before it gives up."""

_BYTES: Final = 12
_CREATE: Final = """
    CREATE TABLE IF NOT EXISTS ids_{kind} (
        id BLOB NOT NULL, county INTEGER NOT NULL, PRIMARY KEY (id, county)
    ) WITHOUT ROWID
"""
_NUMBERED: Final = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)"
_NTH: Final = f"substr(:block, i * {_BYTES} + 1, {_BYTES})"
_PUT: Final = f"{_NUMBERED} INSERT OR IGNORE INTO ids_{{kind}} SELECT {_NTH}, :county FROM n"
# CROSS JOIN: SQLite must go from the wanted ids to the table, not the other way round
_FIND: Final = f"{_NUMBERED} SELECT i, county FROM n CROSS JOIN ids_{{kind}} ON id = {_NTH}"

_REMEDY: Final = (
    "It is derived from the lake: delete what is left of it and rebuild it with riskmodel rebuild-county COUNTY, for "
    "any county. / 该索引损坏或缺失，可由数据重新生成：请删除它，然后对任一县运行 riskmodel rebuild-county。"
)


class IdIndex:
    """The index in one file, made by the first `put`. Calls of several processes wait for each other.

    Every call raises BusyError when another process keeps the file, LakeError when it is damaged, OSError when the disk
    refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def missing(self) -> bool:
        """True while there is no file. What a lake held before has to be brought in by `rebuild`."""
        return not self.path.exists()

    def put(self, county: str, kind: str, ids: pl.Series) -> None:
        """Note that these ids of one kind stand in a county, all of them or none; what is known already stays.

        Raises DataError for an id of another form or kind.
        """
        wanted = ids.drop_nulls().unique().sort()
        if strange := wanted.len() - _of_kind(kind, wanted).len():
            raise DataError(
                f"{strange} id(s) for county {county} are no ids of kind {kind} (the letter and 24 hex digits). "
                "Bring them to the form of the contract before they are stored."
            )
        make_folder(self.path.parent)
        if self.missing:  # SQLite alone would let others read it
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, OWNERS_FILE))
        with self._open() as connection, connection:
            if wanted.len():
                given = {"block": _block(wanted), "count": wanted.len(), "county": int(county)}
                connection.execute(_PUT.format(kind=kind), given)

    def find(self, kind: str, ids: pl.Series) -> pl.DataFrame:
        """`id` and `county` (text), a row for each county in which one of the ids stands, sorted by both.

        An id that stands nowhere, or is none of this kind, has no row. Raises LakeError when the file is missing.
        """
        wanted = _of_kind(kind, ids.drop_nulls().unique().sort())
        if self.missing:
            raise LakeError(f"{self.path} is missing. {_REMEDY}")
        with self._open() as connection:
            given = {"block": _block(wanted), "count": wanted.len()}
            rows = connection.execute(_FIND.format(kind=kind), given).fetchall()
        found = pl.DataFrame(rows, schema={"i": pl.Int64, "county": pl.Int64}, orient="row").sort("i", "county")
        return found.select(id=wanted.gather(found["i"]), county=pl.col("county").cast(pl.String).str.zfill(6))

    def counties_of(self, id_: str) -> list[str]:
        """Codes of the counties in which an id stands, ascending; none for an unknown one. Errors as for `find`."""
        kind = id_[:1]
        return self.find(kind, pl.Series([id_]))["county"].to_list() if kind in SUBJECTS.values() else []

    def rebuild(self, lake: Lake) -> None:
        """Derive the index again from the households and members that the counties of the lake know.

        The old file stays in use until the new one is complete. Raises LakeError when the lake is damaged.
        """
        fresh = IdIndex(self.path.with_name(f".{self.path.name}.tmp"))
        fresh.path.unlink(missing_ok=True)
        fresh.put("0", "H", pl.Series([], dtype=pl.String))  # an empty lake has an index too
        for county in lake.counties():
            view = lake.view(county, lake.newest_delivery())
            for name, kind in SUBJECTS.items():
                subject = table(name).key[0]
                codes = view.table(name).select(pl.col(subject).unique()).collect()[subject]
                fresh.put(county, kind, view.ids.decode(kind, codes))
        fresh.path.replace(self.path)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA cache_size = -65536")  # KiB: ids come in no order, so pages are met again
                for kind in SUBJECTS.values():
                    connection.execute(_CREATE.format(kind=kind))
                yield connection
        except sqlite3.DatabaseError as error:
            ours = of_sqlite(self.path, error)
            if ours is None:
                raise
            if isinstance(ours, DataError):
                ours = LakeError(f"{self.path} is damaged ({error}). {_REMEDY}")
            raise ours from error


def _of_kind(kind: str, ids: pl.Series) -> pl.Series:
    """Those that have the form of ids of a kind. The kind becomes part of SQL: only a known one goes through."""
    if kind not in SUBJECTS.values():
        raise ValueError(f"no index of ids of kind {kind!r}; there are: {', '.join(SUBJECTS.values())}")
    return ids.filter(ids.cast(pl.String).str.contains(f"^{kind}[0-9a-f]{{24}}$"))


def _block(ids: pl.Series) -> bytes:
    """The ids without their letters, one behind the other."""
    return bytes.fromhex("".join(ids.str.slice(1).to_list()))
