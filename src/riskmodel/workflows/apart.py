"""Several households in one view that nobody takes for one: each gets ids of its own, in the order of those it had."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables import View
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.workflows.sent_facts import ITEM

if TYPE_CHECKING:
    from collections.abc import Mapping

_LETTER, _ID, _OWN = "letter", "id", "own"
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
    every = pl.concat(
        [tables[name].select(ITEM, pl.lit(letter).alias(_LETTER), pl.col(c).alias(_ID)) for name, c, letter in named]
    )
    ids = every.drop_nulls().unique().sort(ITEM, _LETTER, _ID).with_columns(_new_id().alias(_OWN))
    found = {name: rows if name != _VILLAGES else _of_the_first(rows) for name, rows in tables.items()}
    for name, column, letter in named:
        own = ids.filter(pl.col(_LETTER) == letter).select(ITEM, pl.col(_ID).alias(column), _OWN)
        joined = found[name].join(own, on=[ITEM, column], how="left", maintain_order="left")
        found[name] = joined.with_columns(pl.col(_OWN).alias(column)).drop(_OWN)
    households = ids.filter(pl.col(_LETTER) == "H")
    called = dict(zip(households[_OWN], households[_ID], strict=True))
    return Apart({name: rows.drop(ITEM) for name, rows in found.items()}, called)


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
        found = self.whole.rows(name)
        if "household_id" not in found.columns:
            return found
        homes = found.get_column("household_id")
        first = homes.search_sorted(self.first, "left")
        return found.slice(first, homes.search_sorted(self.last, "right") - first)


def item_of(own_id: str) -> int:
    """The item that an id made by `apart` belongs to."""
    return int(own_id[1 : 1 + _ITEM_DIGITS])


_VILLAGES: Final = "villages"


def _new_id() -> pl.Expr:
    """Letter, item, and place among the ids of the item."""
    place = pl.int_range(pl.len()).over(ITEM, _LETTER)
    return pl.concat_str(
        _LETTER,
        pl.col(ITEM).cast(pl.String).str.zfill(_ITEM_DIGITS),
        place.cast(pl.String).str.zfill(_RANK_DIGITS),
    )


def _of_the_first(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col(ITEM) == pl.col(ITEM).min())
