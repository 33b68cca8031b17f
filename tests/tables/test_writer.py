"""The writer of a lake: locks, what it holds, and what becomes visible when. More in test_lake.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from lake_rows import COUNTY, amounts, batch, day, income, state
from riskmodel.errors import BusyError
from riskmodel.tables import Lake
from worked_example import full_id

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_is_in_force_before_the_block_ends(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lake.writer() as writer:
        writer.county(COUNTY).append(batch("incomes", day(1), income(1, 100, day(1))))
        assert not list(tmp_path.glob("generations/*/CURRENT"))
    assert amounts(lake.view(COUNTY, day(1)).canonical("incomes")) == [100]


def test_after_an_error_what_was_appended_is_there_all_the_same(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with pytest.raises(ZeroDivisionError), lake.writer() as writer:  # noqa: PT012  # the error has to leave both
        writer.county(COUNTY).append(batch("incomes", day(1), income(1, 100, day(1))))
        _ = 1 / 0
    assert not list(tmp_path.glob("generations/*/CURRENT"))
    assert amounts(lake.view(COUNTY, day(1)).canonical("incomes")) == [100]


def test_a_county_is_locked_until_the_block_ends_also_after_an_error(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with pytest.raises(ZeroDivisionError), lake.writer() as writer:  # noqa: PT012  # the error has to leave both
        writer.county(COUNTY)
        with pytest.raises(BusyError), lake.writer() as other:
            other.county(COUNTY)
        _ = 1 / 0
    with lake.writer() as writer:
        writer.county(COUNTY)


def test_the_writer_knows_the_newest_version_of_each_key_and_no_retracted_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lake.writer() as writer:
        county = writer.county(COUNTY)
        county.append(batch("incomes", day(1), income(1, 100, day(1)), income(2, 200, day(1))))
        county.append(batch("incomes", day(2), income(1, 150, day(2)), income(2, 200, day(2), retracted=True)))
        assert county.known("incomes")["amount"].to_list() == [150]
        assert sorted(county.stored("incomes")["amount"]) == [100, 150, 200, 200]


def test_what_callers_remember_of_a_table_is_forgotten_when_it_changes(tmp_path: Path) -> None:
    with Lake(tmp_path).writer() as writer:
        county = writer.county(COUNTY)
        county.append(batch("incomes", day(1), income(1, 100, day(1))))
        county.remembered[("incomes", "sum")] = county.known("incomes").sum()
        county.remembered[("households", "sum")] = county.known("households").sum()
        county.append(batch("incomes", day(2), income(1, 100, day(2))))
        assert set(county.remembered) == {("incomes", "sum"), ("households", "sum")}, "nothing new was said"
        county.append(batch("incomes", day(3), income(1, 150, day(3))))
        assert set(county.remembered) == {("households", "sum")}


def test_once_there_is_an_index_it_knows_a_household_before_its_record_is_written(tmp_path: Path) -> None:
    """A kill between the two is a detour; the other way round the household would not be found again."""
    lake = Lake(tmp_path)
    lake.receive([batch("households", day(1), state(1, day(0), 3, day(1)))])
    second, third = (pl.Series([full_id(f"H{n}")]) for n in (2, 3))
    with lake.writer() as writer:
        writer.county(COUNTY).append(batch("households", day(2), state(2, day(0), 3, day(2))))
        assert writer.index.find("H", second)["county"].to_list() == [COUNTY]
    with pytest.raises(OSError, match="county"), lake.writer() as writer:  # noqa: PT012  # the error has to leave both
        county = writer.county(COUNTY)
        (tmp_path / "batches" / "households" / f"county={COUNTY}").rename(tmp_path / "aside")
        (tmp_path / "batches" / "households" / f"county={COUNTY}").write_text("no folder: the disk refuses")
        county.append(batch("households", day(3), state(3, day(0), 3, day(3))))
    assert writer.index.find("H", third)["county"].to_list() == [COUNTY]
    assert len(lake.records(COUNTY)) == 2


def test_the_index_tells_in_which_county_a_household_is(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.receive([batch("households", day(1), state(1, day(0), 3, day(1)), state(2, day(0), 3, day(1)))])
    with lake.writer() as writer:
        subjects = writer.county(COUNTY).subjects("households")
        assert writer.index.find("H", subjects)["county"].to_list() == [COUNTY, COUNTY]


def test_an_index_that_was_taken_away_is_made_again_for_all_counties(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.receive([batch("households", day(1), state(1, day(0), 3, day(1)))])
    (tmp_path / "index.sqlite").unlink()
    other = batch("households", day(2), state(2, day(0), 3, day(2), village_code="990102001001"))
    lake.receive([replace(other, county="990102")])
    with lake.writer() as writer:
        ids = pl.concat([writer.county(c).subjects("households") for c in (COUNTY, "990102")])
        assert sorted(writer.index.find("H", ids)["county"]) == [COUNTY, "990102"]
