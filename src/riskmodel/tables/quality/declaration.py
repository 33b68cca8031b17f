"""The declaration of a content check, and the registry of all of them.

A check is one function: its docstring is the precise reading, its decorator everything else that the system needs to
know. From this one place come the finding, the sentence for the official, the workbook and the documentation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import polars as pl

    from riskmodel.tables.quality.reading import Reading

Find = Callable[["Reading"], "pl.LazyFrame"]


class _Word(StrEnum):
    """A code with its Chinese title and its English meaning."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en
        return member


class Severity(_Word):
    """How bad a finding is."""

    ERROR = "E", "错误", "contradiction or broken duty"
    WARNING = "W", "提示", "check at the desk or by visit"


class Use(_Word):
    """What a finding is about."""

    DATA = "D", "数据质量", "data quality"
    COMPLIANCE = "C", "合规", "compliance"
    RISK = "R", "风险信号", "risk signal"


@dataclass(frozen=True)
class Check:
    """Everything the system knows about one content check."""

    code: str
    title: str
    """Chinese title."""
    english: str
    severity: Severity
    use: Use
    tables: tuple[str, ...]
    """Tables that it is about; households and villages, which give every finding its place, are not listed."""
    policy: tuple[str, ...]
    """Kinds of policy numbers that it needs."""
    rule: str
    """The reading in Chinese, for officials."""
    detail: str
    """Chinese sentence of one finding: `{column}`, `{column:yuan}` for fen, `{column:month}` for a month."""
    english_detail: str
    reading: str
    find: Find

    @property
    def source(self) -> str:
        """Where the check comes from; numbers X_.. are ours."""
        return "Published data-quality scripts" + (", number unknown" if self.code.startswith("X_") else "")


REGISTRY: dict[str, Check] = {}
"""Every declared check by code; filled when `riskmodel.tables.quality` is imported."""


def check(
    code: str,
    title: str,
    english: str,
    *,
    severity: Severity,
    use: Use,
    tables: tuple[str, ...],
    policy: tuple[str, ...] = (),
    rule: str,
    detail: tuple[str, str],
) -> Callable[[Find], Find]:
    """Declare the decorated function as a check; `detail` is the sentence of a finding in Chinese and in English.

    The function takes a `Reading` and returns the rows that break the rule: `household_id` and the columns that the
    sentences name. Raises ValueError for a second check of the same code and for a function without docstring.
    """

    def declare(find: Find) -> Find:
        reading = inspect.cleandoc(find.__doc__ or "")
        if code in REGISTRY or not reading:
            raise ValueError(f"check {code}: " + ("declared twice" if reading else "has no docstring"))
        REGISTRY[code] = Check(code, title, english, severity, use, tables, policy, rule, *detail, reading, find)
        return find

    return declare


def declared() -> tuple[Check, ...]:
    """Every declared check, in order of the codes, which is that of the rule pack."""
    return tuple(REGISTRY[code] for code in sorted(REGISTRY))
