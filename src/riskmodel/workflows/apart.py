"""Several households in one view that nobody takes for one: each gets ids of its own, in the order of those it had."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, fields
from itertools import accumulate, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables import View
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.plain_rows import Rows
from riskmodel.workflows.sent_frames import ITEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_ITEM_DIGITS, _RANK_DIGITS = 8, 16
_AFTER_DIGITS = chr(ord("9") + 1)


@dataclass(frozen=True)
class Apart:
    """Rows of several households whose ids are all different."""

    tables: dict[str, pl.DataFrame] = field(repr=False)
    """Canonical rows, without the item."""
    called: dict[str, str] = field(repr=False)
    """The ids that households had, by those they have now."""


def apart(tables: Mapping[str, pl.DataFrame]) -> Apart:
    """The rows with an id for each item and id; rows of villages, which have none, are those of the first item.

    tables: canonical rows and `item`. Two case files may well name the same person, or the same household twice.
    Within a household the new ids stand in the order of the old ones, so that whatever an order decides stays decided.
    """
    named = [(name, c, f.letter) for name in tables for c, f in TABLES[name].facts.items() if f.type is Type.ID]
    items = {name: rows.get_column(ITEM).to_list() for name, rows in tables.items()}
    cells = [list(zip(items[name], tables[name].get_column(c).to_list(), strict=True)) for name, c, _ in named]
    own = _own_ids((letter, cell) for (_, _, letter), column in zip(named, cells, strict=True) for cell in column)
    # one series for all columns: to make one of a few texts takes as long as of many
    texts = [own[letter].get(cell) for (_, _, letter), column in zip(named, cells, strict=True) for cell in column]
    whole, ends = pl.Series(texts, dtype=pl.String), accumulate(map(len, cells))
    made: dict[str, list[pl.Series]] = {name: [] for name in tables}
    for (name, column, _), part, end in zip(named, cells, ends, strict=True):
        made[name].append(whole.slice(end - len(part), len(part)).alias(column))
    found = {name: _with_ids(rows, made[name]) for name, rows in tables.items() if name != _VILLAGES}
    if _VILLAGES in tables:
        found[_VILLAGES] = _of_the_first(tables[_VILLAGES]).drop(ITEM)
    return Apart(found, {new: old for (_, old), new in own.get("H", {}).items()})


@dataclass(frozen=True)
class OneItem(View):
    """What a view of rows set apart knows of one item, which nobody else of it concerns."""

    whole: View | None = field(default=None, repr=False)
    first: int = 0
    last: int = 0
    """The least and the greatest code of its households."""

    @classmethod
    def beside(cls, view: View, own_id: str) -> OneItem:
        """Of the item to which a household of the view, a view in memory, belongs."""
        ids, item = view.ids.of("H"), own_id[: 1 + _ITEM_DIGITS]
        first, last = ids.search_sorted(item, "left"), ids.search_sorted(f"{item}{_AFTER_DIGITS}", "left") - 1
        whole = {each.name: getattr(view, each.name) for each in fields(View) if each.init}
        return cls(**whole, whole=view, first=first, last=last)

    def rows(self, name: str) -> pl.DataFrame:
        """Known rows of a table, which are sorted by household."""
        assert self.whole is not None
        found, start, end = self.whole.rows(name), *self._span(name)
        return found if end is None else found.slice(start, end - start)

    def plain(self, name: str) -> Rows:
        """The same rows in plain Python, cut from those of all items."""
        assert self.whole is not None
        if name not in self._plain:
            found, start, end = self.whole.plain(name), *self._span(name)
            height = found.height if end is None else end - start
            self._plain[name] = Rows(height, lambda _, column: found[column][start:end])
        return self._plain[name]

    def _span(self, name: str) -> tuple[int, int | None]:
        """Where the rows of the item begin and end; a table that is not about households is the same for all."""
        assert self.whole is not None
        if self.whole.lacks(name) or not TABLES[name].has_household:
            return 0, None
        homes = self.whole.plain(name)["household_id"]
        start = bisect_left(homes, self.first)
        return start, bisect_right(homes, self.last, start)


def item_of(own_id: str) -> int:
    """The item that an id made by `apart` belongs to."""
    return int(own_id[1 : 1 + _ITEM_DIGITS])


_VILLAGES: Final = "villages"


def _own_ids(cells: Iterable[tuple[str, tuple[int, str | None]]]) -> dict[str, dict[tuple[int, str], str]]:
    """By letter what each id of each item is called now: letter, item, and place among the ids of the item."""
    every: dict[str, set[tuple[int, str]]] = {}
    for letter, (item, old) in cells:
        every.setdefault(letter, set())
        if old is not None:
            every[letter].add((item, old))
    return {letter: dict(_numbered(letter, sorted(ids))) for letter, ids in every.items()}


def _numbered(letter: str, ids: Sequence[tuple[int, str]]) -> Iterator[tuple[tuple[int, str], str]]:
    for item, own in groupby(ids, key=itemgetter(0)):
        for place, cell in enumerate(own):
            yield cell, f"{letter}{item:0{_ITEM_DIGITS}}{place:0{_RANK_DIGITS}}"


def _with_ids(rows: pl.DataFrame, ids: Sequence[pl.Series]) -> pl.DataFrame:
    """The rows with other ids, and without the item; column by column, for that needs no plan."""
    named = rows.clone()
    named.drop_in_place(ITEM)
    for column in ids:
        named.replace_column(named.get_column_index(column.name), column)
    return named


def _of_the_first(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col(ITEM) == pl.col(ITEM).min())
