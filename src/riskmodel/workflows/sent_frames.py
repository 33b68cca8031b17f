"""Rows that were sent as frames in the stored types.

A case file has some ten tables of a dozen columns and a few rows. To make a column of a few values takes as long as of
many, so the columns of one type are made together, whatever their tables, and cut apart.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import ROW
from riskmodel.tables.column import Column, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    SentRow = tuple[int, int, Mapping[str, Any], Mapping[str, Any]]
    """Item, place among the rows of its table, the row, and what stands for the columns that it leaves out."""

ITEM: Final = "item"
"""Column: which of several households a row is of, from 0."""
_FEN: Final = 100
_ID: Final = re.compile(r"[HPSLM][0-9a-f]{24}")
_FIRST_DAY: Final = 719_163
"""Day of the calendar that is day 0 of a stored date."""


def frames(sent: Mapping[str, Sequence[SentRow]]) -> dict[str, pl.DataFrame]:
    """By table the rows as columns of the stored types, with `item`, and `row`: the place among the rows given."""
    columns = [(name, *column) for name, rows in sent.items() for column in _columns(name, rows)]
    made = _made([(kind, values) for _, _, kind, values in columns])
    found: dict[str, list[pl.Series]] = {name: [] for name in sent}
    for (name, column, _, _), series in zip(columns, made, strict=True):
        found[name].append(series.alias(column))
    return {name: pl.DataFrame(series) for name, series in found.items()}


def own_id(text: str, letter: str) -> str:
    """An id of this installation as it is; else one of the right form that stands for the text."""
    if _ID.fullmatch(text) and text[0] == letter:
        return text
    return letter + hashlib.sha256(f"{letter} {text}".encode()).hexdigest()[:24]


def _columns(name: str, rows: Sequence[SentRow]) -> Iterator[tuple[str, pl.DataType, list[Any]]]:
    """Name, type and values of the columns of a table."""
    table = TABLES[name]
    for column, fact in table.facts.items():
        values = [row.get(column) for _, _, row, _ in rows]
        if rows and column in rows[0][3]:
            values = [out[column] if value is None else value for value, (*_, out) in zip(values, rows, strict=True)]
        yield column, table.dtypes[column], _stored(fact, values)
    yield ITEM, pl.Int64(), [item for item, *_ in rows]
    yield ROW, pl.Int64(), list(range(len(rows)))


def _made(columns: Sequence[tuple[pl.DataType, list[Any]]]) -> list[pl.Series]:
    """The columns, in their order."""
    alike: dict[pl.DataType, list[int]] = {}
    for place, (kind, _) in enumerate(columns):
        alike.setdefault(kind, []).append(place)
    made: dict[int, pl.Series] = {}
    for kind, places in alike.items():
        parts = [columns[place][1] for place in places]
        whole = _series(chain.from_iterable(parts), kind)
        ends = accumulate(map(len, parts))
        made |= {
            place: whole.slice(end - len(part), len(part)) for place, part, end in zip(places, parts, ends, strict=True)
        }
    return [made[place] for place in range(len(columns))]


def _series(values: Iterable[Any], kind: pl.DataType) -> pl.Series:
    """Values of a type; days by their numbers, which takes a quarter of the time."""
    if kind != pl.Date:
        return pl.Series(list(values), dtype=kind)
    days: Iterable[date | None] = values
    numbers = [None if day is None else day.toordinal() - _FIRST_DAY for day in days]
    return pl.Series(numbers, dtype=pl.Int32).cast(pl.Date)


def _stored(fact: Column, values: list[Any]) -> list[Any]:
    """Values as the table stores them; what cannot be one stays for the check to tell."""
    if fact.type is Type.ID:
        ids = {value: own_id(str(value), fact.letter) for value in set(values) if value is not None}
        return [ids.get(value) for value in values]
    if fact.type is Type.YUAN:
        return [None if value is None else int(_exact(value) * _FEN) for value in values]
    return values


def _exact(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))
