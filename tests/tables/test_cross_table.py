"""Rules of severity E between tables, on rows that just break them and on others, in a lake with one family."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from arriving import DAY, Arrivals, arrives, settled
from worked_example import full_id, load, row

if TYPE_CHECKING:
    from pathlib import Path

LATER = date(2025, 4, 10)


@pytest.fixture
def lake(tmp_path: Path) -> Arrivals:
    return settled(tmp_path)


@pytest.mark.parametrize(
    ("code", "since", "refused"),
    [
        ("990101001001", date(2024, 7, 1), False),
        ("990101001001", date(2024, 6, 30), True),  # not in use yet
        ("990101001007", date(2024, 6, 30), False),
        ("990101001007", date(2024, 7, 1), False),  # replaced: its successor is used
        ("990101001999", date(2024, 7, 1), True),
    ],
)
def test_k03_a_household_lives_in_a_village_that_holds(lake: Arrivals, code: str, since: date, refused: bool) -> None:
    villages = load()["villages"][[1]].with_columns(known_at=DAY)
    lake.take(arrives("villages", villages))
    lake.take(
        arrives("households", row("households", 2, household_id=full_id("H2"), village_code=code, valid_from=since))
    )
    assert lake.rules() == ([("households", 1, "village_code", "K03")] if refused else [])


def household(number: str, before: str | None) -> pl.DataFrame:
    return row("households", 2, household_id=full_id(number), predecessor_id=before and full_id(before))


def test_k04_predecessors_never_lead_back(lake: Arrivals) -> None:
    lake.take(arrives("households", pl.concat([household("H2", "H1"), household("H3", "H2"), household("H4", "H77")])))
    assert lake.rules() == []
    lake.take(arrives("households", household("H1", "H3"), LATER))
    assert lake.rules() == [("households", 1, "predecessor_id", "K04")]


def test_k04_a_circle_within_one_file_is_refused_as_a_whole(lake: Arrivals) -> None:
    lake.take(arrives("households", pl.concat([household("H2", "H3"), household("H3", "H2"), household("H4", "H2")])))
    assert {line[1] for line in lake.rules()} >= {1, 2}
    assert lake.rows("households")["household_id"].n_unique() <= 2


def test_a_reversal_needs_its_bill(lake: Arrivals) -> None:
    bill = row("medical_settlements", 0)
    lake.take(arrives("medical_settlements", bill.with_columns(retracted=True), tail=("retracted",)))
    assert lake.rules() == [("medical_settlements", 1, "settlement_id", "reversal")]
    lake.take(arrives("medical_settlements", bill, LATER))
    lake.take(arrives("medical_settlements", bill.with_columns(retracted=True), date(2025, 5, 1), tail=("retracted",)))
    assert len(lake.rules()) == 1
    assert lake.rows("medical_settlements", date(2025, 4, 30)).height == 1
    assert lake.rows("medical_settlements").is_empty()


def test_a_reversal_that_is_sent_again_says_nothing_new(lake: Arrivals) -> None:
    bill = row("medical_settlements", 0)
    again = bill.with_columns(retracted=True)
    lake.take(arrives("medical_settlements", bill))
    for on, loaded in ((LATER, 1), (date(2025, 5, 10), 0)):
        (account,) = lake.take(arrives("medical_settlements", again, on, tail=("retracted",)))
        assert (account.rows_loaded, account.rows_duplicate, account.rows_refused) == (loaded, 1 - loaded, 0)
