"""Lives of a few households, and what a label makes of them: for the tests of labels.

The as-of date D lies in M0 = March 2025; a horizon of 12 months ends with February 2026, two months of delay in April.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from lake_rows import batch
from riskmodel.policy import Policy
from riskmodel.tables import Lake, View
from riskmodel.training.labels import LABELS, Label, Question
from scenario import COUNTY, policy_of, rows_of
from worked_example import full_id

if TYPE_CHECKING:
    from pathlib import Path

D = date(2025, 3, 5)
SETTLED = date(2026, 4, 30)
LATEST = date(2026, 12, 31)
"""Long after every label of D has settled."""
DELAY = {"label.reporting_delay_months": 2}
ENTRY, BELOW = LABELS["new_entry_12m"], LABELS["income_below_line_12m"]

WARNINGS = {"tripwire.TW_MED_YTD.registered": 5000.0, "tripwire.TW_MED_YTD.other": 20000.0}
REGISTERS = sorted({name for label in LABELS.values() for name in label.tables})
"""Tables that tell an outcome."""

Told = dict[str, bool]
"""Household, shortened -> event."""
Tables = dict[str, Sequence[Mapping[str, Any]]]
"""Rows by table, of each only the cells that matter."""


def answers(
    label: Label, tables: Tables, policy: Policy | None = None, as_of: date = D, read_on: date = LATEST
) -> Told:
    """Outcomes of rows in memory, read on a day on which the label has settled."""
    given: Tables = {"households": [{"household_id": "H1"}], **tables}
    rows = {name: rows_of(name, *listed) for name, listed in given.items()}
    view, later = View.of(rows, as_of, COUNTY), View.of(rows, read_on, COUNTY)
    found = label.outcome(Question(view, later, label.horizon, policy or policy_of(6000))).collect()
    return told(found.with_columns(household_id=view.ids.decode("H", found["household_id"])))


def episode(month: str, known_at: date | None = None, household: str = "H1", **cells: Any) -> dict[str, Any]:
    """An episode identified in a month, known on the 10th of the next month if nothing else is said."""
    first = date.fromisoformat(f"{month}-01")
    if "eliminated_month" in cells:
        cells = {"elimination_mode": "natural"} | cells
    known = known_at or (first + timedelta(days=31)).replace(day=10)
    return {"household_id": household, "identified_month": first, "known_at": known, **cells}


def end(day: date, status: str = "merged", household: str = "H1", **cells: Any) -> dict[str, Any]:
    """The state with which a household is no longer active."""
    return {"household_id": household, "valid_from": day, "status": status, "size": 0, **cells}


def lines(*since: tuple[date, float]) -> Policy:
    """A policy whose monitoring line changes on these days."""
    (line,) = (e for e in policy_of().entries if e.kind == "monitoring_line")
    return Policy([[replace(line, value=value, effective_from=day) for day, value in since]])


def lake_of(folder: Path, **tables: Sequence[Mapping[str, Any]]) -> Lake:
    """A lake that received these rows at the end of May 2026; the registers also came, with nothing new, in April."""
    lake = Lake(folder)
    lake.receive(batch(name, date(2026, 5, 31), rows_of(name, *listed)) for name, listed in tables.items() if listed)
    receive_nothing_new(lake, [date(2026, 4, 30), date(2026, 5, 31)])
    return lake


def receive_nothing_new(lake: Lake, days: Sequence[date], registers: Sequence[str] = REGISTERS) -> None:
    """The registers as delivered on these days, each time without a new row."""
    lake.receive(replace(batch(name, day, rows_of(name)), sha256="nothing new") for name in registers for day in days)


def told(found: pl.DataFrame) -> Told:
    """Event by household, ids shortened."""
    short = {full_id(f"H{n}"): f"H{n}" for n in range(1, 10)}
    return {short[h]: event for h, event in found.select("household_id", "event").iter_rows()}
