"""Running all checks on a view: what was found, and what could not be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.quality.declaration import Use, declared
from riskmodel.tables.quality.places import area_text, townships
from riskmodel.tables.quality.reading import Reading

if TYPE_CHECKING:
    from riskmodel.policy import Policy
    from riskmodel.tables.lake import View
    from riskmodel.tables.quality.declaration import Check
    from riskmodel.tables.quality.gaps import Gap

FOUND_SCHEMA: Final = {
    "household_id": pl.String(),
    "township": pl.String(),
    "village_code": pl.String(),
    "check": pl.String(),
    "severity": pl.String(),
    "use": pl.String(),
    "detail": pl.String(),
    "detail_en": pl.String(),
}
"""One row per household and check that fired; sorted by household and check."""

_SLOT = re.compile(r"\{([^}:]+)(?::([a-z]+))?\}")


@dataclass(frozen=True)
class NotRun:
    """A check that could not be run for some households, and what it lacks."""

    check: str
    needs: str
    area: str
    on: str
    households: int
    reason: str


@dataclass(frozen=True)
class Findings:
    """What the checks say of a county."""

    found: pl.DataFrame = field(repr=False)
    """As `FOUND_SCHEMA`."""
    not_run: tuple[NotRun, ...]
    townships: pl.DataFrame = field(repr=False)
    """`township` (9 digits), `name`, `households`: active ones, which is whom the checks are about."""


def run_checks(view: View, policy: Policy) -> Findings:
    """All checks on the active households of a view, at its as-of date and with what was known on it.

    A check that finds no policy number in force, or no row of a table at all, is in `not_run` for the households
    concerned; the others are checked.
    """
    reading = Reading(view, policy)
    frames: list[pl.LazyFrame] = []
    not_run: list[NotRun] = []
    for check in declared():
        reading.gaps.clear()
        frames.append(_told(check, check.find(reading)))
        not_run += [_not_run(check, gap) for gap in dict.fromkeys(reading.gaps)]
    rows = pl.concat(pl.collect_all(frames)).unique()
    found = _one_per_household(rows).join(reading.homes.select("household_id", "village_code"), on="household_id")
    return Findings(_with_ids(found, view), tuple(not_run), townships(view, reading.homes))


def rule_pack(view: View, policy: Policy) -> pl.DataFrame:
    """A rule baseline: `household_id` and `points`, how many checks of use R fired, for every active household.

    A check that could not be run adds nothing; `run_checks` tells which.
    """
    reading = Reading(view, policy)
    frames = [check.find(reading).select("household_id").unique() for check in declared() if check.use is Use.RISK]
    points = pl.concat(pl.collect_all(frames)).group_by("household_id").agg(points=pl.len().cast(pl.Int32))
    rows = reading.homes.select("household_id").join(points, on="household_id", how="left")
    named = rows.select(view.ids.decode("H", rows["household_id"]), pl.col("points").fill_null(0))
    return named.sort("household_id")


def _told(check: Check, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of a check as findings: household, check, and the sentences with their values filled in."""
    schema = rows.collect_schema()
    return rows.select(
        "household_id",
        check=pl.lit(check.code),
        detail=_sentence(check.detail, schema),
        detail_en=_sentence(check.english_detail, schema),
    )


def _sentence(template: str, schema: pl.Schema) -> pl.Expr:
    texts, places, last = [], [], 0
    for slot in _SLOT.finditer(template):
        texts.append(template[last : slot.start()])
        places.append(_shown(slot[1], slot[2] or "", schema[slot[1]]))
        last = slot.end()
    return pl.format("{}".join([*texts, template[last:]]), *places)


def _shown(name: str, form: str, dtype: pl.DataType) -> pl.Expr:
    """A value as text: days and months in ISO form, fen as yuan with 2 decimals; `?` where it is missing."""
    column = pl.col(name)
    if form == "month":
        text = column.dt.strftime("%Y-%m")
    elif form == "yuan":
        fen = column.cast(pl.Int64)
        sign = pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        text = pl.format("{}{}.{}", sign, fen.abs() // 100, (fen.abs() % 100).cast(pl.String).str.zfill(2))
    else:
        text = column.cast(pl.String)
        text = text.str.strip_suffix(".0") if dtype.is_float() else text
    return text.fill_null("?")


def _one_per_household(rows: pl.DataFrame) -> pl.DataFrame:
    """Several rows of one check (two children, two episodes) become one finding with all their sentences."""
    ordered = rows.sort("household_id", "check", "detail")
    sentences = [pl.col(name).str.join(mark) for name, mark in (("detail", ";"), ("detail_en", "; "))]
    return ordered.group_by("household_id", "check", maintain_order=True).agg(sentences)


def _with_ids(found: pl.DataFrame, view: View) -> pl.DataFrame:
    facts = {check.code: check for check in declared()}
    severity = {code: check.severity.value for code, check in facts.items()}
    use = {code: check.use.value for code, check in facts.items()}
    named = found.with_columns(
        view.ids.decode("H", found["household_id"]),
        area_text("village_code", 12),
        severity=pl.col("check").replace_strict(severity, return_dtype=pl.String),
        use=pl.col("check").replace_strict(use, return_dtype=pl.String),
    )
    placed = named.with_columns(township=pl.col("village_code").str.head(9))
    return placed.select(*FOUND_SCHEMA).sort("household_id", "check")


def _not_run(check: Check, gap: Gap) -> NotRun:
    return NotRun(check.code, gap.needs, gap.area, gap.on.isoformat(), gap.households, gap.reason)
