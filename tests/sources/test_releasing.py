"""Waiting rows that are stored; more of their way in test_intake.py."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from arriving import arrives, income, settled
from worked_example import full_id, row

if TYPE_CHECKING:
    from pathlib import Path

APRIL = date(2025, 4, 10)


def newcomer() -> pl.DataFrame:
    return row("households", 2, household_id=full_id("H02"))


def test_rows_of_several_files_are_released_together_and_each_keeps_its_batch(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    for month in (1, 2):
        rows = pl.concat([income("H01", month, month), income("H02", 10 * month, month)])
        arrivals.take(arrives("incomes", rows, date(2025, month + 1, 15)))
    arrivals.take(arrives("households", newcomer(), APRIL))
    assert (arrivals.released, arrivals.waiting()) == (2, [])
    ids = arrivals.rows("incomes").group_by("month").agg(pl.col("batch_id").n_unique()).sort("month")
    assert ids["batch_id"].to_list() == [1, 1], "each month came in one file"
    late = arrivals.rows("incomes").filter(pl.col("household_id") == full_id("H02"))
    assert late["known_at"].to_list() == [APRIL, APRIL]
    assert arrivals.lake.records("990101")[-1].rows_read == 2


def test_a_released_row_that_breaks_a_rule_between_tables_is_refused_under_its_own_number(tmp_path: Path) -> None:
    """A reversal that waited for its person and has no bill."""
    arrivals = settled(tmp_path)
    back = row("medical_settlements", 0, person_id=full_id("P09"), retracted=True).drop("household_id")
    other = row("medical_settlements", 1, settlement_id=full_id("S77"), person_id=full_id("P09")).drop("household_id")
    arrivals.take(arrives("medical_settlements", pl.concat([other, back]), tail=("retracted",)))
    assert len(arrivals.waiting()) == 2
    arrivals.take(arrives("members", row("members", 0, person_id=full_id("P09")), APRIL))
    assert arrivals.rules() == [("medical_settlements", 2, "settlement_id", "reversal")]
    assert (arrivals.released, arrivals.waiting()) == (1, [])


def test_who_is_still_unknown_goes_on_waiting(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    arrivals.take(arrives("incomes", pl.concat([income("H02", 1), income("H03", 2)])))
    arrivals.take(arrives("households", newcomer(), APRIL))
    assert arrivals.waiting() == [("incomes", 2, "household_id", "waits")]
