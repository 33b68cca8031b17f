"""The fast form of a county's tables: sorted, integer-coded, each version with the day it was superseded.

A generation is derived from the batches and can be deleted and rebuilt at any time. Ids are integers with a dictionary
beside them, codes are enumerations, area codes are integers, money is integer fen. New rows are merged in: only rows
that share a key or a (household, event date) with a new row are sorted again, the rest keeps its order.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import DataError
from riskmodel.tables.bitemporal import close_versions, contradicts_row_before, repeats_version_before
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.states import news_of_states, without_repeats
from riskmodel.tables.table import Kind

if TYPE_CHECKING:
    from riskmodel.tables.column import Column
    from riskmodel.tables.table import Table


PLACE, NEW, CONTRADICTS, REPEATS, LOOSE = "_place", "_new", "_contradicts", "_repeats", "_loose"
"""Columns that exist only while rows are merged."""
_FEW = 4
"""One of so many ids are few."""
_MOST_CHUNKS = 16
"""A table in more pieces than this is put together."""
VERSION = ("known_at", "batch_id")
"""Order of the versions of a key."""


@dataclass
class Ids:
    """Dictionaries between the ids of a county and the integers that stand for them, one per kind (H, P, S, L, M).

    The code of an id is its position; new ids are appended, so a code never changes.
    """

    values: dict[str, pl.Series] = field(default_factory=dict)

    def of(self, kind: str) -> pl.Series:
        """All ids of one kind, the position being the code."""
        return self.values.get(kind, pl.Series("id", [], dtype=pl.String))

    def encode(self, kind: str, ids: pl.Series) -> pl.Series:
        """Codes of `ids` as Int32, null where the id is null; unseen ids are added in alphabetical order."""
        codes = self.find(kind, ids)
        if codes.null_count() == ids.null_count():
            return codes
        new = ids.filter(codes.is_null()).drop_nulls().unique().sort().cast(pl.String)
        self.values[kind] = pl.concat([self.of(kind), new.rename(self.of(kind).name)])
        return self.find(kind, ids)

    def find(self, kind: str, ids: pl.Series) -> pl.Series:
        """Codes of `ids` as Int32, null where the id is not known."""
        if ids.len() == 1:  # as for one household, which a join would take ten times as long for
            return pl.Series(ids.name, [self.of(kind).index_of(ids[0])], dtype=pl.Int32)
        wanted = ids.cast(pl.String).to_frame("id")
        codes = self.of(kind).to_frame("id").select("id", code=pl.int_range(pl.len(), dtype=pl.Int32))
        if _FEW * wanted.height < codes.height:  # a table of all ids takes longer to make than to look through
            codes = codes.join(wanted, on="id", how="semi")
        return wanted.join(codes, on="id", how="left", maintain_order="left")["code"].rename(ids.name)

    def decode(self, kind: str, codes: pl.Series) -> pl.Series:
        """Ids of `codes`."""
        return self.of(kind).gather(codes).rename(codes.name)

    def copy(self) -> Ids:
        """A dictionary that can grow without changing this one."""
        return Ids(dict(self.values))


def stored_schema(table: Table) -> dict[str, pl.DataType]:
    """Column types of a table in a generation: ids Int32, codes Enum, areas Int64, the rest as in the contract."""
    return {name: _stored_type(fact) for name, fact in table.facts.items() if not fact.derived} | {
        "known_until": pl.Date()
    }


def encode(rows: pl.DataFrame, table: Table, ids: Ids) -> pl.DataFrame:
    """Canonical rows in the stored form, without `known_until`. Adds unseen ids to `ids`."""
    columns = []
    for name, fact in table.facts.items():
        if not fact.derived:
            series = ids.encode(fact.letter, rows[name]) if fact.type == Type.ID else rows[name]
            columns.append(series.cast(_stored_type(fact)))
    return pl.DataFrame(columns)


def decode(rows: pl.DataFrame, table: Table, ids: Ids) -> pl.DataFrame:
    """Stored rows in canonical form: ids, codes and area codes as text again."""
    columns = []
    for name, fact in table.facts.items():
        if name in rows.columns:
            series = ids.decode(fact.letter, rows[name]) if fact.type == Type.ID else rows[name]
            text = series.cast(table.dtypes[name])
            columns.append(text.str.zfill(12) if fact.type == Type.AREA12 else text)
    return pl.DataFrame(columns)


def plain(rows: pl.DataFrame, table: Table, ids: Ids) -> list[dict[str, Any]]:
    """The same of a few rows, as Python values: `decode` takes ten times as long to prepare its steps."""
    columns = {}
    for name, fact in table.facts.items():
        if name in rows.columns:
            series = rows.get_column(name)
            values = (ids.decode(fact.letter, series) if fact.type == Type.ID else series).to_list()
            area = fact.type == Type.AREA12
            columns[name] = [value if value is None or not area else f"{value:012}" for value in values]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def empty(table: Table) -> pl.DataFrame:
    """A stored table without rows."""
    return pl.DataFrame(schema=stored_schema(table))


def order(table: Table) -> list[str]:
    """Sort order of a stored table: subject, event date, rest of the key."""
    first = ["household_id"] if table.has_household else [table.key[0]]
    return list(dict.fromkeys([*first, table.event, *table.key]))


@cache
def layout() -> str:
    """Fingerprint of the stored form of all tables; a generation of another layout is derived again."""
    columns = {
        name: [[c.name, c.type.value, c.letter, *c.allowed] for c in table.facts.values() if not c.derived]
        + [list(table.key), order(table)]
        for name, table in TABLES.items()
    }
    return hashlib.sha256(json.dumps(columns, sort_keys=True).encode()).hexdigest()[:16]


def merge(stored: pl.DataFrame, new: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Merge encoded rows into a stored table.

    Returns the merged table and those of `new` that were written. Not written are rows that equal the version of their
    key known on their own `known_at`, and states that repeat the state before them (see `states.py`). The result does
    not depend on the order of the rows of `new`. Raises DataError when two rows of one batch disagree on one key.
    """
    absorbed, written = absorb(unsettled(stored), new, table)
    return (settled(absorbed, table) if written.height else stored), written


