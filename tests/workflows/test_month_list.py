from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.errors import DataError
from riskmodel.workflows.issued_lists import LIST, folder_of, issues
from riskmodel.workflows.month_list import month_list
from riskmodel.workflows.month_parts import READ
from riskmodel.workflows.worklist import work_list

if TYPE_CHECKING:
    from pathlib import Path

    from trained_county import Office


def by_household(rows: pl.DataFrame) -> dict[str, tuple[str, int]]:
    return {household: (status, rank) for household, status, rank in rows.sort("household_id").iter_rows()}


def test_it_is_the_list_that_is_issued_and_then_the_issued_one(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    folder = place.results / office.scored.as_of
    scores = pl.read_parquet(folder / "*.parquet", columns=list(READ))
    before = month_list(place, folder, scores)
    assert not before.issued
    work_list(place)
    after = month_list(place, folder, scores)
    assert after.issued
    assert by_household(before.rows) == by_household(after.rows)
    assert before.visits == after.visits
    (issued,) = issues(folder_of(place, office.as_of, ""))
    (issued.folder / LIST).write_bytes(b"other")
    with pytest.raises(DataError, match="is not the list that was issued"):
        month_list(place, folder, scores)


def test_a_list_with_another_capacity_stands_once_it_was_issued(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    folder = place.results / office.scored.as_of
    work_list(place, capacity=7)
    found = month_list(place, folder, pl.read_parquet(folder / "*.parquet", columns=list(READ)))
    assert sum(found.visits.values()) == 7
    assert found.rows.filter(pl.col("status").is_in(["listed", "audit"])).height == 7
