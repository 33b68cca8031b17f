from __future__ import annotations

from datetime import date
from typing import Any

from riskmodel.tables import View
from riskmodel.tables.homes import homes
from scenario import VILLAGE, rows_of

OLD, AS_OF = "990101001007", date(2025, 3, 5)


def view(as_of: date = AS_OF) -> View:
    replaced = {"village_code": OLD, "valid_to": date(2024, 7, 1), "successor_code": VILLAGE}
    moved: dict[str, Any] = {"household_id": "H2", "valid_from": date(2025, 2, 1), "village_code": OLD}
    households: list[dict[str, Any]] = [{"household_id": "H1", "village_code": OLD}, {"household_id": "H2"}, moved]
    rows = {"villages": rows_of("villages", replaced), "households": rows_of("households", *households)}
    return View.of(rows, as_of)


def codes(made: View, on: date | None = None) -> list[str]:
    found = homes(made, on).sort("household_id").collect()
    return [f"{code:012d}" for code in found["village_code"]]


def test_a_household_lives_in_the_village_of_today_also_when_its_own_row_is_newer_than_the_change() -> None:
    assert codes(view()) == [VILLAGE, VILLAGE]


def test_on_an_earlier_day_the_state_and_the_code_of_that_day_count() -> None:
    assert codes(view(), date(2024, 6, 30)) == [OLD, VILLAGE]
    assert codes(view(), date(2024, 7, 1)) == [VILLAGE, VILLAGE]


def test_everything_else_of_the_state_stays_as_it_is() -> None:
    made = view()
    assert homes(made).drop("village_code").collect().equals(made.states("households").drop("village_code").collect())
    without = View.of({"households": rows_of("households", {"household_id": "H1"})}, AS_OF)
    assert homes(without).collect().equals(without.states("households").collect())
