"""Several households in one view that nobody takes for one: each gets ids of its own, in the order of those it had."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.workflows.sent_facts import ITEM

if TYPE_CHECKING:
    from collections.abc import Mapping

_LETTER, _ID, _OWN = "letter", "id", "own"
_ITEM_DIGITS, _RANK_DIGITS = 8, 16


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
