"""Values that several features are made of, each worked out once per household.

To work out an expression takes the longer, the deeper it is, even for one row: so what features share, such as the
divisors of ratios, is made a column first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl


@dataclass
class Steps:
    """Columns to add before the features, in rounds: those of a round need only columns of the rounds before it."""

    name: str
    """First part of the names of these columns."""
    rounds: list[list[pl.Expr]] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict, repr=False)
    """Round of each column."""

    @property
    def made_from(self) -> frozenset[str]:
        """The columns that all these are made from."""
        roots = {root for columns in self.rounds for column in columns for root in column.meta.root_names()}
        return frozenset(roots - self._places.keys())

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def column(self, value: pl.Expr) -> pl.Expr:
        """The column that will hold a value of a household; the same one for the same value."""
        for added in (column for columns in self.rounds for column in columns):
            if added.meta.undo_aliases().meta.eq(value):
                return pl.col(added.meta.output_name())
        name = f"{self.name}.{len(self._places)}"
        place = max((self._places.get(root, -1) for root in value.meta.root_names()), default=-1) + 1
        self._places[name] = place
        self.rounds += [[]] * (place == len(self.rounds))
        self.rounds[place].append(value.alias(name))
        return pl.col(name)

    def added(self, households: pl.LazyFrame) -> pl.LazyFrame:
        """The households with all these columns."""
        for columns in self.rounds:
            households = households.with_columns(*columns)
        return households
