from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources import parquet_text
from riskmodel.sources.parquet_text import read_parquet
from riskmodel.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.sources.lines import Lines

SPEC = TABLES["incomes"]


def read(path: Path, **columns: object) -> Lines:
    pl.DataFrame(columns).write_parquet(path)
    return read_parquet(path, SPEC)[1]


def test_numbers_and_days_go_through_their_text(tmp_path: Path) -> None:
    lines = read(
        tmp_path / "a.parquet",
        户编号=["H1", "H2"],
        month=[date(2025, 1, 1), None],
        component=pl.Series(["务工", "务工"], dtype=pl.Categorical),
        amount=pl.Series([Decimal("1.50"), None], dtype=pl.Decimal(10, 2)),
        known_at=[datetime(2025, 2, 1), datetime(2025, 2, 1, 8)],
        作废=[True, None],
    )
    assert lines.cells.rows() == [
        (1, "H1", "2025-01-01", "务工", "1.50", "2025-02-01", "true"),
        (2, "H2", None, "务工", None, "2025-02-01 08:00:00.000000", None),
    ]
    assert lines.numeric.is_empty()


def test_fractions_are_plain_decimals(tmp_path: Path) -> None:
    amounts = [3.0, 0.1, 1e-7, 2e17]
    lines = read(tmp_path / "a.parquet", household_id=["H"] * 4, month=["2025-01"] * 4, amount=amounts)
    assert lines.cells["2"].to_list() == ["3", "0.1", "0.0000001", "2e+17"]


def test_ids_that_are_numbers_are_told(tmp_path: Path) -> None:
    lines = read(tmp_path / "a.parquet", household_id=[17, None], month=["2025-01", "2025-02"], amount=[1, 2])
    assert lines.numeric.rows() == [(1, 0)]
    assert lines.cells["0"].to_list() == ["17", None]


def test_empty_rows_are_counted(tmp_path: Path) -> None:
    lines = read(tmp_path / "a.parquet", household_id=["", "H1", None], month=[" ", None, None])
    assert lines.cells["row"].to_list() == [2]
    assert lines.empty == 2


@pytest.mark.parametrize("values", [[[1]], [{"a": 1}], [b"1"], [time(1)]])
def test_what_has_no_text_is_refused_where_it_is_needed(tmp_path: Path, values: list[object]) -> None:
    with pytest.raises(RejectedFile, match="the column amount holds"):
        read(tmp_path / "a.parquet", household_id=["H1"], month=["2025-01"], amount=values)
    lines = read(tmp_path / "a.parquet", household_id=["H1"], month=["2025-01"], photo=values)
    assert lines.cells.height == 1


def test_too_many_rows_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_text, "MOST_ROWS", 2)
    with pytest.raises(RejectedFile, match="has 3 rows"):
        read(tmp_path / "a.parquet", household_id=["H"] * 3, month=["2025-01"] * 3)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    read(path, household_id=["H"] * 300, month=[f"2025-{n}" for n in range(300)])
    raw = path.read_bytes()
    for damaged in (b"PAR1", raw[:-1], raw[: len(raw) // 2], raw[:4] + bytes(len(raw) // 2) + raw[4 + len(raw) // 2 :]):
        path.write_bytes(damaged)
        with pytest.raises(RejectedFile, match="no readable Parquet"):
            read_parquet(path, SPEC)
