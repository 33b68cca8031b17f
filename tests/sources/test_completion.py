from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from arriving import settled
from lake_rows import COUNTY
from riskmodel.sources.completion import completed, dated, missing_columns
from riskmodel.tables import table
from worked_example import full_id, load

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS, HOUSEHOLDS = table("members"), table("households")


def test_a_state_without_a_date_holds_from_the_day_given_and_others_keep_theirs() -> None:
    rows = pl.DataFrame({"person_id": ["a", "b"], "valid_from": [None, date(2020, 1, 1)]})
    assert dated(MEMBERS, rows, date(2025, 1, 1))["valid_from"].to_list() == [date(2025, 1, 1), date(2020, 1, 1)]
    assert dated(MEMBERS, rows.drop("valid_from"), date(2025, 1, 1))["valid_from"].to_list() == [date(2025, 1, 1)] * 2


def test_other_tables_are_neither_dated_nor_completed() -> None:
    rows = load()["incomes"].select("household_id")
    assert dated(table("incomes"), rows, date(2025, 1, 1)).equals(rows)
    assert missing_columns(table("incomes"), rows) == []


def test_each_row_takes_the_state_that_held_when_it_begins(tmp_path: Path) -> None:
    lake = settled(tmp_path).lake
    with lake.writer() as writer:
        county = writer.county(COUNTY)
        rows = pl.DataFrame({
            "household_id": [full_id("H01")] * 2 + [full_id("H99")],
            "valid_from": [date(2024, 9, 30), date(2025, 1, 1), date(2025, 1, 1)],
            "responsible_id": ["K1", "K2", "K3"],
        })  # fmt: skip
        found = completed(HOUSEHOLDS, rows, county, date(2025, 1, 10))
    assert found["size"].to_list() == [None, 3, None], "before its first state, and of a stranger, nothing is known"
    assert found["village_code"].to_list() == [None, "990101001001", None]
    assert found["responsible_id"].to_list() == ["K1", "K2", "K3"]
    assert set(found.columns) == set(HOUSEHOLDS.payload)


def test_a_village_is_completed_by_its_code(tmp_path: Path) -> None:
    lake = settled(tmp_path).lake
    rows = pl.DataFrame(
        {"village_code": ["990101001001"], "valid_from": [date(2025, 1, 1)], "registered_households": [9]}
    )
    with lake.writer() as writer:
        found = completed(table("villages"), rows, writer.county(COUNTY), date(2025, 1, 10))
    assert found.select("village_name", "registered_households").row(0) == ("示例村", 9)
