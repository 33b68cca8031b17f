"""A whole generation in memory from canonical rows, for facts that never were in a lake: one household, tests.

It holds the same rows in the same order as a lake that received them at once. A household has a few rows in each
table, so what counts is how many steps are taken, not how many rows each of them sees: most tables have nothing that
has to be compared, and get their order and no more.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.bitemporal import STILL_KNOWN, close_versions
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.generation import VERSION, Ids, empty, merge, order, stored_schema
from riskmodel.tables.table import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Codes = Mapping[tuple[str, str], pl.Series]

AS_WRITTEN: Final = pl.QueryOptFlags.none()
"""To look for a better plan takes longer than to follow one for a few rows."""


_STILL: Final = pl.lit(STILL_KNOWN).alias("known_until")


def build(tables: Mapping[str, pl.DataFrame]) -> tuple[Ids, dict[str, pl.DataFrame]]:
    """Dictionaries of ids, in alphabetical order, and every given table in its stored form.

    Raises DataError when two rows of one batch disagree on one key.
    """
    ids, codes = _numbered(tables)
    plans = {name: _stored(tables[name], name, codes) for name in TABLES if name in tables}
    made = pl.collect_all(list(plans.values()), engine="in-memory", optimizations=AS_WRITTEN)
    return ids, dict(zip(plans, made, strict=True))


def _numbered(tables: Mapping[str, pl.DataFrame]) -> tuple[Ids, Codes]:
    """Dictionaries of all ids by kind, and every column of ids by the places of its ids in them."""
    columns = [(name, *column) for name in tables if name in TABLES for column in _id_columns(name).items()]
    texts = [tables[name].get_column(column).to_list() for name, column, _ in columns]
    found: dict[str, set[str]] = {}
    for (_, _, letter), ids in zip(columns, texts, strict=True):
        found.setdefault(letter, set()).update(ids)
    every = {letter: sorted(ids - {None}) for letter, ids in found.items()}
    places = {letter: {each: place for place, each in enumerate(ids)} for letter, ids in every.items()}
    # one series for all columns: to make one of a few numbers takes as long as of many
    together = [places[c[2]].get(each) for c, ids in zip(columns, texts, strict=True) for each in ids]
    codes, ends = pl.Series(together, dtype=pl.Int32), accumulate(map(len, texts))
    parts = (codes.slice(end - len(ids), len(ids)) for end, ids in zip(ends, texts, strict=True))
    numbered = {(c[0], c[1]): part.alias(c[1]) for c, part in zip(columns, parts, strict=True)}
    return Ids({kind: pl.Series("id", ids, dtype=pl.String) for kind, ids in every.items()}), numbered


def _stored(rows: pl.DataFrame, name: str, codes: Codes) -> pl.LazyFrame:
    """The rows of a table coded, with the day until which each was known, in the order of the table."""
    spec = TABLES[name]
    if rows.is_empty():
        return _empty(name)
    coded = _coded(rows, name, codes)
    if not _has_twins(coded, spec.key) and not _has_repeats(coded, name):
        versions = coded.lazy().with_columns(_STILL)
    elif any(_has_twins(coded, columns) for columns in _compared(name)):
        return merge(empty(spec), coded, spec)[0].lazy()
    else:
        versions = close_versions(coded.lazy(), spec.key)
    return versions.sort(_order(name), nulls_last=True)


def _coded(rows: pl.DataFrame, name: str, codes: Codes) -> pl.DataFrame:
    """The rows in the stored types, ids as codes; column by column, which needs no plan."""
    columns = []
    for column, kind in _stored_types(name).items():
        values = codes[name, column] if (name, column) in codes else rows.get_column(column)
        columns.append(values if values.dtype == kind else values.cast(kind))
    return pl.DataFrame(columns)


def _has_twins(rows: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Whether two rows are the same in all of these columns."""
    if rows.height < 2:
        return False
    return len(set(zip(*(rows.get_column(name).to_list() for name in columns), strict=True))) < rows.height


def _has_repeats(states: pl.DataFrame, name: str) -> bool:
    """Whether a state, one of each day, says what the state before it says; rows of other tables are no states."""
    spec = TABLES[name]
    if spec.kind != Kind.STATE or not _has_twins(states, spec.key[:1]):
        return False
    content = [column for column in spec.payload if column not in spec.key]
    rows = zip(*(states.get_column(column).to_list() for column in (*spec.key, *content)), strict=True)
    days = len(spec.key)
    in_order = sorted(rows, key=itemgetter(*range(days)))
    return any(one[0] == other[0] and one[days:] == other[days:] for one, other in pairwise(in_order))


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
def _order(name: str) -> list[pl.Expr]:
    return [pl.col(column) for column in (*order(TABLES[name]), *VERSION)]


@cache
def _stored_types(name: str) -> dict[str, pl.DataType]:
    """Stored columns in their order and their types, without `known_until`."""
    stored = stored_schema(TABLES[name])
    return {column: stored[column] for column, fact in TABLES[name].facts.items() if not fact.derived}


@cache
def _id_columns(name: str) -> dict[str, str]:
    """Columns that hold ids, and the letter of their kind."""
    facts = TABLES[name].facts
    return {column: facts[column].letter for column in _stored_types(name) if facts[column].type == Type.ID}
