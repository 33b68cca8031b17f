"""A household made on the spot, and what it would be with help: for the tests of the what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from riskmodel.scoring.household_rows import HouseholdRows
from riskmodel.scoring.scenario_incomes import Already
from riskmodel.scoring.scenarios import SCENARIOS
from riskmodel.tables import View
from riskmodel.tables.batches import BatchRecord
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import check_rows
from scenario import COUNTY, policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)
WORKER = {"person_id": "P1", "labour": "ordinary", "birth_month": date(1980, 1, 1)}
SURVEY = {
    **{"period_end": date(2024, 9, 30), "persons": 2, "wage": 10000, "net_total": 10000, "net_per_capita": 5000},
    **{"wage_public_post": 0, "transfer_assistance": 0, "transfer": 0, "compliant_self_pay": 500},
    "reference_per_capita": 4750,
}


def household(listed: Sequence[BatchRecord] = (), **tables: Sequence[Mapping[str, Any]]) -> HouseholdRows:
    """Household H1 of two; `listed`: full lists that the county has received."""
    given: Mapping[str, Sequence[Mapping[str, Any]]] = {"households": [{"household_id": "H1", "size": 2}], **tables}
    view = View.of({name: rows_of(name, *rows) for name, rows in given.items()}, AS_OF, COUNTY)
    return HouseholdRows.of(replace(view, records=listed), full_id("H1"))


def supposed(code: str, rows: HouseholdRows, **given: float) -> HouseholdRows:
    """The household with help."""
    return SCENARIOS[code].apply(rows, given, policy_of())


def already(code: str, rows: HouseholdRows, **given: float) -> Already:
    """What of the help is there."""
    return SCENARIOS[code].already(rows, given, policy_of())


def cells(rows: HouseholdRows, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of a table, by its key."""
    return rows.tables[table].sort(TABLES[table].key).select(columns).rows()


def all_rows_are_allowed(rows: HouseholdRows) -> bool:
    """Whether an import would take them."""
    return all(check_rows(TABLES[name], frame)[1].is_empty() for name, frame in rows.tables.items())
