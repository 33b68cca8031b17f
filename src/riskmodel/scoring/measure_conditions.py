"""The conditions of the rules of help, each with the rule that it belongs to and the number that decides it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.plain_values import translated
from riskmodel.policy import MEASURE_RULES, Category
from riskmodel.tables.plain_rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from riskmodel.scoring.measure_facts import MeasureFacts
    from riskmodel.tables.plain_rows import Value

UNSAFE_FROM: Final = 3
"""House grade C as a number."""
YES: Final = pl.lit(value=True)
NO: Final = pl.lit(value=False)
EX_POOR: Final = pl.col("category") != Category.ORDINARY.value


@dataclass(frozen=True)
class Condition:
    """A question to one household: `met` is true, false, or null where a fact or a policy number is not known."""

    rule: str
    met: pl.Expr
    value: pl.Expr | None = None
    """The number that is told: yuan, members, a grade; null where there is none."""
    least: str = ""
    most: str = ""
    """Policy kinds of the bounds that are told."""
    found_on: pl.Expr | None = None
    checked_on: pl.Expr | None = None
    """Days of the inspection and of the village's check, each null where it found nothing out."""


@dataclass(frozen=True)
class Answer:
    """What a condition is for a household; numbers and days as in `Condition`."""

    rule: str
    met: bool | None
    """None = not known."""
    value: float | None = None
    least: float | None = None
    most: float | None = None
    found_on: date | None = None
    checked_on: date | None = None


def answers(facts: MeasureFacts, number: Callable[[str], float | None]) -> dict[str, Answer]:
    """The answer to each condition, by its name. number: policy number in force by kind, None where there is none."""
    numbers = {kind: number(kind) for kind in _kinds()}
    row = {name: [value] for name, value in facts.told.items()}
    row |= {_column(kind): [value] for kind, value in numbers.items()}
    rows, nobody = Rows(1, lambda _, name: row[name]), [None]
    told = {}
    for name, (condition, made) in _translated().items():
        met, value, found_on, checked_on = (nobody if of is None else of(rows) for of in made)
        told[name] = Answer(
            condition.rule,
            met[0],
            None if value[0] is None else float(value[0]),
            numbers.get(condition.least),
            numbers.get(condition.most),
            found_on[0],
            checked_on[0],
        )
    return told


@cache
def _translated() -> dict[str, tuple[Condition, list[Value | None]]]:
    """What of each condition has to be worked out, in plain Python: whether it is met, its value and its days."""
    parts = ("met", "value", "found_on", "checked_on")
    every = {f"{name}:{part}": getattr(c, part) for name, c in CONDITIONS.items() for part in parts}
    made = translated({name: told for name, told in every.items() if told is not None}, pl.LazyFrame())
    return {name: (c, [made.get(f"{name}:{part}") for part in parts]) for name, c in CONDITIONS.items()}


@cache
def _kinds() -> frozenset[str]:
    """Kinds of policy numbers that the conditions use."""
    return frozenset({kind for c in CONDITIONS.values() for kind in (c.least, c.most) if kind} | _FURTHER)


def _column(kind: str) -> str:
    return f"policy:{kind}"


def _number(kind: str) -> pl.Expr:
    """A policy number, null where none is in force."""
    return pl.col(_column(kind))


def _some(known: pl.Expr, unknown: pl.Expr) -> pl.Expr:
    """True where there is one, not known where there may be one, false where there is none."""
    return pl.when(known > 0).then(YES).when(unknown > 0).then(None).when(known == 0).then(NO)


def _labour() -> pl.Expr:
    """A present member of working age is able; the household's own mark counts where no member is known."""
    of_members = _some(pl.col("able"), pl.col("labour_unknown"))
    return pl.when(pl.col("people") > 0).then(of_members).when(pl.col("no_labour")).then(NO)


def _room() -> pl.Expr:
    small, unnamed, cap = pl.col("small_sum"), pl.col("unnamed_sum"), _number("loan_cap")
    return pl.when(small >= cap).then(NO).when(small + unnamed < cap).then(YES)


def _controllable() -> pl.Expr:
    watched = pl.col("small_attention") > 0
    return pl.when(pl.col("small_late") > 0).then(NO).when(watched.not_() & (pl.col("small_loans") > 0)).then(YES)


def _faultless() -> pl.Expr:
    since = pl.col("small_since").is_null() | (pl.col("shock_on") >= pl.col("small_since"))
    misfortune = (pl.col("shock_on").is_not_null() & since) | (pl.col("major_ill") > 0).fill_null(value=False)
    return pl.when(pl.col("small_misused") > 0).then(NO).when(misfortune).then(YES)


def _unsafe(found: pl.Expr, found_on: pl.Expr, check_ok: pl.Expr) -> pl.Expr:
    """Unsafe by the inspection or by the village's check; an older finding is overruled by a newer inspection only."""
    checked_later = found_on.is_null() | (pl.col("checked_on") > found_on)
    by_check = ~check_ok
    return (
        pl.when(found.is_null() | (found == by_check))
        .then(pl.coalesce(found, by_check))
        .when(by_check.is_null() | ~checked_later)
        .then(found)
        .when(by_check)
        .then(YES)
    )


