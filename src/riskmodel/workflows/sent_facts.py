"""Facts of one household that a case system sends: rows in the shape of the canonical tables, as frames.

What is left out has the value it has where a department leaves it out; `household_id` may be left out everywhere. A row
without `known_at` became known on the as-of date. Ids may be ids of this installation, or any text that is the same
wherever the same thing is meant; those are replaced by ids of the right form, which are no pseudonyms of anything.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.errors import DataError
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import ROW, all_good, check_rows
from riskmodel.tables.column import Column, Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskmodel.tables.table import Table

    Sent = Mapping[str, Sequence[Mapping[str, Any]]]
    _Sent = tuple[int, int, Mapping[str, Any], Mapping[str, Any]]
    """Item, place among the rows of its table, the row, and what stands for the columns that it leaves out."""

ITEM: Final = "item"
"""Column: which of several households a row is of, from 0."""
_FEN: Final = 100
_ID: Final = re.compile(r"[HPSLM][0-9a-f]{24}")


@dataclass(frozen=True)
class Wrong:
    """A value that cannot be used."""

    table: str
    row: int
    """From 0."""
    column: str
    value: str
    rule: str


class WrongFacts(DataError):
    """Facts that break the contract of the tables."""

    def __init__(self, found: list[Wrong]) -> None:
        super().__init__(f"{len(found)} value(s) cannot be used")
        self.found = found


@dataclass(frozen=True)
class Household:
    """The facts of a household, ready for a view."""

    household_id: str
    village_code: str
    tables: dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Together:
    """Facts of several households that were checked together, each by itself: what is wrong with one harms no other."""

    tables: dict[str, pl.DataFrame]
    """Canonical rows of the sound households, and `item`."""
    homes: dict[int, tuple[str, str]]
    """Id and village of the sound households, by item."""
    wrong: dict[int, list[Wrong]]
    """Everything that is wrong with the others, by item."""


def household(sent: Sent, as_of: date) -> Household:
    """The rows that were sent as canonical frames. Raises WrongFacts with everything that is wrong about them."""
    found = together([(sent, as_of)])
    if found.wrong:
        raise WrongFacts(found.wrong[0])
    return Household(*found.homes[0], {name: rows.drop(ITEM) for name, rows in found.tables.items()})


def together(asked: Sequence[tuple[Sent, date]]) -> Together:
    """The rows of several households, each with its as-of date, as canonical frames; an item is a place among them."""
    wrong: dict[int, list[Wrong]] = {}
    owns = {}
    for item, (sent, _) in enumerate(asked):
        try:
            owns[item] = _own_id(sent)
        except WrongFacts as error:
            wrong[item] = error.found
    cells = {
        name: [
            (item, place, row, left_out)
            for item, own in owns.items()
            for left_out in [_left_out(table, own, asked[item][1])]
            for place, row in enumerate(asked[item][0].get(name, ()))
        ]
        for name, table in TABLES.items()
    }
    frames, faults = _checked({name: rows for name, rows in cells.items() if rows})
    for item, fault in faults:
        wrong.setdefault(item, []).append(fault)
    if wrong:
        sound = ~pl.col(ITEM).is_in(list(wrong))
        frames = {name: rows.filter(sound) for name, rows in frames.items()}
    return Together(frames, _homes(frames, owns), wrong)


def checked_rows(table: Table, rows: Sequence[Mapping[str, Any]], known_at: date) -> pl.DataFrame:
    """Rows of one table, of any households, as canonical rows. Raises WrongFacts with everything that is wrong."""
    left_out = _left_out(table, "", known_at)
    cells = [(0, place, row, left_out) for place, row in enumerate(rows)]
    found, faults = _checked({table.name: cells})
    if faults:
        raise WrongFacts([fault for _, fault in faults])
    return found[table.name].drop(ITEM)


def own_id(text: str, letter: str) -> str:
    """An id of this installation as it is; else one of the right form that stands for the text."""
    if _ID.fullmatch(text) and text[0] == letter:
        return text
    return letter + hashlib.sha256(f"{letter} {text}".encode()).hexdigest()[:24]


def _own_id(sent: Sent) -> str:
    """The id of the household that all rows are about. Raises WrongFacts where it is not one, or has no state."""
    wrong: list[Wrong] = []
    named = {str(row["household_id"]) for rows in sent.values() for row in rows if row.get("household_id")}
    if not sent.get("households"):
        wrong.append(Wrong("households", 0, "household_id", "", "the state of the household has to be sent"))
    if len(named) > 1:
        rows = [(name, n) for name, rows in sent.items() for n, row in enumerate(rows) if row.get("household_id")]
        wrong += [Wrong(name, n, "household_id", "…", "one household at a time") for name, n in rows[1:2]]
    if wrong:
        raise WrongFacts(wrong)
    return own_id(next(iter(named), "household"), "H")


def _left_out(table: Table, own: str, as_of: date) -> dict[str, Any]:
    """What stands for the columns that may be left out."""
    always: dict[str, Any] = {"source": table.sources[0].value, "retracted": False, "known_at": as_of}
    always["batch_id"] = f"r{as_of:%Y%m%d}-0000"
    defaults = {name: fact.default for name, fact in table.facts.items() if fact.default is not None}
    return always | defaults | ({"household_id": own} if table.has_household else {})


def _checked(sent: Mapping[str, Sequence[_Sent]]) -> tuple[dict[str, pl.DataFrame], list[tuple[int, Wrong]]]:
    """Rows by table that are good, with their item, and what is wrong with the others."""
    stored = {name: _frame(TABLES[name], cells) for name, cells in sent.items()}
    good = all_good([(TABLES[name], rows) for name, rows in stored.items()])
    frames, faults = {}, list[tuple[int, Wrong]]()
    for (name, rows), fine in zip(stored.items(), good, strict=True):
        if fine and not _twins(TABLES[name], rows):
            frames[name] = rows.drop(ROW)
        else:
            frames[name], found = _set_apart(TABLES[name], rows, sent[name])
            faults += found
    return frames, faults


def _frame(table: Table, cells: Sequence[_Sent]) -> pl.DataFrame:
    """Rows with the stored types, the item and the place among `cells`."""
    columns = []
    for name, fact in table.facts.items():
        given = (row.get(name) for _, _, row, _ in cells)
        values = [out.get(name) if value is None else value for value, (*_, out) in zip(given, cells, strict=True)]
        columns.append(pl.Series(name, _stored(fact, values), dtype=table.dtypes[name]))
    items = pl.Series(ITEM, [item for item, *_ in cells], dtype=pl.Int64)
    return pl.DataFrame([*columns, items, pl.Series(ROW, range(len(cells)), dtype=pl.Int64)])


def _set_apart(
    table: Table, rows: pl.DataFrame, cells: Sequence[_Sent]
) -> tuple[pl.DataFrame, list[tuple[int, Wrong]]]:
    """The good ones of the rows, and what is wrong with the others."""
    good, failures = check_rows(table, rows)
    kept = good.with_columns(rows[ITEM].gather(good[ROW]))
    found = [
        (cells[row][0], Wrong(table.name, cells[row][1], column, value or "", reason))
        for row, column, value, _, reason in pl.concat([failures, _clashing(table, kept)]).iter_rows()
    ]
    return kept.drop(ROW), found


def _twins(table: Table, rows: pl.DataFrame) -> bool:
    """Whether two rows of one household tell of one key on one day."""
    return len(set(rows[:, [ITEM, *table.key, "known_at"]].iter_rows())) < rows.height


def _clashing(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of one household that say different things of one key on one day, in the form of failures."""
    key = [ITEM, *table.key, "known_at"]
    several = rows.filter(rows.select(key).is_duplicated())
    distinct = several.unique([*key, *table.payload, "retracted"])
    disputed = distinct.filter(distinct.select(key).is_duplicated()).select(key).unique()
    clashing = several.join(disputed, on=key, how="semi", nulls_equal=True, maintain_order="left")
    named = f"rows disagree on the same {', '.join(table.key)} / 同一主键内容不一致"
    return clashing.select(
        pl.col(ROW).cast(pl.Int64),
        column=pl.lit(table.key[-1]),
        value=pl.col(table.key[-1]).cast(pl.String),
        rule=pl.lit("conflict"),
        reason=pl.lit(named),
    )


def _homes(frames: Mapping[str, pl.DataFrame], owns: Mapping[int, str]) -> dict[int, tuple[str, str]]:
    """Id and village, by the newest state, of every household that has one."""
    if "households" not in frames:
        return {}
    states = frames["households"].sort("valid_from", maintain_order=True).unique(ITEM, keep="last")
    return {item: (owns[item], village) for item, village in states.select(ITEM, "village_code").iter_rows()}


def _stored(fact: Column, values: Sequence[Any]) -> list[Any]:
    """Values as the table stores them; what cannot be one stays for the check to tell."""
    if fact.type is Type.ID:
        return [None if value is None else own_id(str(value), fact.letter) for value in values]
    if fact.type is Type.YUAN:
        return [None if value is None else int(Decimal(str(value)) * _FEN) for value in values]
    return list(values)
