from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from riskmodel.tables.catalogue import TABLES
from riskmodel.workflows.sent_frames import frames, own_id

STATE: dict[str, Any] = {"valid_from": date(2019, 1, 1), "village_code": "990301101201", "household_id": "home"}
BILL: dict[str, Any] = {"settlement_id": "s", "person_id": "a", "total_cost": Decimal("10.10"), "self_pay": "10.1"}


def test_ids_of_the_installation_stay_and_other_texts_become_ids_of_the_same_form() -> None:
    mine = "H" + "0a" * 12
    assert own_id(mine, "H") == mine
    assert own_id(mine, "P") != mine
    assert own_id("家庭 7", "H") == own_id("家庭 7", "H") != own_id("家庭 8", "H")
    assert own_id("7", "P")[1:] != own_id("7", "S")[1:]


def test_rows_of_several_tables_get_their_types_items_and_places() -> None:
    sent: dict[str, list[Any]] = {
        "households": [(0, 0, STATE, {"source": "rural_affairs"}), (3, 0, STATE, {"source": "poverty_office"})],
        "medical_settlements": [(3, 0, BILL, {"major_paid": 0})],
    }
    found = frames(sent)
    for name, rows in found.items():
        assert dict(rows.schema) == {**TABLES[name].dtypes, "item": pl.Int64, "row": pl.Int64}
    states, bills = found["households"], found["medical_settlements"]
    assert states.select("item", "row", "source").rows() == [(0, 0, "rural_affairs"), (3, 1, "poverty_office")]
    assert states["valid_from"].to_list() == [date(2019, 1, 1)] * 2
    assert states["household_id"].to_list() == [own_id("home", "H")] * 2
    assert bills.row(0, named=True) | {"total_cost": 1010, "self_pay": 1010, "major_paid": 0} == bills.row(
        0, named=True
    )
    assert bills["service_end"].to_list() == [None]


def test_days_are_those_of_the_calendar() -> None:
    for day in (date(1900, 3, 1), date(1969, 12, 31), date(1970, 1, 1), date(2024, 2, 29)):
        assert frames({"households": [(0, 0, {"valid_from": day}, {})]})["households"]["valid_from"].item() == day
