"""Plans that are made once and followed for the rows of a few households after those of a few others.

Polars takes far longer to make a plan of hundreds of expressions than to follow it for a few rows, and for every
household of a county and day the plan is the same: only the rows differ. So it is made on places without rows, into
which the rows of a household are put before it is followed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from riskmodel.tables import View, generation
from riskmodel.tables.catalogue import table
from riskmodel.tables.generation import Ids
from riskmodel.tables.memory import AS_WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from datetime import date


class Place:
    """A place in plans for rows that are given when they are followed; empty until then."""

    def __init__(self, schema: pl.Schema) -> None:
        self.rows = pl.DataFrame(schema=schema)
        self.plan = register_io_source(self._read, schema=schema)

    def _read(
        self, columns: list[str] | None, condition: pl.Expr | None, most: int | None, _: int | None
    ) -> Iterator[pl.DataFrame]:
        rows = self.rows if columns is None else self.rows[columns]
        rows = rows if condition is None else rows.filter(condition)
        yield rows if most is None else rows.head(most)


@dataclass(frozen=True)
class Mould(View):
    """A view without rows: plans on it can be followed with the rows of any view in memory of its county and day.

    Not by two threads at a time, for they would put their rows into the same places.
    """

    tables: dict[str, Place] = field(default_factory=dict, repr=False, compare=False)
    """Places of the known rows of the tables that are looked at."""
    between: list[tuple[pl.LazyFrame, Place]] = field(default_factory=list, repr=False, compare=False)
    """What several plans begin with, in the order in which it has to be made, and where it is put."""

    @classmethod
    def for_views(cls, county: str, as_of: date) -> Mould:
        """A mould for the views of a county and day."""
        return cls(county, as_of, Ids(), {}, in_memory=True)

    def table(self, name: str) -> pl.LazyFrame:
        """The place of the known rows of a table."""
        if name not in self.tables:
            self.tables[name] = Place(generation.empty(table(name)).schema)
        return self.tables[name].plan

    def once(self, what: tuple[Hashable, ...], plan: Callable[[], pl.LazyFrame]) -> pl.LazyFrame:
        """A place for what several plans begin with."""
        if what not in self._made:
            made = plan()
            place = Place(made.collect_schema())
            self.between.append((made, place))
            self._made[what] = place.plan
        return self._made[what]

    def fill(self, view: View) -> None:
        """Put the rows of a view in memory into all places."""
        for name, place in self.tables.items():
            place.rows = view.rows(name)
        for plan, place in self.between:
            place.rows = followed(plan)


def kept(plan: pl.LazyFrame) -> pl.LazyFrame:
    """The plan, with what Polars found out about it kept inside, so that following it begins there."""
    plan.collect_schema()
    return plan


def followed(plan: pl.LazyFrame) -> pl.DataFrame:
    """What a plan gives for few rows."""
    return plan.collect(engine="in-memory", optimizations=AS_WRITTEN)
