"""The fast form of a county's tables: sorted, integer-coded, each version with the day it was superseded.

A generation is derived from the batches and can be deleted and rebuilt at any time. Ids are integers with a dictionary
beside them, codes are enumerations, area codes are integers, money is integer fen. New rows are merged in: only rows
that share a key or a (household, event date) with a new row are sorted again, the rest keeps its order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables.bitemporal import close_versions, repeats_version_before
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.tables.column import Column
    from riskmodel.tables.table import Table


PLACE, NEW = "_place", "_new"


@dataclass
class Ids:
    """Dictionaries between the ids of a county and the integers that stand for them, one per kind of id (H, P, S, L, M).

    The code of an id is its position; new ids are appended, so a code never changes.
    """

    values: dict[str, pl.Series] = field(default_factory=dict)

    def of(self, kind: str) -> pl.Series:
        """All ids of one kind, the position being the code."""
        return self.values.get(kind, pl.Series("id", [], dtype=pl.String))

    def encode(self, kind: str, ids: pl.Series) -> pl.Series:
        """Codes of `ids` as Int32, null where the id is null; unseen ids are added in alphabetical order."""
        known = self.of(kind)
        new = ids.drop_nulls().unique().rename("id")
        new = new.filter(~new.is_in(known.implode())).sort()
        if new.len():
            known = pl.concat([known, new])
            self.values[kind] = known
        return self.find(kind, ids)

    def find(self, kind: str, ids: pl.Series) -> pl.Series:
        """Codes of `ids` as Int32, null where the id is not known."""
        known = self.of(kind)
        codes = pl.DataFrame({"id": known, "code": pl.int_range(known.len(), dtype=pl.Int32, eager=True)})
        wanted = pl.DataFrame({"id": ids.cast(pl.String)})
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
            columns.append(series.cast(table.dtypes[name]))
    return pl.DataFrame(columns)


def empty(table: Table) -> pl.DataFrame:
    """A stored table without rows."""
    return pl.DataFrame(schema=stored_schema(table))


def order(table: Table) -> list[str]:
    """Sort order of a stored table: subject, event date, rest of the key."""
    first = ["household_id"] if table.has_household else [table.key[0]]
    return list(dict.fromkeys([*first, table.event, *table.key]))


def merge(stored: pl.DataFrame, new: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Merge encoded rows into a stored table.

    Returns the merged table and those of `new` that were written: a row that equals the version of its key known on its
    own `known_at` is not. The result does not depend on the order of the rows of `new`.
    """
    key, content = list(table.key), [c for c in table.payload if c not in table.key]
    old = stored.join(new.select(key).unique(), on=key, how="semi", nulls_equal=True)
    versions = close_versions(
        pl.concat([old.drop("known_until").with_columns(pl.lit(value=False).alias(NEW)), new.with_columns(pl.lit(value=True).alias(NEW))], how="vertical"), key
    )
    versions = versions.filter(~(pl.col(NEW) & repeats_version_before(key, content)))
    written = versions.filter(NEW).drop(NEW, "known_until")
    if written.is_empty():
        return stored, written
    touched = close_versions(versions.drop(NEW, "known_until"), key)
    return _weave(stored, touched, table), written


def build(tables: Mapping[str, pl.DataFrame]) -> tuple[Ids, dict[str, pl.DataFrame]]:
    """A whole generation in memory from canonical rows, for facts that never were in a lake (tests, one household)."""
    ids = Ids()
    stored = {}
    for name, table in TABLES.items():
        if name in tables:
            stored[name] = merge(empty(table), encode(tables[name], table, ids), table)[0]
    return ids, stored


def _weave(stored: pl.DataFrame, touched: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Put re-made versions back among the untouched rows without sorting those."""
    key, by = list(table.key), order(table)
    untouched = stored.join(touched.select(key).unique(), on=key, how="anti", nulls_equal=True, maintain_order="left")
    place = (pl.col(by[0]).cast(pl.Int64) * 2**32 + pl.col(by[1]).to_physical().cast(pl.Int64)).alias(PLACE)
    if table.name == "villages":
        place = (pl.col(by[0]) * 100_000 + pl.col(by[1]).to_physical().cast(pl.Int64)).alias(PLACE)
    untouched, touched = untouched.with_columns(place), touched.with_columns(place)
    # rows in the same place are sorted together, so that the order never depends on the way the rows arrived
    shared = untouched.filter(pl.col(PLACE).is_in(touched[PLACE].unique().implode()))
    rest = untouched.join(shared.select(PLACE).unique(), on=PLACE, how="anti", maintain_order="left")
    small = pl.concat([shared, touched]).sort([PLACE, *by, "known_at", "batch_id"], nulls_last=True)
    return rest.merge_sorted(small, key=PLACE).drop(PLACE)


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
