"""Check the rows of a delivery against their table: good rows on one side, the faults of the others on the other.

Checks on one row only: types, codes, ranges, and the rules of severity E. A row that breaks one is quarantined,
never repaired.
"""

from __future__ import annotations

import types
from functools import cache
from typing import TYPE_CHECKING, Final

import dataframely as dy
import polars as pl

from riskmodel.errors import RejectedFile
from riskmodel.tables.column import Column, Type
from riskmodel.tables.staff_code import REASON
from riskmodel.tables.table import Canonical, RowRule, Table, row_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW: Final = "row"
"""Column of the input that holds the row number as the office sees it."""

FEW: Final = 500
"""Of so many rows it is asked first whether all are good, which takes a third of setting the bad ones apart."""

_NULLABILITY: Final = "nullability"
"""What dataframely calls the rule that a value is there."""

FAILURE_SCHEMA: Final = {
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "reason": pl.String,
}
"""Columns of the failures, one line per broken rule."""


def check_rows(table: Table, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into the good ones and a list of what is wrong with the others.

    `frame` has the columns of the table in any order; nullable ones may be missing (null), `retracted` too (false),
    others are ignored. Amounts are in fen. Without a column `row`, rows are numbered from 1.

    Returns (good, failures): good rows in the order they came, with the stored types and order of columns, and `row`
    last if it was given; failures as `FAILURE_SCHEMA` sorted by row, amounts written in yuan. A value of the wrong
    type hides the other faults of its row. A failure may hold a sensitive value: see `Table.sensitive` before it is
    shown or logged.

    Raises `RejectedFile` when a column that must be present is missing.
    """
    numbered = ROW in frame.columns
    complete = _complete(table, frame if numbered else frame.with_row_index(ROW, offset=1))
    fitting, misfits = _set_apart_misfits(table, complete)
    schema, good, faults = _schema_with_row(table.schema), None, [misfits]
    if fitting.height <= FEW:
        good = _sound(schema, fitting)
    if good is None:
        good, failure = schema.filter(fitting, cast=True)
        faults += _explain(table, failure)
    failures = pl.concat(faults).sort(ROW, maintain_order=True)
    return good.select(*table.columns, *([ROW] if numbered else [])), failures


def all_good(frames: Sequence[tuple[Table, pl.DataFrame]]) -> list[bool]:
    """Whether all rows of each frame, with the stored types, are good; `check_rows` tells what is wrong, ten times as
    slowly for a few rows."""
    asked = [frame.lazy().select(_holds(table.schema)) for table, frame in frames]
    told = pl.collect_all(asked, engine="in-memory", optimizations=pl.QueryOptFlags.none())
    return [
        bool(answer.item()) and not _lacks(table.schema, frame)
        for (table, frame), answer in zip(frames, told, strict=True)
    ]


def warn_rows(table: Table, good: pl.DataFrame) -> pl.DataFrame:
    """What is odd about rows that are kept: the warnings of the table, in the form of `FAILURE_SCHEMA`.

    `good` is what `check_rows` returned. A rule that needs a value which is not known says nothing.
    """
    rows = good if ROW in good.columns else good.with_row_index(ROW, offset=1)
    found = [
        _lines(table, rows.filter(~rule.holds), rule.columns[0], code, _both(rule))
        for code, rule in table.warnings.items()
    ]
    return pl.concat([pl.DataFrame(schema=FAILURE_SCHEMA), *found]).sort(ROW, maintain_order=True)


def _complete(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that may be missing; an empty `retracted` means false."""
    for name in table.required:
        if name not in frame.columns:
            headers = table.facts[name].headers
            shown, title = " / ".join(headers) or "no Chinese header", headers[0] if headers else name
            raise RejectedFile(
                f"Table '{table.name}' ({table.title}): the column '{name}' ({shown}) is missing and nothing can "
                "stand in for it. Add the column to the file and deliver it again. / "
                f"“{table.title}”缺少必需的列“{title}”，没有别的可以代替。请补上该列后重新报送。"
            )
    missing = [name for name in table.columns if name not in frame.columns]
    filled = frame.with_columns(pl.lit(None, dtype=table.dtypes[name]).alias(name) for name in missing)
    if filled.schema["retracted"] in (pl.Boolean, pl.Null):
        filled = filled.with_columns(pl.col("retracted").fill_null(False).cast(pl.Boolean))
    return filled.select(*table.columns, pl.col(ROW).cast(pl.Int64))


def _sound(schema: type[dy.Schema], rows: pl.DataFrame) -> pl.DataFrame | None:
    """The rows as they are stored, if nothing is wrong with any of them; else None, without saying what."""
    try:
        stored = schema.cast(rows)
    except pl.exceptions.InvalidOperationError:  # a value that cannot be one
        return None
    return stored if stored.select(_holds(schema)).item() and not _lacks(schema, stored) else None


@cache
def _holds(schema: type[dy.Schema]) -> pl.Expr:
    """Whether every rule on one row holds in all rows, but for what `_lacks` asks; one that says nothing of a row
    (null) holds."""
    of_columns = (
        rule
        for name, kind in schema.columns().items()
        for rule_name, rule in kind.validation_rules(pl.col(name)).items()
        if rule_name != _NULLABILITY
    )
    return pl.all_horizontal(*of_columns, *(rule.holds for rule in row_rules(schema).values())).all()


def _lacks(schema: type[dy.Schema], rows: pl.DataFrame) -> bool:
    """Whether a value is missing that has to be there: counted, which takes less than an expression."""
    return any(rows.get_column(name).null_count() for name in _never_null(schema))


@cache
def _never_null(schema: type[dy.Schema]) -> tuple[str, ...]:
    """Columns that have a value in every row."""
    columns = schema.columns().items()
    return tuple(name for name, kind in columns if _NULLABILITY in kind.validation_rules(pl.col(name)))


@cache
def _schema_with_row(schema: type[Canonical]) -> type[dy.Schema]:
    """The schema plus the row number, which would otherwise be lost in filtering."""
    with_row: type[dy.Schema] = types.new_class(
        f"{schema.__name__}WithRow", (schema,), exec_body=lambda body: body.update({ROW: dy.Int64()})
    )
    return with_row


def _set_apart_misfits(table: Table, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Refuse values that a cast would turn into something else, or that would stop the whole file.

    2.5 persons would become 2, the number 20250305 a day of another age, and one word in a column of yes and no an
    exception.
    """
    readings = {name: _reading(fact, frame.schema[name]) for name, fact in table.facts.items()}
    given = {name: reading for name, reading in readings.items() if reading is not None}
    bad = [
        _lines(table, frame.filter(pl.col(name).is_not_null() & reading.is_null()), name, *_not_of(table.facts[name]))
        for name, reading in given.items()
    ]
    failures = pl.concat([pl.DataFrame(schema=FAILURE_SCHEMA), *bad])
    fitting = frame.join(failures.select(ROW).unique(), on=ROW, how="anti", maintain_order="left")
    return fitting.with_columns(**given), failures


def _reading(fact: Column, dtype: pl.DataType) -> pl.Expr | None:
    """The value as it should be read, null where it cannot be; None where dataframely's own cast is right."""
    column = pl.col(fact.name)
    match fact.type:
        case Type.BOOL if dtype == pl.String:
            return column.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
        case Type.BOOL if dtype.is_numeric():
            return column.replace_strict({0: False, 1: True}, default=None, return_dtype=pl.Boolean)
        case Type.YUAN | Type.INT if dtype.is_numeric() and not dtype.is_integer():
            return pl.when(column == column.floor()).then(column).cast(pl.Int64, strict=False)
        case Type.NUM if dtype.is_float():
            return pl.when(column.is_finite()).then(column)
        case Type.DATE | Type.MONTH if dtype == pl.String:
            return column.str.to_date("%Y-%m-%d", strict=False)
        case _:
            return None if _castable(fact.type, dtype) else pl.lit(None, dtype=pl.String)


def _castable(type_: Type, dtype: pl.DataType) -> bool:
    """Whether a cast to the stored type gives the same value or null, never another value or an exception."""
    match type_:
        case _ if dtype == pl.Null:
            return True
        case Type.DATE | Type.MONTH:
            return dtype in (pl.Date, pl.Datetime)
        case Type.YUAN | Type.INT | Type.NUM:
            return dtype.is_numeric() or dtype == pl.String
        case Type.BOOL:
            return dtype == pl.Boolean
        case _:
            return dtype.is_integer() or dtype in (pl.String, pl.Categorical, pl.Enum)


def _explain(table: Table, failure: dy.FailureInfo) -> list[pl.DataFrame]:
    """One frame per broken rule, in the order of the columns, then of the rules."""
    details = failure.details() if len(failure) else None
    if details is None:
        return []
    lines = []
    for broken in failure.counts():
        name, _, check = broken.rpartition("|")
        if name:
            rule, reason = _check_words(table.facts[name], check)
        else:
            rule, reason = check, _both(table.rules[check])
            name = table.rules[check].columns[0]
        lines.append(_lines(table, details.filter(pl.col(broken) == "invalid"), name, rule, reason))
    return lines


def _lines(table: Table, rows: pl.DataFrame, name: str, rule: str, reason: str) -> pl.DataFrame:
    """One line per row for this column, rule and reason."""
    return rows.select(
        pl.col(ROW).cast(pl.Int64),
        pl.lit(name).alias("column"),
        _shown(table.facts[name], rows.schema[name]).alias("value"),
        pl.lit(rule).alias("rule"),
        pl.lit(reason).alias("reason"),
    )


def _shown(fact: Column, dtype: pl.DataType) -> pl.Expr:
    """A value as text: amounts in yuan with 2 decimals, months without the day."""
    column = pl.col(fact.name)
    if dtype.is_nested():
        return pl.lit("[...]")
    if fact.type is Type.YUAN and dtype.is_integer():
        fen = column.abs()
        sign = pl.when(column < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        return pl.concat_str(sign, fen // 100, pl.lit("."), (fen % 100).cast(pl.String).str.zfill(2))
    return column.cast(pl.String, strict=False)


def _check_words(fact: Column, check: str) -> tuple[str, str]:
    """Short name and reason of dataframely's own checks on one column."""
    match check:
        case "nullability":
            return "required", "must be present / 必填"
        case "dtype":
            return _not_of(fact)
        case "check__code":
            return "code", "not in the list of codes / 不在代码表内"
        case "check__month":
            return "month", "must be the first day of a month / 须为当月第一天"
        case "check__term":
            return "term", "must be 1 March or 1 September / 须为3月1日(春季)或9月1日(秋季)"
        case "check__staff_code":
            return "staff_code", REASON
        case "regex":
            return "form", f"does not have the form of {_FORMS.get(fact.type, 'this column')} / 格式不符"
        case _:
            return "range", "outside the allowed range / 超出允许范围"


def _not_of(fact: Column) -> tuple[str, str]:
    return "type", f"not of type {fact.type} / 数据类型不符"


def _both(rule: RowRule) -> str:
    return f"{rule.reason} / {rule.reason_zh}"


_FORMS: Final = {
    Type.ID: "an id (letter and 24 hex digits)",
    Type.AREA12: "an area code (12 digits)",
}
