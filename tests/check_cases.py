"""Households made for the content checks: for every check one that breaks it, and ones just on the other side.

A case tells the rows of household H1. The rest of the county has one more household, H9, which is there so that every
kind of file was received and a missing row says something. Rows are told as in `scenario.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from riskmodel.policy import KINDS, Parameter, Policy, toml_text
from riskmodel.settings import Settings
from riskmodel.tables import TABLES, Batch, View
from riskmodel.tables.column import Type
from riskmodel.tables.quality import run_checks
from riskmodel.tables.quality.declaration import REGISTRY
from riskmodel.tables.quality.reading import Reading
from riskmodel.workflows.workspace import Workspace
from scenario import AGES, COUNTY, DEFAULTS, rows_of
from worked_example import full_id

AS_OF: Final = date(2025, 6, 5)
Row = Mapping[str, Any]
Told = Mapping[str, Sequence[Row]]
"""Rows by table."""

NUMBERS: Final[Mapping[str, float]] = {
    "monitoring_line": 8000,
    **AGES,
    "deadline.elimination_min": 6,
    "deadline.elimination_flag": 2,
    "deadline.first_measure_flag": 1,
    "check.4_11_014.months": 3,
    "check.5_11_029.size_min": 4,
    "check.5_11_029.able_share": 0.5,
    "check.5_12_007.months": 6,
    "check.5_15_019.age_min": 18,
    "check.5_15_019.age_max": 60,
    "check.5_15_020.months": 12,
    "check.5_15_023.wage_below": 100,
}
"""Invented numbers of the invented province 99."""

MORE: Final[Mapping[str, Row]] = {
    "measures": {"household_id": "H1", "measure": "health", "delivered": True},
    "guarantee_checks": {"household_id": "H1", "stage": "routine"},
    "medical_settlements": {"person_id": "P1", "household_id": "H1", "visit_type": "inpatient"}
    | dict.fromkeys(("basic_paid", "major_paid", "supplement_paid", "aid_paid", "other_paid"), 0),
    "social_assistance": {"household_id": "H1", "scheme": "dibao", "persons": 1, "amount": 300},
}
"""Cells of the tables that `scenario.py` has no defaults for."""

_EARLY: Final = date(2020, 1, 1)
ELSEWHERE: Final[Told] = {
    "villages": [{"village_code": "990101001001", "known_at": _EARLY}],
    "households": [{"household_id": "H1"}, {"household_id": "H9"}],
    "members": [{"person_id": "P9", "household_id": "H9", "birth_month": date(1950, 1, 1)}],
    "income_surveys": [
        {"household_id": "H9", "stage": "identification", "period_end": _EARLY, "net_per_capita": 20000},
    ],
    "guarantee_checks": [{"household_id": "H9", "stage": "identification", "checked_on": _EARLY}],
    "measures": [{"measure_id": "M9", "household_id": "H9", "started_on": _EARLY}],
    "medical_settlements": [
        {"settlement_id": "S9", "person_id": "P9", "household_id": "H9", "service_end": _EARLY}
        | {"total_cost": 1, "self_pay": 1}
    ],
    "enrolments": [
        {"person_id": "P9", "household_id": "H9", "term": term} for term in (date(2024, 9, 1), date(2025, 3, 1))
    ],
    "social_assistance": [{"household_id": "H9", "scheme": "tekun_central", "month": date(2025, 5, 1)}],
}


@dataclass(frozen=True)
class Case:
    """One household and whether a check finds it."""

    code: str
    story: str
    fires: bool
    told: Told = field(repr=False)

    def __str__(self) -> str:
        return f"{self.code} {self.story}"


def policy(changes: Mapping[str, float | None] | None = None) -> Policy:
    """The invented numbers, some changed, or left out where None; in force in province 99 since 1990."""
    values = {**NUMBERS, **(changes or {})}
    return Policy([[entry(kind, value) for kind, value in values.items() if value is not None]])


def entry(
    kind: str, value: float, area: str = "99", since: date = date(1990, 1, 1), published: date | None = None
) -> Parameter:
    """One number, published on the day it takes effect if no other day is given."""
    return Parameter(
        kind, area, float(value), KINDS[kind].unit, published or since, since, None, "invented", True, "tests"
    )


def county(*told: Told) -> dict[str, pl.DataFrame]:
    """Canonical frames of the county in which these rows, and those of H9, were received."""
    names = dict.fromkeys(name for rows in (ELSEWHERE, *told) for name in rows)
    return {
        name: _frame(name, [row for rows in (ELSEWHERE, *told) for row in rows.get(name, ())])
        for name in TABLES
        if name in names
    }


def view(told: Told, as_of: date = AS_OF) -> View:
    """What the county knows on a day."""
    return View.of(county(told), as_of, COUNTY)


def fired(told: Told, as_of: date = AS_OF, numbers: Policy | None = None) -> list[str]:
    """Codes of the checks that find household H1."""
    found = run_checks(view(told, as_of), numbers or policy()).found
    return found.filter(pl.col("household_id") == full_id("H1"))["check"].to_list()


def office(home: Path, *told: Told, without: Sequence[str] = ()) -> Workspace:
    """A workspace with the invented numbers, in which the county delivered these rows on the as-of date."""
    fields = ("area", "value", "unit", "published_on", "effective_from", "source", "confirmed")
    since = date(2020, 1, 1)
    numbers = [entry(kind, value, since=since) for kind, value in NUMBERS.items() if kind not in without]
    (home / "policy").mkdir(parents=True)
    text = toml_text({number.kind: [{name: getattr(number, name) for name in fields}] for number in numbers})
    (home / "policy" / "own.toml").write_text(text, "utf-8")
    place = Workspace(Settings(home))
    place.lake.receive(Batch(COUNTY, name, rows, AS_OF, name) for name, rows in county(*told).items())
    return place


def finds(code: str, told: Told, as_of: date = AS_OF, numbers: Policy | None = None) -> bool:
    """Whether one check, run alone, finds household H1."""
    reading = Reading(view(told, as_of), numbers or policy())
    found = REGISTRY[code].find(reading).select("household_id").collect()["household_id"]
    return full_id("H1") in reading.view.ids.decode("H", found).to_list()


def sentences(told: Told, code: str) -> tuple[str, str]:
    """What a check says of household H1, in Chinese and in English."""
    found = run_checks(view(told), policy()).found
    mine = found.filter((pl.col("household_id") == full_id("H1")) & (pl.col("check") == code))
    detail, english = mine.select("detail", "detail_en").row(0)
    return str(detail), str(english)


def in_place(case: Case, number: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of a case as those of household H<number>, its persons, measures and bills renamed with it."""
    told: dict[str, list[dict[str, Any]]] = {}
    for name, rows in {"households": [{"household_id": "H1"}], **case.told}.items():
        complete = [{**DEFAULTS.get(name, {}), **MORE.get(name, {}), **row} for row in rows]
        ids = [column for column, fact in TABLES[name].facts.items() if fact.type is Type.ID]
        moved = [{c: f"{row[c][0]}{number}0{row[c][1:]}" for c in ids if row.get(c)} for row in complete]
        told[name] = [{**row, **ids_of_row} for row, ids_of_row in zip(complete, moved, strict=True)]
    return told


def known_later(told: Told, day: date) -> Told:
    """The same rows, all of which became known on a later day."""
    return {name: [{**row, "known_at": day} for row in rows] for name, rows in told.items()}


def _frame(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    """Rows as a scenario tells them; an episode that ended was known when it had."""
    ended = [{"known_at": row["eliminated_month"]} if row.get("eliminated_month") else {} for row in rows]
    return rows_of(name, *({**MORE.get(name, {}), **known, **row} for known, row in zip(ended, rows, strict=True)))
