"""Households made on the spot: a few cells per row, everything else filled in, and the scenarios told this way.

In a row, ids are short (H1, P1), amounts are in yuan, and what is left out has the value below, or is not known. A row
without `known_at` was known on the day of its event.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl

from riskmodel.features import FeatureTable, assemble_view
from riskmodel.policy import KINDS, Parameter, Policy
from riskmodel.tables import View
from riskmodel.tables.batches import Batch, BatchRecord
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Column, Type
from worked_example import full_id

Rows = Mapping[str, pl.DataFrame]
"""Canonical frames by table."""

FOLDER: Final = Path(__file__).parent / "scenarios"
COUNTY: Final = "990101"
VILLAGE: Final = "990101001001"
AGES: Final = {"age.working_min": 16, "age.working_max": 59, "age.school_min": 6, "age.school_max": 15}

DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "villages": {
        "village_name": "示例村",
        "township_name": "示例镇",
        "county_name": "示例县",
        "prefecture_name": "示例市",
    }
    | {"province_name": "示例省", "valid_from": date(2014, 1, 1), "was_poor_village": False},
    "households": {"valid_from": date(2020, 1, 1), "village_code": VILLAGE, "category": "ordinary", "size": 1}
    | {"status": "active"},
    "members": {"household_id": "H1", "valid_from": date(2020, 1, 1), "relation": "other", "sex": "female"}
    | {"birth_month": date(1980, 1, 1)},
    "incomes": {"household_id": "H1", "component": "wage_work"},
    "income_surveys": {"household_id": "H1", "stage": "annual", "persons": 1, "wage": 0, "business": 0}
    | {"business_cost": 0, "property": 0, "transfer": 0, "net_total": 0, "net_per_capita": 0},
    "employment": {"household_id": "H1", "employed": True},
    "enrolments": {"household_id": "H1", "stage": "primary", "status": "enrolled"},
    "dwellings": {"household_id": "H1"},
    "medical_settlements": {"household_id": "H1", "person_id": "P1", "visit_type": "inpatient", "basic_paid": 0}
    | {"major_paid": 0, "supplement_paid": 0, "aid_paid": 0, "other_paid": 0, "self_pay": 0},
    "loan_statements": {"household_id": "H1", "principal": 50000, "balance": 0, "days_past_due": 0, "status": "normal"}
    | {"renewed": False, "extended": False},
    "shocks": {"household_id": "H1"},
    "social_assistance": {"household_id": "H1", "scheme": "dibao", "persons": 1, "amount": 0},
    "measures": {"household_id": "H1", "measure": "industry", "delivered": True},
    "guarantee_checks": {"household_id": "H1", "stage": "routine"},
    "visits": {"household_id": "H1", "visitor_id": "A1", "reason": "routine", "finding": "no_risk"},
    "monitoring_episodes": {"household_id": "H1", "category": "marginal"},
}


def rows_of(name: str, *given: Mapping[str, Any]) -> pl.DataFrame:
    """A canonical frame of a table from rows with only the cells that matter."""
    table = TABLES[name]
    complete = [_complete(name, number, row) for number, row in enumerate(given, start=1)]
    cells = {c: [_stored(fact, row.get(c)) for row in complete] for c, fact in table.facts.items()}
    return pl.DataFrame(cells, schema=dict(table.dtypes))


def policy_of(line: float = 8000, **changes: float) -> Policy:
    """A national policy in force since 1990: the ages of work and school and one monitoring line."""
    values = AGES | {"monitoring_line": line} | changes
    return Policy([[_entry(kind, value) for kind, value in values.items()]])


def features_of(
    as_of: date,
    line: float = 8000,
    listed: Sequence[BatchRecord] = (),
    policy: Mapping[str, float] | None = None,
    **tables: Sequence[Mapping[str, Any]],
) -> dict[str, float | None]:
    """Features of H1, which is an ordinary household of one if no row says otherwise.

    `listed`: batches that the view knows of, see `full_list`. `policy`: further values in force.
    """
    given: dict[str, Sequence[Mapping[str, Any]]] = {"households": [{"household_id": "H1"}], **tables}
    rows = {name: rows_of(name, *listed) for name, listed in given.items()}
    view = replace(View.of(rows, as_of, COUNTY), records=listed)
    table = assemble_view(view, policy_of(line, **(policy or {})), [full_id("H1")])
    return dict(table.rows.drop("household_id", "village_code", "category", "size").row(0, named=True))


def full_list(
    table: str, first: date, last: date, received_on: date = date(2000, 1, 1), source: str = ""
) -> BatchRecord:
    """The record of a full list of a table, by default of its usual department and known long ago."""
    batch = Batch(
        COUNTY,
        table,
        rows_of(table),
        received_on,
        "",
        source=source or TABLES[table].sources[0].value,
        period_from=first,
        period_to=last,
        full_list=True,
    )
    return BatchRecord.of(batch, [], 0)


@dataclass(frozen=True)
class Scenario:
    """One story: rows, as-of date, and the feature values that a household must have; None = missing."""

    title: str
    as_of: date
    rows: Rows
    line: float
    expected: Mapping[str, Mapping[str, float | None]]
    """By household id."""
    policy: Mapping[str, float]
    """Further policy values in force."""
    listed: Sequence[BatchRecord]
    """Full lists that the county has received."""

    def features(self) -> FeatureTable:
        """The features that the program makes of it."""
        view = replace(View.of(self.rows, self.as_of, COUNTY), records=self.listed)
        return assemble_view(view, policy_of(self.line, **self.policy))


def read(path: Path) -> Scenario:
    """A scenario file: `title`, `as_of`, `line`, a list per table, `[expected.H1]` with "missing" for None.

    `[policy]` holds further values in force, `[full_lists]` per table the first and last day that full lists cover.
    """
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    expected = {
        full_id(household): {name: None if value == "missing" else value for name, value in values.items()}
        for household, values in text.pop("expected").items()
    }
    title, as_of, line, policy = text.pop("title"), text.pop("as_of"), text.pop("line", 8000), text.pop("policy", {})
    listed = [full_list(table, *days) for table, days in text.pop("full_lists", {}).items()]
    rows = {name: rows_of(name, *listed_rows) for name, listed_rows in text.items()}
    return Scenario(title, as_of, rows, line, expected, policy, listed)


def _complete(name: str, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {**DEFAULTS[name], **given}
    if unknown := set(row) - set(TABLES[name].columns):
        raise KeyError(f"{name} has no column {sorted(unknown)}")
    if name == "income_surveys":
        row = {"year": row["period_end"].year} | row
    if name == "medical_settlements":
        row = {"total_cost": row["self_pay"]} | row
    if name == "dwellings":
        row = {"aspect": "housing" if "house_grade" in row else "water"} | row
    row = {"known_at": row[TABLES[name].event], "source": TABLES[name].sources[0].value, "retracted": False} | row
    return {"batch_id": f"r{row['known_at']:%Y%m%d}-{number:04d}"} | row


def _stored(fact: Column, cell: Any) -> Any:
    if cell is None:
        return None
    if fact.type is Type.ID:
        return full_id(cell)
    return int(Decimal(str(cell)) * 100) if fact.type is Type.YUAN else cell


def _entry(kind: str, value: float) -> Parameter:
    since = date(1990, 1, 1)
    return Parameter(kind, "", float(value), KINDS[kind].unit, since, since, None, "invented", True, "tests")
