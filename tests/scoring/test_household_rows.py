from __future__ import annotations

from datetime import date

import polars as pl

from riskmodel.scoring.household_rows import Change, HouseholdRows
from riskmodel.tables import View
from scenario import COUNTY, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)
BILL = {"settlement_id": "S1", "service_end": date(2025, 1, 2), "self_pay": 10.5}


def household() -> HouseholdRows:
    rows = {
        "households": rows_of("households", {"household_id": "H1", "size": 3}, {"household_id": "H2"}),
        "medical_settlements": rows_of(
            "medical_settlements",
            BILL,
            BILL | {"self_pay": 99, "known_at": date(2025, 3, 6)},
            BILL | {"settlement_id": "S2", "household_id": "H2", "person_id": "P2"},
        ),
    }
    return HouseholdRows.of(View.of(rows, AS_OF, COUNTY), full_id("H1"))


def test_it_holds_what_was_known_of_the_household_and_nothing_of_others() -> None:
    rows = household()
    assert rows.rows("medical_settlements")["self_pay"].to_list() == [1050]
    assert rows.size == 3
    assert rows.rows("visits").is_empty()
    assert rows.last_months(2) == [date(2025, 2, 1), date(2025, 1, 1)]
    assert rows.seen("bills")["settlement_id"].to_list() == [full_id("S1")]


def test_a_changed_cell_is_told_with_its_key_in_yuan_and_the_rows_before_stay() -> None:
    rows = household()
    made = rows.changed("medical_settlements", pl.col("self_pay") > 0, self_pay=pl.lit(0))
    change = Change("medical_settlements", {"settlement_id": full_id("S1")}, "self_pay", 10.5, 0, added=False)
    assert made.changes_since(rows) == [change]
    assert rows.rows("medical_settlements")["self_pay"].to_list() == [1050]
    assert made.seen("bills")["self_pay"].to_list() == [0]
    assert rows.changes_since(rows) == []


def test_an_added_row_is_told_cell_by_cell() -> None:
    rows = household()
    made = rows.added("social_assistance", {"month": date(2025, 2, 1), "scheme": "dibao", "persons": 3, "amount": 100})
    told = made.changes_since(rows)
    assert [(change.column, change.before, change.after, change.added) for change in told] == [
        ("persons", None, 3, True),
        ("amount", None, 1.0, True),
    ]
    assert told[0].key["month"] == date(2025, 2, 1)
    assert made.added("visits").changes_since(made) == []
