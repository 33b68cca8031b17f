from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.errors import LakeError
from riskmodel.tables.waiting import Waiting, expect, expected, keep, kept, sweep_waiting, tried

if TYPE_CHECKING:
    from pathlib import Path


def group(table: str = "incomes", day: int = 10, rows: int = 2) -> Waiting:
    frame = pl.DataFrame(
        {"source": ["finance"] * rows, "row": range(2, 2 + rows), "waits_for": ["household_id"] * rows}
    )
    return Waiting(table, frame, f"2025-03-{day}/a.csv", f"{day:064d}", date(2025, 3, day), "r", "finance", "990101")


def test_what_is_kept_comes_back_as_it_was_in_the_order_of_tables_and_days(tmp_path: Path) -> None:
    given = [group("visits", 9), group(day=12), group(day=11)]
    for one in given:
        keep(tmp_path, one)
    found = list(kept(tmp_path))
    assert [(w.table, w.received_on.day) for w in found] == [("incomes", 11), ("incomes", 12), ("visits", 9)]
    assert found[0].rows.equals(given[2].rows)
    assert replace(found[0], rows=given[2].rows) == given[2]


def test_of_a_file_only_the_rows_kept_last_wait(tmp_path: Path) -> None:
    keep(tmp_path, group(rows=3))
    keep(tmp_path, group(rows=1))
    (found,) = kept(tmp_path)
    assert found.rows.height == 1
    keep(tmp_path, group(rows=0))
    assert list(kept(tmp_path)) == []
    keep(tmp_path, group(rows=0))


def test_the_day_of_news_is_noted_until_everything_was_tried(tmp_path: Path) -> None:
    assert expected(tmp_path) is None
    expect(tmp_path, date(2025, 3, 10))
    expect(tmp_path, date(2025, 3, 12))
    assert expected(tmp_path) == date(2025, 3, 12)
    assert list(kept(tmp_path)) == []
    tried(tmp_path)
    tried(tmp_path)
    assert expected(tmp_path) is None


def test_a_damaged_note_is_an_error_that_says_what_to_write(tmp_path: Path) -> None:
    expect(tmp_path, date(2025, 3, 10))
    (tmp_path / "waiting" / "news").write_bytes(b"\0")
    with pytest.raises(LakeError, match="day of the newest delivery"):
        expected(tmp_path)


def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    keep(tmp_path, group())
    group().path(tmp_path).write_bytes(b"no parquet")
    with pytest.raises(LakeError, match="is damaged"):
        list(kept(tmp_path))


def test_leftovers_of_a_kill_are_swept_and_what_waits_stays(tmp_path: Path) -> None:
    sweep_waiting(tmp_path)
    keep(tmp_path, group())
    expect(tmp_path, date(2025, 3, 10))
    for folder in (tmp_path / "waiting", tmp_path / "waiting" / "incomes"):
        (folder / ".x.4711.tmp").write_bytes(b"half")
    sweep_waiting(tmp_path)
    assert list(tmp_path.rglob(".*")) == []
    assert len(list(kept(tmp_path))) == 1
    assert expected(tmp_path) == date(2025, 3, 10)
