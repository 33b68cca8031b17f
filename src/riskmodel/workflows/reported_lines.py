"""Lines about rows as people may see them: ids masked, columns, rules and reasons in the words of an office.

A refused cell of an id column may be a citizen's number or a name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.sources.personal import PERSONAL
from riskmodel.tables import TABLES
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE_MAX: Final = 300
"""Characters of a value; what is longer is no value but a spilt file, and can be read in the Parquet file."""


def masked_id(value: str) -> str:
    """A value of an id column as it may be shown: `110*************34`.

    Hashes and exponent forms stay; of less than 8 characters only the first one. A key keeps what stands after its id.
    """
    first, *later = value.split("|")
    shown = [first if _SHOWN_FIRST.fullmatch(first) else _starred(first)]
    return "|".join(shown + [part if _SHOWN_LATER.fullmatch(part) else _starred(part) for part in later])


def masked_text(value: str) -> str:
    """A value of any other column: numbers of 15 digits and more are masked where they stand."""
    return re.sub(_LONG_NUMBER, lambda found: _starred(found[0]), value)


def masked(lines: pl.DataFrame) -> pl.DataFrame:
    """Reported lines (`FAILURES`) with every id, name, address and telephone number masked.

    A line with a cell too few or too many may show any cell of its row, so it is masked like an id.
    """
    place = pl.concat_str("table", "column", separator=".", ignore_nulls=True)
    anything = pl.col("column").is_in(list(PERSONAL)) | (pl.col("rule") == "cells")
    personal = (place.is_in(_ID_COLUMNS) | anything).fill_null(value=False)
    numbers = ~personal & pl.col("value").str.contains(_LONG_NUMBER)
    return lines.with_columns(
        pl.when(personal)
        .then(_each(lines.filter(personal)["value"], masked_id))
        .when(numbers)
        .then(_each(lines.filter(numbers)["value"], masked_text))
        .otherwise(pl.col("value"))
        .alias("value")
    )


def in_chinese(lines: pl.DataFrame) -> pl.DataFrame:
    """Reported lines in the words of an office: headers for columns, titles for rules, the Chinese half of reasons."""
    header = pl.concat_str("table", "column", separator=".").replace_strict(_HEADERS, default=pl.col("column"))
    long = pl.col("value").str.len_chars() > VALUE_MAX
    return lines.with_columns(
        column=header,
        value=pl.when(long).then(pl.col("value").str.head(VALUE_MAX) + "…").otherwise(pl.col("value")).fill_null(""),
        rule=pl.col("rule").replace(_RULES),
        reason=pl.col("reason").str.replace(_CHINESE, "${1}"),
    )


def chinese(text: str) -> str:
    """The Chinese half of a message "english / 中文"; a message in one language as it is."""
    return re.sub(_CHINESE, r"\1", text)


def _each(values: pl.Series, change: Callable[[str], str]) -> pl.Expr:
    """The values changed, each distinct one once."""
    distinct = values.drop_nulls().unique()
    return pl.col("value").replace(distinct, pl.Series([change(value) for value in distinct], dtype=pl.String))


def _starred(text: str) -> str:
    head, tail = (3, 2) if len(text) >= 8 else (1, 0)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


_ID_COLUMNS: Final = [
    f"{t}.{c}" for t, spec in TABLES.items() for c, fact in spec.facts.items() if fact.type == Type.ID
]

_LONG_NUMBER: Final = r"[0-9]{14,}[0-9Xx]"
"""15 digits and more, as a citizen's number or an account has them, whatever column they were typed into."""

_EXPONENT: Final = r"[0-9](?:\.[0-9]{0,6})?[eE]\+?[0-9]{1,3}"
"""What a spreadsheet leaves of a long number. With more digits than these it still holds a birthday."""

_SHOWN_FIRST: Final = re.compile(rf"|[HPSLM][0-9a-f]{{24}}|{_EXPONENT}")
_SHOWN_LATER: Final = re.compile(
    rf"{_SHOWN_FIRST.pattern}|[0-9]{{1,4}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|[a-z][a-z_0-9]*"
)
"""In a key joined by "|", the parts after the id: years, days and codes."""

_HEADERS: Final = {
    f"{t}.{c}": fact.headers[0] for t, s in TABLES.items() for c, fact in s.facts.items() if fact.headers
}
_CHINESE: Final = r"(?s)^[^\u3400-\u9fff]* / (.*[\u3400-\u9fff].*)$"
"""Messages are "english / 中文"; one that has only one language does not match."""

_RULES: Final = {
    "required": "必填",
    "type": "类型",
    "code": "代码",
    "range": "范围",
    "form": "格式",
    "month": "月份",
    "term": "学期",
    "unreadable": "无法识别",
    "cells": "列数",
    "conflict": "主键冲突",
    "receipt": "获知日期",
    "county": "所属县",
    "digits_lost": "数字丢失",
    "check_digit": "校验位",
    "number_form": "号码格式",
    "unknown_word": "未知词语",
    "waits": "待匹配",
    "late_state": "迟到变更",
    "full_list": "全量名单",
}
"""Titles of the rules that have words; the numbered ones are called the same everywhere."""