def _safety(found: pl.Expr, found_on: str, check_ok: pl.Expr, value: pl.Expr | None = None) -> Condition:
    """Whether it is unsafe, with the days of those that found something out."""
    day = pl.col(found_on)
    return Condition(
        "M04",
        _unsafe(found, day, check_ok),
        value,
        found_on=pl.when(found.is_not_null()).then(day),
        checked_on=pl.when(check_ok.is_not_null()).then("checked_on"),
    )


def _uninsured() -> pl.Expr:
    """A member is without basic health insurance, by the register or by the village's check."""
    some = (pl.col("uninsured") > 0) | ~pl.col("insured_ok")
    nobody = pl.coalesce(
        _some(pl.col("uninsured"), pl.col("insurance_unknown")), pl.when(pl.col("insured_ok")).then(NO)
    )
    return pl.when(some).then(YES).otherwise(nobody)


def _short_of_labour() -> pl.Expr:
    large = pl.col("size") >= _number("check.5_11_029.size_min")
    half = pl.col("able_any_age") >= pl.col("size") * _number("check.5_11_029.able_share")
    known = pl.when((pl.col("labour_unknown") == 0) | ~large).then(YES)
    return pl.when(large & half).then(NO).otherwise(known)


def _business() -> pl.Expr:
    any_sign = (pl.col("business") > 0).fill_null(value=False) | pl.col("had_industry")
    any_sign |= (pl.col("business_shocks") > 0).fill_null(value=False)
    return pl.when(any_sign).then(YES).when(pl.col("business") == 0).then(NO)


LABOUR: Final = _labour()
_HOUSE: Final = (pl.col("grade") >= UNSAFE_FROM) & pl.col("occupied").ne_missing(pl.lit(value=False))
_NEVER_TOLD: Final = pl.lit(None, pl.Boolean)
_FURTHER: Final = {"check.5_11_029.size_min", "check.5_11_029.able_share"}
_AGES: Final = ("age.working_min", "age.working_max")

CONDITIONS: Final[dict[str, Condition]] = {
    "labour": Condition("M09", LABOUR, pl.col("able"), *_AGES),
    "no_labour": Condition("M09", ~LABOUR, pl.col("able"), *_AGES),
    "borrower_entitled": Condition("M05", EX_POOR | pl.col("monitored")),
    "borrower_age": Condition("M05", pl.col("borrowers") > 0, pl.col("borrowers"), "age.loan_min", "age.loan_max"),
    "loan_room": Condition("M05", _room(), pl.col("small_sum"), most="loan_cap"),
    "loan_to_renew": Condition("M06", _some(pl.col("small_loans"), pl.col("unnamed_loans")), pl.col("small_loans")),
    "risk_controllable": Condition("M06", _controllable(), pl.col("small_late")),
    "loan_to_extend": Condition("M07", _some(pl.col("small_loans"), pl.col("unnamed_loans")), pl.col("small_loans")),
    "not_at_fault": Condition("M07", _faultless(), pl.col("small_misused")),
    "vocational": Condition("M08", _some(pl.col("vocational"), pl.col("vocational_suspended")), pl.col("vocational")),
    "unsafe_house": _safety(_HOUSE, "house_on", pl.col("house_ok"), pl.col("grade")),
    "unsafe_water": _safety(~pl.col("water_safe"), "water_on", pl.col("water_ok")),
    "below_dibao": Condition(
        "M10", pl.col("net_per_capita") < _number("dibao_standard"), pl.col("net_per_capita"), most="dibao_standard"
    ),
    "no_labour_for_tekun": Condition("M10", ~LABOUR, pl.col("able")),
    "no_supporter": Condition("M10", _NEVER_TOLD),  # nobody tells who would have to support whom
    "no_cash": Condition("M03", NO if MEASURE_RULES["M03"].confirmed else _NEVER_TOLD),
    "self_pay": Condition("MAP", pl.col("self_pay") > 0, pl.col("self_pay")),
    "ill_member": Condition("MAP", _some(pl.col("ill"), pl.col("ill_unknown")), pl.col("ill")),
    "surveyed_self_pay": Condition("MAP", pl.col("surveyed_self_pay") > 0, pl.col("surveyed_self_pay")),
    "uninsured": Condition("MAP", _uninsured(), pl.col("uninsured")),
    "disabled": Condition("MAP", pl.col("disabled") > 0, pl.col("disabled")),
    "students": Condition("MAP", pl.col("students") > 0, pl.col("students")),
    "college": Condition("MAP", pl.col("college") > 0, pl.col("college")),
    "school_age": Condition(
        "MAP", pl.col("of_school_age") > 0, pl.col("of_school_age"), "age.school_min", "age.school_max"
    ),
    "elder_without_pension": Condition(
        "MAP", _some(pl.col("elders_without_pension"), pl.col("pension_unknown")), pl.col("elders_without_pension")
    ),
    "disaster": Condition("MAP", pl.col("disasters") > 0, pl.col("disasters")),
    "accident": Condition("MAP", pl.col("accidents") > 0, pl.col("accidents")),
    "business": Condition("MAP", _business(), pl.col("business")),
    "short_of_labour": Condition("MAP", _short_of_labour(), pl.col("able_any_age")),
}
"""Every condition by name."""
