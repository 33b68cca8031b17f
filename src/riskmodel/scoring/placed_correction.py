"""A correction found in its table: the one cell of one row that it is about, and its value as it would be stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.policy.kinds import nearest, nearest_zh
from riskmodel.sources.cells import read_cells
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.table import TAIL, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
        raise UsageError(
            f"{text!r} is no correction. Write it as TABLE[KEY=VALUE,...].COLUMN=VALUE, e.g. '{EXAMPLE}'. / "
            f"“{text}”不是更正的写法。请写作 表[键=值,...].列=值，例如“{EXAMPLE}”。"
        )
    key = {name.strip(): value.strip() for name, _, value in pairs}
    return Correction(found["table"], key, found["column"], found["value"].strip())


@dataclass(frozen=True)
class Placed:
    """A correction in its table: the row as it stands, and the value as it is stored."""

    table: Table
    column: str
    text: str
    value: Any
    row: pl.DataFrame

    @property
    def dtype(self) -> pl.DataType:
        """Stored type of the column."""
        return self.table.dtypes[self.column]

    @property
    def which(self) -> pl.Expr:
        """The row of the table."""
        return pl.all_horizontal(*(pl.col(name) == pl.lit(self.row[name][0]) for name in self.table.key))

    @property
    def key(self) -> dict[str, Any]:
        """Key of the row."""
        return {name: self.row[name][0] for name in self.table.key}

    @property
    def of(self) -> tuple[Any, ...]:
        """The row it belongs to, to compare by."""
        return (self.table.name, *self.key.values())


def placed_in(rows: HouseholdRows, correction: Correction) -> Placed:
    """Where a correction belongs.

    Raises UsageError for an unknown table or column, one that identifies the row or says when it became known, a key
    that does not name exactly one row of the household, and a value that cannot be read.
    """
    table = _table(correction.table)
    column = _column(table, correction.column)
    value = _read(table, column, correction.value)
    return Placed(table, column, correction.value, value, _row(rows, table, correction.key))


def refusal(table: Table, column: str, text: str, reason: str) -> str:
    """Why a value is refused; `reason` in English and Chinese, as the tables give it."""
    fact, (english, _, chinese) = table.facts[column], reason.rpartition(" / ")
    title, (hint, hint_zh) = f" ({fact.title})" if fact.headers else "", _hints(table, column)
    return (
        f"{table.name}.{column}{title}: {text!r} is refused: {english}.{hint} / "
        f"{table.name}.{column}（{fact.title}）：不接受“{text}”：{chinese}。{hint_zh}"
    )


def _hints(table: Table, column: str) -> tuple[str, str]:
    """What is allowed, in English and Chinese."""
    fact = table.facts[column]
    if fact.vocabulary is not None:
        listed = [f"{code} {fact.vocabulary(code).zh}" for code in fact.allowed]
        return f" Allowed: {', '.join(listed)}.", f"可用：{'、'.join(listed)}。"
    unit, zh = {
        Type.YUAN: (" An amount in yuan.", "金额以元为单位。"),
        Type.BOOL: (" 是 or 否.", "填“是”或“否”。"),
    }.get(fact.type, ("", ""))
    return (f"{unit} {fact.note[0].upper()}{fact.note[1:]}." if fact.note else unit), zh


def _table(name: str) -> Table:
    own = {known: table for known, table in TABLES.items() if table.has_household}
    if name not in own:
        raise UsageError(
            f"there is no table {name!r} with rows of a household. {nearest(name, own)} / "
            f"没有名为“{name}”的农户数据表。{nearest_zh(name, own)}"
        )
    return own[name]


def _column(table: Table, name: str) -> str:
    fixed = {*table.key, *TAIL, "household_id"} | {n for n, fact in table.facts.items() if fact.derived}
    free = [known for known, fact in table.facts.items() if known not in fixed and fact.type is not Type.ID]
    if name not in table.facts:
        raise UsageError(_no_column(table, name, free))
    if name not in free:
        raise UsageError(
            f"{table.name}.{name} says which row it is or when it became known, and cannot be corrected. "
            f"These can: {', '.join(free)}. / {table.name}.{name}（{table.facts[name].title}）是行的标识或获知信息，"
            f"不能更正。可更正的列：{'、'.join(free)}。"
        )
    return name


def _read(table: Table, column: str, text: str) -> Any:
    """A value in the unit of the contract (fen for amounts). UsageError where it cannot be read."""
    cells = read_cells(table, pl.DataFrame({"row": [1], column: [text]}, schema={"row": pl.Int64, column: pl.String}))
    if cells.unreadable.height:
        raise UsageError(refusal(table, column, text, str(cells.unreadable["reason"][0])))
    return cells.values[column][0]


def _row(rows: HouseholdRows, table: Table, key: Mapping[str, str]) -> pl.DataFrame:
    own = rows.rows(table.name)
    found = own
    for name, text in key.items():
        if name not in table.facts:
            raise UsageError(_no_column(table, name, table.facts))
        found = found.filter(pl.col(name) == pl.lit(_read(table, name, text), table.dtypes[name]))
    if table.kind is Kind.STATE and found.height > 1:  # of several states, the one in force
        past = found.filter(pl.col("valid_from") <= rows.as_of)
        found = past.filter(pl.col("valid_from") == pl.col("valid_from").max().over(table.key[0]))
    if found.height != 1:
        raise UsageError(_which(table, key, found if found.height else own, found.height))
    return found


def _no_column(table: Table, name: str, known: Iterable[str]) -> str:
    return (
        f"the table {table.name} has no column {name!r}. {nearest(name, known)} / "
        f"表 {table.name}（{table.title}）没有“{name}”这一列。{nearest_zh(name, known)}"
    )


def _which(table: Table, key: Mapping[str, str], rows: pl.DataFrame, count: int) -> str:
    told = ", ".join(f"{name}={text}" for name, text in key.items())
    names = [name for name in table.key if name != "household_id"]
    listed = ["[" + ",".join(f"{n}={row[n]}" for n in names) + "]" for row in rows.iter_rows(named=True)]
    shown, more = ", ".join(listed[:MOST_SHOWN]), len(listed) - MOST_SHOWN
    rest, rest_zh = (f" and {more} more", f" 等共{len(listed)}行") if more > 0 else ("", "")
    return (
        f"{table.name}: {told or 'no key'} names {count} rows of the household, not one. "
        f"There are: {shown or 'none'}{rest}. / {table.name}（{table.title}）：{told or '未给出键'} 对应该户{count}行，"
        f"不是一行。现有：{shown or '无'}{rest_zh}。"
    )
