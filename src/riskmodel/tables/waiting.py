"""Rows that wait until their household or person is known, file by file.

<lake>/waiting/<table>/<day>-<hash>.parquet     canonical rows of one received file that could not be stored yet
<lake>/waiting/news                             day of households or members for which they were not tried again yet
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import LakeError
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.files import sweep, write_bytes, write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.tables.batches import Origin

_FACTS: Final = ("file", "sha256", "received_on", "mode", "source", "hint")
_NEWS: Final = "news"
_PREFIX: Final = "file_"
"""Before the facts of the file, so that they never meet a column of a table."""


@dataclass(frozen=True)
class Waiting:
    """Rows of one file that wait."""

    table: str
    rows: pl.DataFrame = field(repr=False)
    """Canonical columns, `row` and `waits_for`."""
    file: str
    sha256: str
    received_on: date
    mode: str
    source: str
    hint: str
    """County that the delivery named, or empty."""

    @property
    def origin(self) -> Origin:
        """That of the batch in which the other rows of the file are."""
        return (self.sha256, self.table, self.received_on.isoformat(), self.mode)

    def path(self, lake: Path) -> Path:
        """Where the rows are kept."""
        return lake / "waiting" / self.table / f"{self.received_on}-{self.mode}-{self.sha256[:16]}.parquet"


def keep(lake: Path, waiting: Waiting) -> None:
    """Keep these rows, and only these, of their file; none of them left removes it."""
    path = waiting.path(lake)
    if waiting.rows.is_empty():
        path.unlink(missing_ok=True)
        return
    facts = {f"{_PREFIX}{name}": pl.lit(getattr(waiting, name)) for name in _FACTS}
    write_parquet(path, waiting.rows.with_columns(**facts))


def kept(lake: Path) -> Iterator[Waiting]:
    """What waits, in the order of the tables, then of the days. Raises LakeError when a file is damaged."""
    for name in TABLES:
        for path in sorted((lake / "waiting" / name).glob("[0-9]*.parquet")):
            try:
                rows = pl.read_parquet(path, glob=False)
                facts = rows.select(f"^{_PREFIX}.*$").row(0, named=True)
            except (pl.exceptions.PolarsError, OSError) as error:
                raise LakeError(f"{path} is damaged ({error}). Restore it from the backup.") from error
            named = {fact.removeprefix(_PREFIX): value for fact, value in facts.items()}
            yield Waiting(table=name, rows=rows.drop(list(facts)), **named)


def expect(lake: Path, day: date) -> None:
    """Note, before they are stored, that households or members of this day may be those that rows wait for.

    The note outlives a kill: what could not be tried then is tried by the next ingest.
    """
    if expected(lake) != day:
        write_bytes(lake / "waiting" / _NEWS, day.isoformat().encode())


def expected(lake: Path) -> date | None:
    """The day noted last; None when everything that waits was tried since. Raises LakeError when it is damaged."""
    path = lake / "waiting" / _NEWS
    try:
        return date.fromisoformat(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise LakeError(f"{path} is damaged ({error}). Write the day of the newest delivery into it.") from error


def tried(lake: Path) -> None:
    """Everything that waits was tried with all that is known."""
    (lake / "waiting" / _NEWS).unlink(missing_ok=True)


def sweep_waiting(lake: Path) -> None:
    """Remove what a killed process left half-written."""
    for folder in [lake / "waiting", *lake.glob("waiting/*")]:
        sweep(folder)
