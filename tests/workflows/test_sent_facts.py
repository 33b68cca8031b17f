from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from riskmodel.workflows.sent_case import Case, Wrong, WrongFacts
from riskmodel.workflows.sent_facts import household, together

DAY = date(2026, 1, 5)
STATE: dict[str, Any] = {"valid_from": date(2019, 1, 1), "village_code": "990301101201", "category": "ordinary"}
STATE |= {"size": 2, "status": "active"}
BILL: dict[str, Any] = {"settlement_id": "s", "person_id": "a", "visit_type": "inpatient"}
BILL |= {"service_end": date(2025, 1, 2), "total_cost": Decimal("10.10"), "basic_paid": Decimal(0)}
BILL |= {"self_pay": Decimal("10.1")}


def wrong(**tables: list[dict[str, Any]]) -> list[Wrong]:
    with pytest.raises(WrongFacts) as refused:
        household(tables, DAY)
    return refused.value.found


def test_what_is_left_out_is_filled_in() -> None:
    found = household({"households": [STATE], "medical_settlements": [BILL]}, DAY)
    (bill,) = found.tables["medical_settlements"].to_dicts()
    assert bill["household_id"] == found.household_id == found.tables["households"]["household_id"][0]
    assert (bill["known_at"], bill["source"], bill["retracted"]) == (DAY, "med_ins", False)
    assert (bill["self_pay"], bill["total_cost"], bill["major_paid"]) == (1010, 1010, 0)
    assert found.village_code == "990301101201"


def test_a_household_that_was_sent_with_its_id_keeps_it() -> None:
    mine = "H" + "0a" * 12
    assert household({"households": [STATE | {"household_id": mine}]}, DAY).household_id == mine


def test_everything_wrong_is_told_at_once_with_its_place() -> None:
    bad = BILL | {"total_cost": Decimal(99)}
    found = wrong(households=[STATE | {"size": -1}], medical_settlements=[BILL | {"settlement_id": "t"}, bad])
    places = {(w.table, w.row, w.column) for w in found}
    assert places == {("households", 0, "size"), ("medical_settlements", 1, "total_cost")}
    assert found[-1].value == "99.00"


def test_a_household_needs_its_state_and_is_one() -> None:
    assert wrong(medical_settlements=[BILL])[0].table == "households"
    two = [STATE | {"household_id": "a"}, STATE | {"household_id": "b"}]
    assert "one household" in wrong(households=two)[0].rule


def test_an_empty_table_is_as_good_as_none() -> None:
    assert set(household({"households": [STATE], "shocks": []}, DAY).tables) == {"households"}


def test_rows_that_contradict_each_other_are_told_and_equal_ones_are_not() -> None:
    twice = [BILL, BILL | {"self_pay": Decimal(5), "basic_paid": Decimal("5.1")}]
    found = wrong(households=[STATE], medical_settlements=twice)
    assert [(w.row, w.column) for w in found] == [(0, "settlement_id"), (1, "settlement_id")]
    assert household({"households": [STATE], "medical_settlements": [BILL, BILL]}, DAY).tables


def test_what_is_wrong_with_one_household_harms_no_other_and_is_told_as_alone() -> None:
    bad = {"households": [STATE | {"size": -1}], "medical_settlements": [BILL | {"total_cost": Decimal(99)}]}
    good = {"households": [STATE], "medical_settlements": [BILL]}
    found = together([Case(good, DAY), Case(bad, DAY), Case({}, DAY), Case(good, DAY)])
    assert found.wrong == {1: wrong(**bad), 2: wrong()}
    alone = household(good, DAY).tables
    for name, rows in found.tables.items():
        assert rows.filter(item=3).drop("item").equals(rows.filter(item=0).drop("item"))
        assert rows.filter(item=3).drop("item").equals(alone[name])
    assert found.homes[3] == found.homes[0]
