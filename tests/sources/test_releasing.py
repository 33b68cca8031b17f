"""Waiting rows that are stored; more of their way in test_intake.py."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from arriving import arrives, income, settled
from worked_example import full_id, row

if TYPE_CHECKING:
    from pathlib import Path

    from arriving import Arrivals

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


def measure(household: str, amount: int, number: str = "M01") -> pl.DataFrame:
    return row(
        "measures", 0, measure_id=full_id(number), household_id=full_id(household), person_id=None, amount=amount
    )


def amounts(arrivals: Arrivals) -> dict[str, int]:
    """What is known of the measures in the end."""
    return dict(arrivals.rows("measures").select("measure_id", "amount").iter_rows())


@pytest.mark.parametrize("mode", ["r", "h"])
@pytest.mark.parametrize("late", [True, False])
def test_of_two_versions_known_on_one_day_the_one_delivered_later_holds(tmp_path: Path, mode: str, late: bool) -> None:
    """The older one waits for its household, which becomes known on the day of the newer one: before or after that."""
    arrivals = settled(tmp_path)
    arrivals.take(arrives("measures", measure("H02", 1), date(2025, 2, 10), mode=mode, county=None))
    newer = arrives("measures", measure("H01", 2), APRIL)
    household = arrives("households", newcomer(), APRIL)
    for file in (newer, household) if late else (household, newer):
        arrivals.take(file)
    assert (arrivals.released, arrivals.waiting()) == (1, [])
    assert amounts(arrivals) == {full_id("M01"): 2}
    arrivals.lake.rebuild("990101")
    assert amounts(arrivals) == {full_id("M01"): 2}
    assert arrivals.lake.records("990101")[-1].received_on == APRIL.isoformat(), "no view of an earlier day has it"


def test_of_a_row_and_its_correction_that_both_waited_the_correction_holds(tmp_path: Path) -> None:
    """Whether other rows of their files were stored at once or not."""
    arrivals = settled(tmp_path)
    other, taken_back = measure("H01", 1, "M02"), measure("H02", 1, "M03").with_columns(retracted=True)
    for day, rows in [
        (11, measure("H02", 1)),
        (12, pl.concat([measure("H02", 2), other])),
        (13, measure("H02", 1, "M03")),
        (14, pl.concat([taken_back, other])),
    ]:
        arrivals.take(arrives("measures", rows, date(2025, 2, day), tail=("retracted",), county=None))
    arrivals.take(arrives("households", newcomer(), APRIL))
    assert (arrivals.released, arrivals.waiting()) == (4, [])
    assert amounts(arrivals) == {full_id("M01"): 2, full_id("M02"): 1}
