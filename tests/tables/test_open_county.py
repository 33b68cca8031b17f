from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest
from polars.testing import assert_frame_equal

from lake_rows import COUNTY, batch, day, income, state
from riskmodel.tables import Lake
from riskmodel.tables.open_county import open_county
from riskmodel.tables.own_facts import own_facts
from scenario import Rows, rows_of
from worked_example import full_id

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

DAYS = (date(2022, 6, 5), date(2024, 6, 5))
HANDMADE: Rows = {
    "villages": rows_of("villages", {"village_code": "990101001001"}),
    "households": rows_of(
        "households",
        {"household_id": "H1"},
        {"household_id": "H2", "valid_from": date(2022, 5, 1), "predecessor_id": "H1"},
        {"household_id": "H3", "valid_from": date(2023, 5, 1), "predecessor_id": "H2"},
        {"household_id": "H4"},
    ),
    "members": rows_of(
        "members",
        {"person_id": "P1", "household_id": "H1"},
        {"person_id": "P2", "household_id": "H1"},
        {"person_id": "P2", "household_id": "H2", "valid_from": date(2022, 5, 1)},
        {"person_id": "P3", "household_id": "H4"},
        {"person_id": "P3", "household_id": "H3", "valid_from": date(2023, 5, 1)},
    ),
    "employment": rows_of(
        "employment",
        *(
            {"person_id": person, "household_id": home, "month": date(2022, month, 1)}
            for person, home, month in (("P2", "H1", 1), ("P2", "H2", 6), ("P3", "H4", 2), ("P1", "H4", 3))
        ),
    ),
    "loan_statements": rows_of(
        "loan_statements",
        *(
            {"loan_id": "L1", "household_id": home, "month": date(2022, month, 1)}
            for home, month in (("H1", 1), ("H2", 6))
        ),
    ),
    "shocks": rows_of("shocks", *({"household_id": h, "happened_on": date(2022, 1, 1)} for h in ("H1", "H4"))),
}
"""Households that came from others, people who moved, and a loan that moved with them."""


@pytest.fixture(scope="module")
def lake(sample_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake of the simulated county, of which files may be made anew, and beside it the handmade one."""
    copy = tmp_path_factory.mktemp("opened") / "lake"
    shutil.copytree(sample_workspace.lake.folder, copy)
    lake = Lake(copy)
    lake.receive([batch(name, date(2022, 6, 1), frame) for name, frame in HANDMADE.items()])
    return lake


@pytest.mark.parametrize("county", ["990301", COUNTY])
def test_a_household_has_the_rows_that_a_view_of_the_county_gives_it(lake: Lake, county: str) -> None:
    opened = open_county(lake, county)
    assert opened is not None
    for as_of in DAYS:
        view = lake.view(county, as_of)
        for home in lake.view(county, DAYS[-1]).ids.of("H").head(25):
            own, expected = opened.own(home, as_of), own_facts(view, [home])
            assert (own.as_of, own.empty, own.records) == (as_of, expected.empty, expected.records)
            for name in expected.stored:
                assert_frame_equal(own.stored[name].collect(), expected.stored[name].collect())


def test_what_moved_with_people_and_loans_is_there(lake: Lake) -> None:
    opened = open_county(lake, COUNTY)
    assert opened is not None
    own = opened.own(full_id("H3"), DAYS[-1])
    assert set(own.canonical("households")["household_id"]) == {full_id(f"H{n}") for n in (1, 2, 3)}
    assert set(own.canonical("employment")["household_id"]) == {full_id("H1"), full_id("H2"), full_id("H4")}


def test_an_unknown_household_has_no_facts(lake: Lake) -> None:
    opened = open_county(lake, "990301")
    assert opened is not None
    own = opened.own(f"H{0:024x}", DAYS[-1])
    assert {name for name in own.stored if name not in own.empty} == {"villages"}


def test_what_arrives_is_seen_by_the_next_who_opens(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.receive([batch("households", day(1), state(1, day(0), 3, day(1)))])
    before = open_county(lake, COUNTY)
    assert before is not None
    assert open_county(lake, COUNTY) is before
    lake.receive([batch("incomes", day(5), income(1, 100, day(5)))])
    after = open_county(lake, COUNTY)
    assert after is not None
    assert after.own(full_id("H1"), day(5)).rows("incomes").height == 1
    assert before.own(full_id("H1"), day(5)).lacks("incomes"), "who opened it before keeps what was there"


def test_where_nothing_can_be_written_beside_the_files_nothing_is_opened(lake: Lake, tmp_path: Path) -> None:
    (number,) = {p.parent for p in lake.files_in_force() if p.suffix == ".parquet" and "990301" in str(p)}
    copy = tmp_path / "lake"
    shutil.copytree(lake.folder, copy)
    for path in (copy / number.relative_to(lake.folder)).glob("*.arrow"):
        path.unlink()
        path.mkdir()  # stands in the way of a file, for root too
    assert open_county(Lake(copy), "990301") is None
