"""The facts of one household as canonical rows that can be changed in thought: for a what-if. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.features.facts import rows_seen
from riskmodel.features.windows import Moment, Seen, months_before
from riskmodel.policy import Source
from riskmodel.tables import View
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.own_facts import own_facts

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.tables.batches import BatchRecord

FEN: Final = 100
BATCH: Final = "9999"
"""Number of the batch that rows of a what-if pretend to come from."""


@dataclass(frozen=True)
class Change:
    """One cell that differs: `added` where the whole row is new. Amounts are in yuan."""

    table: str
    key: dict[str, Any]
    column: str
    before: Any
    after: Any
    added: bool


@dataclass(frozen=True)
class HouseholdRows:
    """Rows of all tables about a household and its persons, as known on a day; every change gives new rows."""

    household_id: str
    county: str
    as_of: date
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    records: Sequence[BatchRecord] = field(default=(), repr=False)

    @classmethod
    def of(cls, view: View, household_id: str) -> HouseholdRows:
        """What a view holds of a household."""
        own = own_facts(view, [household_id])
        tables = {name: own.canonical(name) for name in own.stored}
        return cls(household_id, view.county, view.as_of, tables, view.records)

    @cached_property
    def view(self) -> View:
        """The rows as a view, for the same code that looks at a lake."""
        return replace(View.of(self.tables, self.as_of, self.county), records=self.records)

    @property
    def moment(self) -> Moment:
        """The as-of date."""
        return Moment(self.as_of)

    @property
    def size(self) -> int:
        """Number of members that the household's state gives."""
        state = self.view.states("households").collect()
        mine = state.filter(self.view.ids.decode("H", state["household_id"]) == self.household_id)
        return int(mine["size"][0])

    def last_months(self, count: int) -> list[date]:
        """First days of the last complete months, the newest first."""
        return [months_before(self.moment.open_month, ago) for ago in range(1, count + 1)]

    def rows(self, table: str) -> pl.DataFrame:
        """Canonical rows of a table that name the household."""
        frame = self.tables.get(table, TABLES[table].empty())
        return frame.filter(household_id=self.household_id)

    def seen(self, prepared: str) -> pl.DataFrame:
        """Rows of a prepared table (`features.windows`) as the features see them; ids and codes as text."""
        rows = self.view.collect(rows_seen(prepared, Seen(self.view, self.moment)))
        letters = {"household_id": "H", "person_id": "P", "settlement_id": "S", "loan_id": "L", "measure_id": "M"}
        ids = [self.view.ids.decode(letter, rows[name]) for name, letter in letters.items() if name in rows.columns]
        text = rows.with_columns(ids).with_columns(pl.selectors.enum().cast(pl.String))
        return text.filter(household_id=self.household_id).sort(pl.all())

    def changed(self, table: str, which: pl.Expr, **cells: pl.Expr) -> HouseholdRows:
        """The same with cells changed in the rows for which `which` holds."""
        frame = self.tables.get(table, TABLES[table].empty())
        new = {name: pl.when(which).then(cell).otherwise(pl.col(name)) for name, cell in cells.items()}
        return self.with_table(
            table, frame.with_columns(**new).select(pl.col(n).cast(t) for n, t in frame.schema.items())
        )

    def with_table(self, table: str, frame: pl.DataFrame) -> HouseholdRows:
        """The same with other rows of a table, in its stored form."""
        return replace(self, tables={**self.tables, table: frame})

    def added(self, table: str, *rows: Mapping[str, Any]) -> HouseholdRows:
        """The same with rows more, known on the as-of date; what is left out is not known."""
        spec = TABLES[table]
        tail = {"household_id": self.household_id, "known_at": self.as_of, "source": Source.APP.value}
        tail |= {"batch_id": f"r{self.as_of:%Y%m%d}-{BATCH}", "retracted": False}
        cells = [dict.fromkeys(spec.columns) | tail | dict(row) for row in rows]
        frame = self.tables.get(table, spec.empty())
        made = pl.DataFrame(cells, schema=dict(spec.dtypes)).select(frame.columns)
        return self.with_table(table, pl.concat([frame, made]))

    def changes_since(self, before: HouseholdRows) -> list[Change]:
        """Every cell that is another than before, by table, key and column."""
        return [
            change
            for name, frame in self.tables.items()
            if not frame.equals(before.tables.get(name, TABLES[name].empty()))
            for change in _changes(name, before.tables.get(name, TABLES[name].empty()), frame)
        ]


def _changes(table: str, before: pl.DataFrame, after: pl.DataFrame) -> list[Change]:
    spec, old = TABLES[table], {row[:-1]: row[-1] for row in _keyed(table, before)}
    found = []
    for *key, cells in _keyed(table, after):
        was = old.get(tuple(key))
        for name in spec.payload:
            if name in spec.key or name == "household_id" or cells[name] == (None if was is None else was[name]):
                continue
            named = dict(zip(spec.key, key, strict=True))
            found.append(change_of(table, named, name, was and was[name], cells[name], added=was is None))
    return found


def change_of(table: str, key: Mapping[str, Any], name: str, before: Any, after: Any, *, added: bool = False) -> Change:
    """A cell before and after, from the stored values."""
    return Change(table, dict(key), name, _shown(table, name, before), _shown(table, name, after), added)


def _keyed(table: str, frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    rows = frame.sort(TABLES[table].key, descending=True).iter_rows(named=True)
    return [(*(row[name] for name in TABLES[table].key), row) for row in rows]


def _shown(table: str, name: str, value: Any) -> Any:
    """A value as people have it: amounts in yuan."""
    in_fen = value is not None and TABLES[table].facts[name].type is Type.YUAN
    return value / FEN if in_fen else value
