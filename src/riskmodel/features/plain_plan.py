"""Plans for the rows of one household: written like those of Polars, followed in plain Python.

The code that makes plans for a county (`windows.py`, `facts.py`) makes these too: a plan here has those methods of a
lazy frame which it uses, with the meaning that they have there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from riskmodel.features.plain_values import translated
from riskmodel.tables import View, generation
from riskmodel.tables.catalogue import table
from riskmodel.tables.generation import Ids
from riskmodel.tables.plain_rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from datetime import date

    from riskmodel.tables.plain_rows import Column, Value


@dataclass
class Given:
    """The household that plans are followed for, and the view that has its rows in memory."""

    view: View
    household: int
    rows: dict[str, Rows] = field(default_factory=dict, repr=False)
    """Rows that do not come from the view, see `PlainPlan.put`."""
    _made: dict[tuple[Hashable, ...], Rows] = field(default_factory=dict, repr=False)

    def once(self, what: tuple[Hashable, ...], rows: Callable[[Given], Rows]) -> Rows:
        """Rows that several plans begin with."""
        if what not in self._made:
            self._made[what] = rows(self)
        return self._made[what]


@dataclass(frozen=True)
class PlainPlan:
    """A plan, and how its rows are made of what is known of a household."""

    like: pl.LazyFrame = field(repr=False)
    """The same plan for Polars, on no rows: it tells names and types."""
    source: Callable[[Given], Rows] = field(repr=False)
    """The rows that it begins with."""
    more: Mapping[str, Value] = field(default_factory=dict, repr=False)
    """The columns that are added to them, by name; also made of each other."""

    def rows(self, given: Given) -> Rows:
        """The rows that it gives of what is known of a household."""
        rows, more = self.source(given), self.more
        if not more:
            return rows
        return Rows(rows.height, lambda wider, name: wider.full(more[name]) if name in more else rows[name])

    @classmethod
    def put(cls, name: str, schema: Mapping[str, pl.DataType]) -> PlainPlan:
        """The rows that are put under a name before a plan is followed."""
        return cls(pl.LazyFrame(schema=schema), lambda given: given.rows[name])

    def collect(self) -> pl.DataFrame:
        """What it gives of no rows, for code that looks at rows while it makes a plan."""
        return self.like.collect()

    def filter(self, condition: pl.Expr) -> PlainPlan:
        """The rows for which something holds."""
        holds = self.values({"holds": condition})["holds"]

        def kept(given: Given) -> Rows:
            rows = self.rows(given)
            which = rows.full(holds)
            return Rows(sum(map(bool, which)), lambda _, name: list(compress(rows[name], which)))

        return PlainPlan(self.like.filter(condition), kept)

    def with_columns(self, *values: pl.Expr, **named: pl.Expr) -> PlainPlan:
        """The rows with more columns."""
        made, like = self.values(_named(values) | named), self.like.with_columns(*values, **named)
        if not made.keys() & self.like.collect_schema().keys():  # then one may be made of another
            return PlainPlan(like, self.source, {**self.more, **made})

        def instead(given: Given) -> Rows:
            rows = self.rows(given)
            return Rows(rows.height, lambda _, name: rows.full(made[name]) if name in made else rows[name])

        return PlainPlan(like, instead)

    def select(self, *values: str | pl.Expr | Iterable[str | pl.Expr], **named: str | pl.Expr) -> PlainPlan:
        """These columns, and no others."""
        new = [value for value in _listed(values) if not value.meta.is_column()]
        wider = self.with_columns(*new, **_columns(named)) if new or named else self
        return PlainPlan(self.like.select(*values, **named), wider.source, wider.more)

    def drop(self, column: str) -> PlainPlan:
        """The rows without a column."""
        return PlainPlan(self.like.drop(column), self.source, self.more)

    def sort(self, *columns: str) -> PlainPlan:
        """The rows in the order of these columns, in which nothing is null."""

        def ordered(given: Given) -> Rows:
            rows = self.rows(given)
            keys = list(zip(*(rows[column] for column in columns), strict=True))
            return rows.part(sorted(range(rows.height), key=keys.__getitem__))

        return PlainPlan(self.like.sort(*columns), ordered)

    def unique(self) -> PlainPlan:
        """The rows, each once."""
        keys: list[Value] = [itemgetter(name) for name in self.like.collect_schema()]

        def different(given: Given) -> Rows:
            rows = self.rows(given)
            return rows.part([places[0] for places in rows.groups(keys).values()])

        return PlainPlan(self.like.unique(), different)

    def join(self, other: PlainPlan, on: str | list[str], how: str, **kept: Any) -> PlainPlan:
        """The rows with the columns of those that agree in some columns; `how` is inner or left."""
        keys: list[Value] = [itemgetter(name) for name in ([on] if isinstance(on, str) else on)]
        own = frozenset(self.like.collect_schema())

        def joined(given: Given) -> Rows:
            left, right = self.rows(given), other.rows(given)
            found = right.groups(keys)
            nobody: list[int | None] = [None] if how == "left" else []
            # null is like nothing, not even null
            pairs = [
                (i, j) for i, key in left.keys_of(keys) for j in (nobody if None in key else found.get(key, nobody))
            ]
            return _paired(left, right, pairs, own)

        return PlainPlan(self.like.join(other.like, on=on, how=cast("Any", how), **kept), joined)

    def group_by(self, column: str) -> OfHousehold:
        """The rows of the household."""
        return OfHousehold(self, column)

    def values(self, expressions: Mapping[str, pl.Expr]) -> dict[str, Value]:
        """What expressions give of the rows."""
        return translated(expressions, self.like)


@dataclass(frozen=True)
class OfHousehold:
    """A plan whose rows are put together into one: those of the household, if there are any."""

    plan: PlainPlan
    column: str

    def agg(self, *values: pl.Expr) -> PlainPlan:
        """One row with what these aggregates give."""
        made = self.plan.values(_named(values))

        def together(given: Given) -> Rows:
            rows, household = self.plan.rows(given), given.household
            own = [place for place, each in enumerate(rows[self.column]) if each == household]
            if not own:
                return Rows(0, lambda _, __: [])
            rows = rows if len(own) == rows.height else rows.part(own)

            def column(_: Rows, name: str) -> Column:
                return [household] if name == self.column else made[name](rows)

            return Rows(1, column)

        return PlainPlan(self.plan.like.group_by(self.column).agg(*values), together)


@dataclass(frozen=True)
class Sketch(View):
    """A view without rows: plans made on it are followed in plain Python, for views of its county and day."""

    @classmethod
    def for_views(cls, county: str, as_of: date) -> Sketch:
        """A sketch for the views of a county and day."""
        return cls(county, as_of, Ids(), {}, in_memory=True)

    def table(self, name: str) -> pl.LazyFrame:
        """The known rows of a table."""

        plan = PlainPlan(generation.empty(table(name)).lazy(), lambda given: given.view.plain(name))
        return as_lazy(plan)

    def once(self, what: tuple[Hashable, ...], plan: Callable[[], pl.LazyFrame]) -> pl.LazyFrame:
        """A plan that several others begin with."""
        if what not in self._made:
            made = as_plain(plan())
            self._made[what] = as_lazy(PlainPlan(made.like, lambda given: given.once(what, made.rows)))
        return self._made[what]


def as_lazy(plan: PlainPlan) -> pl.LazyFrame:
    """The plan for code that takes those of Polars: it has the methods that features use."""
    return cast("pl.LazyFrame", plan)


def as_plain(plan: pl.LazyFrame) -> PlainPlan:
    """What such code made of it."""
    return cast("PlainPlan", plan)


def _listed(values: Iterable[str | pl.Expr | Iterable[str | pl.Expr]]) -> list[pl.Expr]:
    """Columns that are given by name, as expressions or as several of these."""
    found: list[pl.Expr] = []
    for value in values:
        found += (
            [value if isinstance(value, pl.Expr) else pl.col(value)]
            if isinstance(value, str | pl.Expr)
            else _listed(value)
        )
    return found


def _named(values: Iterable[pl.Expr]) -> dict[str, pl.Expr]:
    return {value.meta.output_name(): value for value in values}


def _columns(named: Mapping[str, str | pl.Expr]) -> dict[str, pl.Expr]:
    return {name: pl.col(value) if isinstance(value, str) else value for name, value in named.items()}


def _paired(left: Rows, right: Rows, pairs: list[tuple[int, int | None]], own: frozenset[str]) -> Rows:
    """Rows of two together; without one on the right its columns are null."""

    def column(_: Rows, name: str) -> Column:
        if name in own:
            return [left[name][place] for place, _ in pairs]
        return [None if place is None else right[name][place] for _, place in pairs]

    return Rows(len(pairs), column)
