from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from lake_rows import COUNTY, batch, day, income, state
from riskmodel.tables import Lake
from riskmodel.tables.open_county import open_county
from riskmodel.tables.own_facts import own_facts
from worked_example import full_id

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

DAYS = (date(2022, 6, 5), date(2024, 6, 5))


@pytest.fixture(scope="module")
def lake(sample_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake of the simulated county, of which files may be made anew."""
    copy = tmp_path_factory.mktemp("opened") / "lake"
    shutil.copytree(sample_workspace.lake.folder, copy)
    return Lake(copy)


def some_households(lake: Lake) -> list[str]:
    """Households that came from another, households of people who moved, and some others."""
    view = lake.view("990301", DAYS[-1])
    states = view.canonical("households")
    split = states.filter(pl.col("predecessor_id").is_not_null())
    moved = view.canonical("members").group_by("person_id").agg(pl.col("household_id").unique())
    homes = moved.filter(pl.col("household_id").list.len() > 1)["household_id"].explode()
    assert split.height
    assert len(homes)
    parts = (split["household_id"], split["predecessor_id"], homes, states["household_id"])
    return sorted({home for part in parts for home in part.unique().sort().head(12)})


def test_a_household_has_the_rows_that_a_view_of_the_county_gives_it(lake: Lake) -> None:
    opened = open_county(lake, "990301")
    assert opened is not None
    for as_of in DAYS:
        view = lake.view("990301", as_of)
        for home in some_households(lake):
            own, expected = opened.own(home, as_of), own_facts(view, [home])
            assert (own.as_of, own.empty, own.records) == (as_of, expected.empty, expected.records)
            for name in expected.stored:
                assert_frame_equal(own.stored[name].collect(), expected.stored[name].collect())


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
    (number,) = {path.parent for path in lake.files_in_force() if path.suffix == ".parquet"}
    copy = tmp_path / "lake"
    shutil.copytree(lake.folder, copy)
    for path in (copy / number.relative_to(lake.folder)).glob("*.arrow"):
        path.unlink()
        path.mkdir()  # stands in the way of a file, for root too
    assert open_county(Lake(copy), "990301") is None
