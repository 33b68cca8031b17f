"""What a canonical table is: its schema, its key, its time, and the facts that every other part needs.

A subject file (`household.py`, `income.py`, ...) declares a schema per table and one `Table` for it;
`catalogue.py` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import dataframely as dy
import polars as pl

from riskmodel.policy import Source
from riskmodel.tables.column import FACTS, Column, code, date, flag, normal_header, text

TAIL: Final = ("known_at", "source", "batch_id", "retracted")
"""Last columns of every table: when and from whom a row became known, and whether it still holds."""

ONE_YUAN: Final = 100
"""Money compares within one yuan (in fen): departments round at different places."""


class Kind(StrEnum):
    """How the rows of a table stand in time."""

    STATE = "state"
    """One row per change of the subject."""
    PERIOD = "period"
    """One row per subject and period."""
    EVENT = "event"
    """One row per event."""
    EPISODE = "episode"
    """One key per episode; its end arrives as a new version of the same key."""


class Subject(StrEnum):
    """Whom a row is about."""

    VILLAGE = "village"
    HOUSEHOLD = "household"
    PERSON = "person"


@dataclass(frozen=True)
class RowRule:
    """A rule on one row.

    `holds` is true, false or, where a value it needs is not known, null; null passes.
    """

    columns: tuple[str, ...]
    """Columns that the rule is about; the first one is named in reports."""
    reason: str
    reason_zh: str
    holds: pl.Expr

    def __call__(self, _schema: object) -> pl.Expr:
        """The expression, in the form that dataframely asks for."""
        return self.holds


def rule(columns: tuple[str, ...], reason: str, reason_zh: str, holds: pl.Expr) -> Any:
    """Declare a rule in a schema: `S02 = rule(("a", "b"), "...", "...", pl.col("a") <= pl.col("b"))`.

    The attribute's name is the code of the rule. A row that breaks it is quarantined.
    """
    return dy.rule()(RowRule(columns, reason, reason_zh, holds))


def known_on_or_after(event: str, early: pl.Expr | None = None, unless: tuple[str, str] = ("", "")) -> Any:
    """Rule D09: nothing can be known before it is true, except rows for which `early` holds; `unless` says which."""
    but, but_zh = unless
    in_time = pl.col(event) <= pl.col("known_at")
    return rule(
        (event, "known_at"),
        f"{event} must not be later than known_at" + (f", unless {but}" if but else ""),
        "事实日期不得晚于获知日期" + (f"({but_zh})" if but_zh else ""),
        in_time if early is None else in_time | early,
    )


class Canonical(dy.Schema):
    """The tail that all tables end with."""

    known_at = date(note="day the office could use the row")
    source = code(Source, note="department that delivered the row")
    batch_id = text(
        regex="^[hr][0-9]{8}-[0-9]{4}$", note="mode, day of import, running number; one batch = one received file"
    )
    retracted = flag("作废", "是否作废", default=False, note="true = from known_at on, the key does not exist")


def row_rules(schema: type[dy.Schema]) -> dict[str, RowRule]:
    """Rules on one row by their code, as they are declared in a schema."""
    attributes = {name: value for cls in reversed(schema.__mro__) for name, value in vars(cls).items()}
    functions = {name: getattr(value, "validation_fn", None) for name, value in attributes.items()}
    return {name: function for name, function in functions.items() if isinstance(function, RowRule)}


@dataclass(frozen=True)
class Table:
    """One canonical table. All tuples of columns are in stored order."""

    name: str
    title: str
    """Chinese title."""
    purpose: str
    schema: type[Canonical]
    kind: Kind
    subject: Subject
    key: tuple[str, ...]
    event: str
    """Column that says when the fact was true."""
    sources: tuple[Source, ...]
    """Departments that usually deliver it; the first is assumed for a file that names none."""
    history_days: int
    """Days between the end of the event period and the day it is usually known, used when the true date is lost."""
    early_ok: bool = False
    """Rows may be known before their event date (income_surveys: of stage `annual` only)."""
    warnings: Mapping[str, RowRule] = field(default_factory=dict)
    """Rules whose breach is reported while the row is kept."""
    follows: Mapping[str, pl.Expr] = field(default_factory=dict)
    """Columns that are stored as reported and ought to follow from others of their row, each after those it needs."""
    note: str = ""

    @cached_property
    def facts(self) -> Mapping[str, Column]:
        """Facts per column, in stored order: dataframely lists inherited columns first, the contract last."""
        declared = self.schema.columns()
        own = [name for name in declared if name not in TAIL]
        return {name: replace((declared[name].metadata or {})[FACTS], name=name) for name in (*own, *TAIL)}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(self.facts)

    @property
    def payload(self) -> tuple[str, ...]:
        """Columns outside the tail that a delivery can change: what two versions of a row are compared by."""
        return tuple(name for name, fact in self.facts.items() if name not in TAIL and not fact.derived)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that a frame must have; a missing `retracted` means false, derived columns come with the view."""
        return tuple(
            name for name, fact in self.facts.items() if not (fact.nullable or fact.derived) and name != "retracted"
        )

    @property
    def sensitive(self) -> tuple[str, ...]:
        """Columns under PIPL article 28: never in logs, URLs or exports without an area scope."""
        return tuple(name for name, fact in self.facts.items() if fact.sensitive)

    @property
    def has_household(self) -> bool:
        """Whether each row names its household."""
        return "household_id" in self.facts

    @cached_property
    def headers(self) -> Mapping[str, tuple[str, ...]]:
        """Header in the form of `normal_header`, Chinese or English -> columns it feeds; 健康状况 feeds two."""
        found: dict[str, list[str]] = {}
        for name, fact in self.facts.items():
            if name == "batch_id" or fact.derived:
                continue
            for header in dict.fromkeys(normal_header(h) for h in (name, *fact.headers, *_ALSO.get(name, ()))):
                found.setdefault(header, []).append(name)
        return {header: tuple(names) for header, names in found.items()}

    @cached_property
    def dtypes(self) -> Mapping[str, pl.DataType]:
        """Stored type per column, in stored order."""
        declared = self.schema.columns()
        return {name: declared[name].dtype for name in self.facts}

    @cached_property
    def rules(self) -> Mapping[str, RowRule]:
        """Rules on one row by their code; a row that breaks one is quarantined."""
        return row_rules(self.schema)

    def empty(self) -> pl.DataFrame:
        """The table without rows."""
        return pl.DataFrame(schema=dict(self.dtypes))


_ALSO: Final = {
    "household_id": ("户编号",),
    "person_id": ("证件号码", "身份证号"),
    "village_code": ("行政区划代码", "村代码"),
}
"""Headers accepted in every table that has the column."""
