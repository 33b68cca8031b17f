"""One cell of one row put right in thought: read like a file of a department, checked like an import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.policy.kinds import nearest
from riskmodel.sources.cells import read_cells
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import check_rows, warn_rows
from riskmodel.tables.column import Type
from riskmodel.tables.table import TAIL, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.scoring.household_rows import HouseholdRows
    from riskmodel.tables.table import Table

FORM: Final = re.compile(r"^\s*(?P<table>\w+)\s*(?:\[(?P<key>[^\]]*)\])?\s*\.\s*(?P<column>\w+)\s*=(?P<value>.*)$")
EXAMPLE: Final = "income_surveys[year=2025,stage=annual].net_total=36000"
MOST_SHOWN: Final = 6
"""Rows that a message lists at most."""


@dataclass(frozen=True)
class Correction:
    """A new value of a column in the row of a table that these columns name; an empty value = not known."""

    table: str
    key: Mapping[str, str]
    column: str
    value: str


def parsed(text: str) -> Correction:
    """A correction from TABLE[KEY=VALUE,...].COLUMN=VALUE. Raises UsageError for another form."""
    found = FORM.match(text)
    pairs = [] if found is None else [pair.partition("=") for pair in (found["key"] or "").split(",") if pair.strip()]
    if found is None or any(not sign for _, sign, _ in pairs):
        raise UsageError(f"{text!r} is no correction. Write it as TABLE[KEY=VALUE,...].COLUMN=VALUE, e.g. '{EXAMPLE}'.")
    key = {name.strip(): value.strip() for name, _, value in pairs}
    return Correction(found["table"], key, found["column"], found["value"].strip())


def corrected(rows: HouseholdRows, correction: Correction) -> tuple[HouseholdRows, list[str]]:
    """The rows with the correction, and what is odd about the row now: warnings of its table that are new.

    Raises UsageError for an unknown table or column, one that identifies the row or says when it became known, a key
    that does not name exactly one row of the household, and a value that the table does not allow.
    """
    table = _table(correction.table)
    column = _column(table, correction.column)
    value = _read(table, column, correction.value)
    row = _row(rows, table, correction.key)
    after = row.with_columns(pl.lit(value, table.dtypes[column]).alias(column))
    _allowed(rows, table, column, correction.value, after)
    which = pl.all_horizontal(*(pl.col(name) == pl.lit(row[name][0]) for name in table.key))
    made = rows.changed(table.name, which, **{column: pl.lit(value, table.dtypes[column])})
    before = warn_rows(table, row)["reason"].to_list()
    return made, [reason for reason in warn_rows(table, after)["reason"] if reason not in before]


def _table(name: str) -> Table:
    own = {known: table for known, table in TABLES.items() if table.has_household}
    if name not in own:
        raise UsageError(f"there is no table {name!r} with rows of a household. {nearest(name, own)}")
    return own[name]


def _column(table: Table, name: str) -> str:
    fixed = {*table.key, *TAIL, "household_id"} | {n for n, fact in table.facts.items() if fact.derived}
    free = [known for known, fact in table.facts.items() if known not in fixed and fact.type is not Type.ID]
    if name not in table.facts:
        raise UsageError(f"the table {table.name} has no column {name!r}. {nearest(name, free)}")
    if name not in free:
        raise UsageError(
            f"{table.name}.{name} says which row it is or when it became known, and cannot be corrected. "
            f"These can: {', '.join(free)}."
        )
    return name


def _read(table: Table, column: str, text: str) -> Any:
    """A value in the unit of the contract (fen for amounts). UsageError where it cannot be read."""
    cells = read_cells(table, pl.DataFrame({"row": [1], column: [text]}, schema={"row": pl.Int64, column: pl.String}))
    if cells.unreadable.height:
        raise UsageError(_refusal(table, column, text, str(cells.unreadable["reason"][0])))
    return cells.values[column][0]


def _row(rows: HouseholdRows, table: Table, key: Mapping[str, str]) -> pl.DataFrame:
    own = rows.rows(table.name)
    found = own
    for name, text in key.items():
        if name not in table.facts:
            raise UsageError(f"the table {table.name} has no column {name!r}. {nearest(name, table.facts)}")
        found = found.filter(pl.col(name) == pl.lit(_read(table, name, text), table.dtypes[name]))
    if table.kind is Kind.STATE and found.height > 1:  # of several states, the one in force
        past = found.filter(pl.col("valid_from") <= rows.as_of)
        found = past.filter(pl.col("valid_from") == pl.col("valid_from").max().over(table.key[0]))
    if found.height != 1:
        raise UsageError(_which(table, key, found if found.height else own, found.height))
    return found


def _which(table: Table, key: Mapping[str, str], rows: pl.DataFrame, count: int) -> str:
    told = ", ".join(f"{name}={text}" for name, text in key.items()) or "no key"
    names = [name for name in table.key if name != "household_id"]
    listed = ["[" + ",".join(f"{n}={row[n]}" for n in names) + "]" for row in rows.iter_rows(named=True)]
    more = f" and {len(listed) - MOST_SHOWN} more" if len(listed) > MOST_SHOWN else ""
    shown = f"{', '.join(listed[:MOST_SHOWN])}{more}" if listed else "none"
    return f"{table.name}: {told} names {count} rows of the household, not one. There are: {shown}."


def _allowed(rows: HouseholdRows, table: Table, column: str, text: str, after: pl.DataFrame) -> None:
    """Refuse what an import would put into quarantine."""
    _, failures = check_rows(table, after)
    if failures.height:  # what is wrong with the value alone says more than what it does to the row
        first = failures.sort(pl.col("rule").is_in(list(table.rules)), maintain_order=True)
        raise UsageError(_refusal(table, column, text, str(first["reason"][0])))
    places = rows.tables["villages"]["village_code"].to_list() if "villages" in rows.tables else []
    if table.facts[column].type is Type.AREA12 and after[column][0] not in places:
        raise UsageError(_refusal(table, column, text, "not a village of this county / 不是本县的村"))


def _refusal(table: Table, column: str, text: str, reason: str) -> str:
    fact, hints = table.facts[column], _hints(table, column)
    title = f" ({fact.title})" if fact.headers else ""
    return f"{table.name}.{column}{title}: {text!r} is refused: {reason}.{hints}"


def _hints(table: Table, column: str) -> str:
    fact = table.facts[column]
    if fact.vocabulary is not None:
        return " Allowed: " + ", ".join(f"{code} {fact.vocabulary(code).zh}" for code in fact.allowed) + "."
    unit = {Type.YUAN: " An amount in yuan.", Type.BOOL: " 是 or 否."}.get(fact.type, "")
    return f"{unit} {fact.note[0].upper()}{fact.note[1:]}." if fact.note else unit
