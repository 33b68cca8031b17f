"""A whole generation in memory from canonical rows, for facts that never were in a lake: one household, tests.

It holds the same rows in the same order as a lake that received them at once. A household has a few rows in each
table, so what counts is how many steps are taken, not how many rows each of them sees: most tables have nothing that
has to be compared, and get their order and no more.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.bitemporal import STILL_KNOWN, close_versions
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.generation import VERSION, Ids, empty, merge, order, stored_schema
from riskmodel.tables.table import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AS_WRITTEN: Final = pl.QueryOptFlags.none()
"""To look for a better plan takes longer than to follow one for a few rows."""


def build(tables: Mapping[str, pl.DataFrame]) -> tuple[Ids, dict[str, pl.DataFrame]]:
    """Dictionaries of ids, in alphabetical order, and every given table in its stored form.

    Raises DataError when two rows of one batch disagree on one key.
    """
    ids = _dictionaries(tables)
    codes = {kind: pl.Enum(values) for kind, values in ids.values.items()}
    plans = {name: _stored(tables[name], name, codes) for name in TABLES if name in tables}
    made = pl.collect_all(list(plans.values()), engine="in-memory", optimizations=AS_WRITTEN)
    return ids, dict(zip(plans, made, strict=True))


def _dictionaries(tables: Mapping[str, pl.DataFrame]) -> Ids:
    """All ids of the tables by kind."""
    found: dict[str, list[pl.Series]] = {}
    for name in TABLES:
        if name in tables and tables[name].height:
            for column, letter in _id_columns(name):
                found.setdefault(letter, []).append(tables[name][column].rename("id"))
    return Ids({kind: pl.concat(listed).drop_nulls().unique().sort() for kind, listed in found.items()})


def _stored(rows: pl.DataFrame, name: str, codes: Mapping[str, pl.Enum]) -> pl.LazyFrame:
    """The rows of a table coded, with the day until which each was known, in the order of the table."""
    spec = TABLES[name]
    if rows.is_empty():
        return _empty(name)
    ids = (_code(column, codes.get(letter)) for column, letter in _id_columns(name))
    coded = rows.lazy().select(*_other_columns(name), *ids)
    if not _has_twins(rows, spec.key[:1] if spec.kind == Kind.STATE else spec.key):
        versions = coded.with_columns(pl.lit(STILL_KNOWN).alias("known_until"))
    elif any(_has_twins(rows, columns) for columns in _compared(name)):
        return merge(empty(spec), coded.select(_columns(name)).collect(), spec)[0].lazy()
    else:
        versions = close_versions(coded, spec.key)
    return versions.sort([*order(spec), *VERSION], nulls_last=True).select(*_columns(name), "known_until")


def _has_twins(rows: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Whether two rows are the same in all of these columns."""
    return rows.height > 1 and bool(rows.select(columns).is_duplicated().any())


def _code(column: str, values: pl.Enum | None) -> pl.Expr:
    """Ids as numbers: their places in the dictionary."""
    text = pl.col(column)
    return (text if values is None else text.cast(values).to_physical()).cast(pl.Int32)


@cache
def _compared(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns in which two rows must agree for `merge` to refuse them, and to leave one of them out."""
    spec = TABLES[name]
    content = tuple(column for column in spec.payload if column not in spec.key)
    alike = (spec.key[0], *content) if spec.kind == Kind.STATE else (*spec.key, *content, "retracted")
    return (*spec.key, *VERSION), alike


@cache
def _empty(name: str) -> pl.LazyFrame:
    return empty(TABLES[name]).lazy()


@cache
def _columns(name: str) -> list[str]:
    """Stored columns in their order, without `known_until`."""
    return [column for column, fact in TABLES[name].facts.items() if not fact.derived]


@cache
def _id_columns(name: str) -> list[tuple[str, str]]:
    """Columns that hold ids, and of which kind."""
    facts = TABLES[name].facts
    return [(column, facts[column].letter) for column in _columns(name) if facts[column].type == Type.ID]


@cache
def _other_columns(name: str) -> list[pl.Expr]:
    """The stored columns that hold no ids, each in its stored type."""
    given, stored, ids = TABLES[name].dtypes, stored_schema(TABLES[name]), dict(_id_columns(name))
    others = [column for column in _columns(name) if column not in ids]
    return [pl.col(c) if stored[c] == given[c] else pl.col(c).cast(stored[c]) for c in others]
