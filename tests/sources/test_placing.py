from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from arriving import arrives, settled
from lake_rows import COUNTY
from riskmodel.sources.placing import MATCHED, WAITS_FOR, Places, placed
from riskmodel.tables import table
from worked_example import full_id, row

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = date(2025, 1, 10)


def place(tmp_path: Path, name: str, rows: pl.DataFrame, hint: str | None = COUNTY) -> list[tuple[object, ...]]:
    """(county, matched on, waits for) of each row, in a lake with one family."""
    with settled(tmp_path).lake.writer() as writer:
        numbered = rows.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
        found = placed(table(name), numbered, Places(writer, hint))
    assert found["row"].to_list() == list(range(1, rows.height + 1))
    return found.select("county", MATCHED, WAITS_FOR).rows()


def households(*numbers: str) -> pl.DataFrame:
    return pl.DataFrame({"household_id": [full_id(n) for n in numbers], "month": [date(2025, 1, 1)] * len(numbers)})


def test_a_household_that_is_known_gives_its_county_and_the_day_since_when(tmp_path: Path) -> None:
    assert place(tmp_path, "incomes", households("H01", "H02")) == [(COUNTY, KNOWN, None), (None, None, "household_id")]


def test_without_a_hint_the_index_tells_the_county(tmp_path: Path) -> None:
    assert place(tmp_path, "incomes", households("H01"), hint=None) == [(COUNTY, KNOWN, None)]


def test_a_wrong_hint_does_no_harm(tmp_path: Path) -> None:
    assert place(tmp_path, "incomes", households("H01"), hint="990199") == [(COUNTY, KNOWN, None)]


def test_a_person_and_a_household_have_to_be_known_both(tmp_path: Path) -> None:
    people = ["P01", "P77", "P01"]
    rows = households("H01", "H01", "H77").with_columns(person_id=pl.Series([full_id(p) for p in people]))
    assert [line[2] for line in place(tmp_path, "employment", rows)] == [None, "person_id", "household_id"]


def test_a_measure_for_a_whole_household_names_no_person_and_waits_for_none(tmp_path: Path) -> None:
    rows = households("H01").with_columns(person_id=pl.lit(None, dtype=pl.String))
    assert place(tmp_path, "measures", rows) == [(COUNTY, KNOWN, None)]


def test_villages_and_households_lie_where_their_code_says(tmp_path: Path) -> None:
    rows = pl.DataFrame({"household_id": ["a", "b", "c"], "village_code": ["990102001001", "x", None]})
    assert [line[0] for line in place(tmp_path, "households", rows)] == ["990102", None, None]


def test_a_file_of_households_without_villages_speaks_of_known_ones(tmp_path: Path) -> None:
    found = place(tmp_path, "households", households("H01", "H02"))
    assert [line[0] for line in found] == [COUNTY, None]


def test_members_lie_where_their_household_lies(tmp_path: Path) -> None:
    rows = pl.concat([row("members", 0), row("members", 0, household_id=full_id("H05"))])
    assert [line[2] for line in place(tmp_path, "members", rows)] == [None, "household_id"]


def test_of_a_person_in_two_counties_the_newest_state_counts(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    arrivals.take(
        arrives("villages", row("villages", 2, village_code="990102001001")),
        arrives("households", row("households", 2, household_id=full_id("H02"), village_code="990102001001")),
        arrives("members", row("members", 0, household_id=full_id("H02"), valid_from=date(2025, 3, 1))),
    )
    with arrivals.lake.writer() as writer:
        found = Places(writer, COUNTY, ["990102"]).found("person_id", pl.Series([full_id("P01"), full_id("P02")]))
    assert dict(found.select("person_id", "county").iter_rows()) == {full_id("P01"): "990102", full_id("P02"): COUNTY}
