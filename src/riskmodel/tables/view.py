"""What one county knew on a day: the only door to the facts for features and labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables import generation, memory
from riskmodel.tables.bitemporal import known, newest_states
from riskmodel.tables.catalogue import table
from riskmodel.tables.memory import AS_WRITTEN
from riskmodel.tables.plain_rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from datetime import date

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
    called: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What records and publications call its households, by what they are called here, where that differs."""
    in_memory: bool = field(default=False, repr=False)
    """Whether the rows are in memory, and few: then plans are worked through in the least steps, see `collect`."""
    _made: dict[tuple[Hashable, ...], pl.LazyFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    _plain: dict[str, Rows] = field(default_factory=dict, init=False, repr=False, compare=False)

    def table(self, name: str) -> pl.LazyFrame:
        """Known rows of a table in the stored form, sorted by household and event date. Empty where nothing arrived."""
        if self.in_memory:
            return self.rows(name).lazy()
        return self.once(("table", name), lambda: known(self.stored.get(name, _empty(name).lazy()), self.as_of))

    def rows(self, name: str) -> pl.DataFrame:
        """The same rows, collected."""
        if self.lacks(name):
            return _empty(name)
        return self._known_in_memory[name] if self.in_memory else self.table(name).collect()

    def plain(self, name: str) -> Rows:
        """The same rows in plain Python, for one household after another."""
        if name not in self._plain:
            rows = self.rows(name)
            self._plain[name] = Rows(rows.height, lambda _, column: rows.get_column(column).to_list())
        return self._plain[name]

    def lacks(self, name: str) -> bool:
        """Whether there is no row of a table, known or not; a table of a lake that was delivered has some."""
        return name not in self.stored or name in self.empty

    def states(self, name: str, on: date | None = None) -> pl.LazyFrame:
        """State of each subject of a state table (villages, households, members) on a day, by default `as_of`."""
        return newest_states(self.table(name), table(name).key[0], on or self.as_of)

    def once(self, what: tuple[Hashable, ...], plan: Callable[[], pl.LazyFrame]) -> pl.LazyFrame:
        """A plan on this view that several others begin with; with rows in memory it is worked through only once."""
        if what not in self._made:
            self._made[what] = self.collect(plan()).lazy() if self.in_memory else plan()
        return self._made[what]

    def collect(self, plan: pl.LazyFrame) -> pl.DataFrame:
        """What a plan on this view gives."""
        return plan.collect(engine="in-memory", optimizations=AS_WRITTEN) if self.in_memory else plan.collect()

    def collect_all(self, plans: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
        """What plans on this view give; what they have in common is done once."""
        if self.in_memory:
            return pl.collect_all(plans, engine="in-memory", optimizations=AS_WRITTEN)
        return pl.collect_all(plans)

    def canonical(self, name: str) -> pl.DataFrame:
        """Known rows of a table in canonical form, for people and for tests."""
        return generation.decode(self.table(name).collect(), table(name), self.ids)

    @cached_property
    def _known_in_memory(self) -> dict[str, pl.DataFrame]:
        """Known rows of all tables together, where they are in memory: one by one takes twice as long."""
        names = [name for name in self.stored if not self.lacks(name)]
        made = self.collect_all([known(self.stored[name], self.as_of) for name in names])
        return dict(zip(names, made, strict=True))

    @classmethod
    def of(cls, rows: Mapping[str, pl.DataFrame], as_of: date, county: str = "") -> View:
        """A view on canonical rows in memory: the same code for one household's facts as for a county."""
        ids, stored = memory.build(rows)
        empty = frozenset(name for name, frame in stored.items() if frame.is_empty())
        lazy = {name: frame.lazy() for name, frame in stored.items()}
        return cls(county, as_of, ids, lazy, empty=empty, in_memory=True)


@cache
def _empty(name: str) -> pl.DataFrame:
    """A table of which nothing arrived."""
    return generation.empty(table(name))
