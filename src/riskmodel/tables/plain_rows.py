"""A few rows as lists of Python values, for one household: Polars takes longer to prepare a step than to take it."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Column = list[Any]
    Value = Callable[["Rows"], Column]
    """What an expression gives of rows: a value for each of them, or one for all."""


class Rows(dict[Any, "Column"]):
    """Rows with their columns by name, null = None, and what expressions gave of them, by expression.

    Each is made when it is first looked at, and never changed. `column` makes one of the rows themselves and its name:
    rows that held themselves would stay in memory until somebody looks for them.
    """

    def __init__(self, height: int, column: Callable[[Rows, str], Column]) -> None:
        super().__init__()
        self.height = height
        self._column = column

    def __missing__(self, what: str | Value) -> Column:
        """A column, or what an expression gives, that was not looked at before."""
        made = self[what] = self._column(self, what) if isinstance(what, str) else what(self)
        return made

    def full(self, of: Value) -> Column:
        """What an expression gives, one value for each row."""
        made = of(self)
        return made if len(made) == self.height else made * self.height

    def part(self, places: Sequence[int]) -> Rows:
        """The rows at these places, in this order."""
        return Rows(len(places), lambda _, name: [self[name][place] for place in places])

    def keys_of(self, values: Sequence[Value]) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """The places of the rows, and what each has in these expressions."""
        return enumerate(zip(*map(self.full, values), strict=True))

    def groups(self, keys: Sequence[Value]) -> dict[tuple[Any, ...], list[int]]:
        """The places of the rows by what they have in these expressions."""
        found: dict[tuple[Any, ...], list[int]] = {}
        for place, key in self.keys_of(keys):
            found.setdefault(key, []).append(place)
        return found


def once(of: Value) -> Value:
    """The same, worked out once for the same rows, whatever it is part of."""
    return itemgetter(of)


def as_long(columns: Sequence[Column]) -> Sequence[Column]:
    """Columns of one length: what is one value for all rows is repeated."""
    length = len(columns[0])
    for column in columns:
        if len(column) != length:
            length = max(map(len, columns)) if all(columns) else 0
            return [column if len(column) == length else column * length for column in columns]
    return columns
