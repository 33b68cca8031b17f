"""Batches and their records."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lake_rows import COUNTY, batch, day, income
from riskmodel.errors import LakeError
from riskmodel.tables.batches import BatchRecord, counties, read_batch, read_records, sweep_batches, write_batch


def recorded(lake: Path, days: list[date]) -> list[BatchRecord]:
    """One income batch per day, in this order of arrival."""
    records: list[BatchRecord] = []
    for n, received_on in enumerate(days):
        rows = income(n, n, received_on)
        records.append(BatchRecord.of(batch("incomes", received_on, rows, mode="hr"[n % 2]), records, 1))
        write_batch(lake, records[-1], rows)
    return records


def test_numbers_run_within_a_day_for_both_modes_and_places_over_all(tmp_path: Path) -> None:
    records = recorded(tmp_path, [day(1), day(1), day(0), day(1)])
    assert [r.batch_id for r in records] == ["h20250102-0001", "r20250102-0002", "h20250101-0001", "r20250102-0003"]
    assert [r.sequence for r in records] == [1, 2, 3, 4]


def test_records_come_back_in_the_order_of_arrival(tmp_path: Path) -> None:
    records = recorded(tmp_path, [day(5), day(1), day(3)])
    assert read_records(tmp_path, COUNTY) == records
    assert read_records(tmp_path, "990102") == []
    assert counties(tmp_path) == [COUNTY]


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    (record,) = recorded(tmp_path, [day(1)])
    assert read_batch(tmp_path, record).equals(income(0, 0, day(1)))


def test_a_batch_with_other_rows_than_recorded_is_damaged(tmp_path: Path) -> None:
    (record,) = recorded(tmp_path, [day(1)])
    with pytest.raises(LakeError, match="has 1 rows, its record says 7"):
        read_batch(tmp_path, replace(record, rows_written=7))


def test_a_batch_is_known_by_file_table_day_and_mode() -> None:
    received = batch("incomes", day(1), income(1, 1, day(1)), period_from=day(0), full_list=True)
    record = BatchRecord.of(received, [], 1)
    assert record.is_of(received)
    assert (record.period_from, record.period_to, record.full_list) == ("2025-01-01", None, True)
    others = [{"sha256": "other"}, {"table": "households"}, {"received_on": day(2)}, {"mode": "h"}]
    assert not any(record.is_of(replace(received, **change)) for change in others)  # type: ignore[arg-type]  # facts of any kind


@pytest.mark.parametrize("change", [{"surplus": 1}, {"batch_id": "r20250102-0009"}, {"county": "990102"}])
def test_a_record_of_something_else_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    recorded(tmp_path, [day(1)])
    (path,) = (tmp_path / "manifests").rglob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(LakeError, match=rf"{path.name} is (damaged|the record)"):
        read_records(tmp_path, COUNTY)


def test_a_lost_record_leaves_a_gap(tmp_path: Path) -> None:
    first, *_ = recorded(tmp_path, [day(1), day(2)])
    (tmp_path / "manifests" / f"county={COUNTY}" / f"{first.batch_id}.json").unlink()
    with pytest.raises(LakeError, match=r"batch number 1 is missing \(the next one is r20250103-0001\)"):
        read_records(tmp_path, COUNTY)


def test_leftovers_of_a_kill_are_swept(tmp_path: Path) -> None:
    recorded(tmp_path, [day(1)])
    for folder in (tmp_path / "manifests" / f"county={COUNTY}", tmp_path / "batches" / "incomes" / f"county={COUNTY}"):
        (folder / ".x.1.tmp").touch()
    sweep_batches(tmp_path, COUNTY)
    assert list(tmp_path.rglob("*.tmp")) == []
    assert len(read_records(tmp_path, COUNTY)) == 1


def test_a_batch_says_nothing_where_rows_came_and_none_could_be_used() -> None:
    record = BatchRecord.of(batch("incomes", day(0), income(1, 100, day(0))), [], 0)
    for read, unusable, nothing in ((0, 0, False), (3, 0, False), (3, 2, False), (3, 3, True), (3, None, False)):
        assert replace(record, rows_read=read, rows_unusable=unusable).says_nothing is nothing