def unsettled(stored: pl.DataFrame) -> pl.DataFrame:
    """A sorted table as `absorb` takes it: none of its rows is out of place yet."""
    return stored.with_columns(pl.lit(value=False).alias(LOOSE))


def absorb(rows: pl.DataFrame, new: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The first half of `merge`: what is written stands in the table, but not in its place yet.

    `rows` come from `unsettled` or from here. Many batches can be absorbed before the table is `settled` once.
    """
    key, content = list(table.key), [c for c in table.payload if c not in table.key]
    concerned = _concerned(rows, new, table)
    old = rows.filter(concerned).drop(LOOSE)
    if table.kind == Kind.STATE:
        new = news_of_states(old, new, key[0], content)
        old = old.join(new.select(key[0]).unique(), on=key[0], how="semi")
    versions = _versions(old, new, content, table)
    if versions[CONTRADICTS].any():
        raise _contradiction(versions.filter(CONTRADICTS), table)
    kept = versions.filter(~(pl.col(NEW) & pl.col(REPEATS))).drop(CONTRADICTS, REPEATS, "known_until")
    if table.kind == Kind.STATE:
        kept = without_repeats(kept, key[0], content, NEW)
    written = kept.filter(NEW).drop(NEW)
    if written.is_empty():
        return rows, written
    touched = kept.join(written.select(key).unique(), on=key, how="semi", nulls_equal=True).drop(NEW)
    left = rows
    if touched.height > written.height:  # older versions move with the new ones
        left = rows.filter(~_with_key_of(rows, concerned, written, key))
    loose = close_versions(touched, key).with_columns(pl.lit(value=True).alias(LOOSE)).select(rows.columns)
    return pl.concat([left, loose], rechunk=left.n_chunks() > _MOST_CHUNKS), written


def settled(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The second half of `merge`: the sorted table. Rows that were in their place stay there unsorted."""
    stored, loose = (rows.filter(mark).drop(LOOSE).rechunk() for mark in (~pl.col(LOOSE), pl.col(LOOSE)))
    if loose.is_empty():
        return stored
    if stored.is_empty():
        return loose.sort([*order(table), *VERSION], nulls_last=True)
    return _weave(stored, loose, table)


def _concerned(rows: pl.DataFrame, new: pl.DataFrame, table: Table) -> pl.Series:
    """Which rows new ones have to be compared with: those of the same keys; of states, of the same subjects."""
    by = list(table.key[:1] if table.kind == Kind.STATE else table.key)
    near = pl.lit(value=True)
    if table.event in by:  # most batches are about one month: a cheap look at the dates leaves little to compare
        near = pl.col(table.event).is_between(pl.lit(new[table.event].min()), pl.lit(new[table.event].max()))
    numbered = rows.select(*by).with_row_index(PLACE).filter(near) if rows.height and new.height else None
    if numbered is None:
        return pl.repeat(value=False, n=rows.height, eager=True)
    found = numbered.join(new.select(by).unique(), on=by, how="semi", nulls_equal=True)[PLACE]
    return _at(found, rows.height)


def _with_key_of(rows: pl.DataFrame, concerned: pl.Series, written: pl.DataFrame, key: list[str]) -> pl.Series:
    """Which of the concerned rows have a key of which something was written."""
    numbered = rows.select(*key).with_row_index(PLACE).filter(concerned)
    return _at(numbered.join(written.select(key).unique(), on=key, how="semi", nulls_equal=True)[PLACE], rows.height)


def _at(places: pl.Series, height: int) -> pl.Series:
    """True at these places, false at all others."""
    marks = pl.repeat(value=False, n=height, eager=True)
    return marks.scatter(places, True) if places.len() else marks


def _versions(old: pl.DataFrame, new: pl.DataFrame, content: list[str], table: Table) -> pl.DataFrame:
    """New rows among the stored versions they have to be compared with, in version order, with the marks above."""
    # of equal rows that two departments sent in one batch, always the same one is kept
    compared = new.sort("source").with_columns(pl.lit(value=True).alias(NEW))
    if old.height:
        compared = pl.concat([old.drop("known_until").with_columns(pl.lit(value=False).alias(NEW)), compared])
    return close_versions(compared, table.key).with_columns(
        contradicts_row_before(table.key, content).alias(CONTRADICTS),
        repeats_version_before(table.key, content).alias(REPEATS),
    )


def _contradiction(rows: pl.DataFrame, table: Table) -> DataError:
    batch_id, day = rows.select("batch_id", "known_at").row(0)
    return DataError(
        f"table {table.name}, batch {batch_id}: {rows.height} row(s) known on {day} disagree with another row of the "
        f"batch on the same key ({', '.join(table.key)}). Quarantine all rows of such a key."
    )


def _weave(untouched: pl.DataFrame, touched: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Put rows in their place among sorted ones without sorting those."""
    by = order(table)
    place = (pl.col(by[0]).cast(pl.Int64) * 2**32 + pl.col(by[1]).to_physical().cast(pl.Int64)).alias(PLACE)
    if table.facts[by[0]].type == Type.AREA12:  # twelve digits leave 22 bits: days up to the year 7700
        place = (pl.col(by[0]) * 2**22 + pl.col(by[1]).to_physical().cast(pl.Int64)).alias(PLACE)
    untouched, touched = untouched.with_columns(place), touched.with_columns(place)
    # rows in the same place are sorted together, so that the order never depends on the way the rows arrived
    meet = untouched[PLACE].is_in(touched[PLACE].unique().implode())
    small = pl.concat([untouched.filter(meet), touched]).sort([PLACE, *by, *VERSION], nulls_last=True)
    return untouched.filter(~meet).merge_sorted(small, key=PLACE).drop(PLACE)


_STORED_TYPES: dict[Type, pl.DataType] = {
    Type.ID: pl.Int32(),
    Type.AREA12: pl.Int64(),
    Type.DATE: pl.Date(),
    Type.MONTH: pl.Date(),
    Type.YUAN: pl.Int64(),
    Type.INT: pl.Int32(),
    Type.NUM: pl.Float64(),
    Type.BOOL: pl.Boolean(),
    Type.TEXT: pl.String(),
}


def _stored_type(fact: Column) -> pl.DataType:
    return pl.Enum(list(fact.allowed)) if fact.type == Type.CODE else _STORED_TYPES[fact.type]
