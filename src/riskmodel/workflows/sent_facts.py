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
from riskmodel.tables.checks import check_rows
from riskmodel.tables.column import Column, Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from riskmodel.tables.table import Table

    Sent = Mapping[str, Sequence[Mapping[str, Any]]]

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


def household(sent: Sent, as_of: date) -> Household:
    """The rows that were sent as canonical frames. Raises WrongFacts with everything that is wrong about them."""
    wrong: list[Wrong] = []
    own = _own_id(sent, wrong)
    frames: dict[str, pl.DataFrame] = {}
    for name, rows in sent.items():
        if not rows:
            continue
        table = TABLES[name]
        cells = [_complete(table, row, own, as_of) for row in rows]
        columns = {c: [_stored(fact, row.get(c)) for row in cells] for c, fact in table.facts.items()}
        frames[name], failures = check_rows(table, pl.DataFrame(columns, schema=dict(table.dtypes)))
        wrong += _told(name, failures)
    if wrong:
        raise WrongFacts(wrong)
    states = frames["households"].sort("valid_from")
    return Household(own, str(states["village_code"][-1]), frames)


def own_id(text: str, letter: str) -> str:
    """An id of this installation as it is; else one of the right form that stands for the text."""
    if _ID.fullmatch(text) and text[0] == letter:
        return text
    return letter + hashlib.sha256(f"{letter} {text}".encode()).hexdigest()[:24]


def _own_id(sent: Sent, wrong: list[Wrong]) -> str:
    """The id of the household that all rows are about."""
    named = {str(row["household_id"]) for rows in sent.values() for row in rows if row.get("household_id")}
    if not sent.get("households"):
        wrong.append(Wrong("households", 0, "household_id", "", "the state of the household has to be sent"))
    if len(named) > 1:
        rows = [(name, n) for name, rows in sent.items() for n, row in enumerate(rows) if row.get("household_id")]
        wrong += [Wrong(name, n, "household_id", "…", "one household at a time") for name, n in rows[1:2]]
    if wrong:
        raise WrongFacts(wrong)
    return own_id(next(iter(named), "household"), "H")


def _complete(table: Table, row: Mapping[str, Any], own: str, as_of: date) -> dict[str, Any]:
    """A row with what may be left out."""
    given = {name: value for name, value in row.items() if value is not None}
    filled: dict[str, Any] = {"source": table.sources[0].value, "retracted": False, "batch_id": f"r{as_of:%Y%m%d}-0000"}
    filled |= {name: fact.default for name, fact in table.facts.items() if fact.default is not None}
    if table.has_household:
        filled["household_id"] = own
    return {"known_at": as_of} | filled | given


def _stored(fact: Column, value: Any) -> Any:
    """A value as the table stores it; what cannot be one stays for the check to tell."""
    if value is None:
        return None
    if fact.type is Type.ID:
        return own_id(str(value), fact.letter)
    if fact.type is Type.YUAN:
        return int(Decimal(str(value)) * _FEN)
    return value


def _told(name: str, failures: pl.DataFrame) -> Iterator[Wrong]:
    for row in failures.iter_rows(named=True):
        yield Wrong(name, row["row"] - 1, row["column"], row["value"] or "", row["reason"])
