"""What one county knew on a day: the only door to the facts for features and labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from riskmodel.tables import generation
from riskmodel.tables.bitemporal import known, newest_states
from riskmodel.tables.catalogue import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import polars as pl

    from riskmodel.tables.batches import BatchRecord
    from riskmodel.tables.files import Held
    from riskmodel.tables.generation import Ids


@dataclass(frozen=True)
class View:
    """What one county knew at the end of the day `as_of`.

    A view of a lake keeps its files as long as it lives, whatever is published meanwhile.
    """

    county: str
    as_of: date
    ids: Ids = field(repr=False)
    stored: Mapping[str, pl.LazyFrame] = field(repr=False)
    records: Sequence[BatchRecord] = field(default=(), repr=False)
    held: Held | None = field(default=None, repr=False, compare=False)
    empty: frozenset[str] = field(default=frozenset(), repr=False)
    """Stored tables that have no row at all."""

    def table(self, name: str) -> pl.LazyFrame:
        """Known rows of a table in the stored form, sorted by household and event date. Empty where nothing arrived."""
        frame = self.stored.get(name)
        return known(generation.empty(table(name)).lazy() if frame is None else frame, self.as_of)

    def lacks(self, name: str) -> bool:
        """Whether there is no row of a table, known or not; a table of a lake that was delivered has some."""
        return name not in self.stored or name in self.empty

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
        empty = frozenset(name for name, frame in stored.items() if frame.is_empty())
        return cls(county, as_of, ids, {name: frame.lazy() for name, frame in stored.items()}, empty=empty)
