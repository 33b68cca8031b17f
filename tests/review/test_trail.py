"""The audit log read from its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.review import trail
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.trail import Sought, place_of, traced

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
ALL = Sought()


def entry(number: int, who: str = "user a", action: str = "read") -> Entry:
    return Entry((START + timedelta(hours=number)).isoformat(), who, action, f"第{number}次", (f"H{number:024x}",))


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    """120 entries, one an hour; every third is of another actor, every tenth a visit."""
    made = AuditLog(tmp_path / "audit.jsonl")
    made.append_all([entry(n, "user b" if n % 3 == 0 else "user a", "visit" if n % 10 == 0 else "read")
                     for n in range(120)])  # fmt: skip
    return made


def numbers(log: AuditLog, sought: Sought, most: int = 50) -> list[list[int]]:
    """What is found, page by page."""
    pages, end = [], None
    while True:
        found = traced(log, sought, end, most)
        assert all(one.fits for one in found.found)
        pages.append([int(one.entry.ids[0][1:], 16) for one in found.found])
        if found.go_on is None:
            return pages
        end = found.go_on


def found_in(log: AuditLog, sought: Sought) -> list[int]:
    """What is found on all pages."""
    return [number for page in numbers(log, sought) for number in page]


def test_the_newest_entries_come_first_and_every_entry_comes_once(log: AuditLog) -> None:
    assert numbers(log, ALL) == [list(range(119, 69, -1)), list(range(69, 19, -1)), list(range(19, -1, -1))]


def test_entries_are_found_by_actor_action_and_id(log: AuditLog) -> None:
    assert found_in(log, Sought("user b")) == list(range(117, -1, -3))
    assert found_in(log, Sought("user b", "visit")) == [90, 60, 30, 0]
    assert found_in(log, Sought(id=f"H{77:024x}")) == [77]
    assert found_in(log, Sought(seen=lambda who: who == "user b")) == list(range(117, -1, -3))
    assert traced(log, Sought("user c")).found == []


def test_a_period_is_found_without_reading_what_lies_outside(log: AuditLog) -> None:
    sought = Sought(since=START + timedelta(hours=10), until=START + timedelta(hours=13))
    found = traced(log, sought)
    assert [one.entry.purpose for one in found.found] == ["第12次", "第11次", "第10次"]
    assert found.looked_at < found.size / 20
    assert found.go_on is None
    assert found.back_to == (START + timedelta(hours=10)).isoformat()


def test_a_piece_is_bounded_and_says_where_to_go_on(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "MOST_BYTES", 2000)
    found = traced(log, Sought(id=f"H{2:024x}"))
    assert found.found == []
    assert 0 < found.looked_at <= 2400
    assert found.go_on is not None
    assert found_in(log, Sought(id=f"H{2:024x}")) == [2]
    assert found_in(log, ALL) == list(range(119, -1, -1))


def test_lines_taken_apart_are_bounded_too(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "MOST_PARSED", 7)
    assert len(traced(log, ALL).found) == 7
    assert found_in(log, Sought("user b")) == list(range(117, -1, -3))


def test_a_changed_a_removed_and_a_foreign_line_do_not_fit(log: AuditLog) -> None:
    lines = log.path.read_bytes().splitlines(keepends=True)
    lines[50] = lines[50].replace("第50次".encode(), "第49次".encode())
    del lines[70]
    log.path.write_bytes(b"".join(lines))
    found = traced(log, ALL, most=200)
    broken = {int(one.entry.ids[0][1:], 16) for one in found.found if not one.fits}
    assert broken == {50, 71}


def test_a_torn_line_stops_nothing(log: AuditLog) -> None:
    lines = log.path.read_bytes().splitlines(keepends=True)
    lines[60:60] = [b'{"before": "\n', b"\n", b"\xff\xfe{}\n"]
    log.path.write_bytes(b"".join(lines))
    assert len(traced(log, ALL, most=200).found) == 120
    assert [o.entry.purpose for o in traced(log, Sought(since=START + timedelta(hours=118))).found] == [
        "第119次",
        "第118次",
    ]
    early = Sought(until=START + timedelta(hours=60))
    assert [o.entry.purpose for o in traced(log, early, most=2).found] == ["第59次", "第58次"]


def test_a_log_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    found = traced(AuditLog(tmp_path / "none.jsonl"), ALL)
    assert (found.found, found.go_on, found.size, found.back_to) == ([], None, 0, None)


def test_any_place_to_go_on_from_is_harmless(log: AuditLog) -> None:
    for end in (-5, 0, 1, 333, 10**18):
        assert len(traced(log, ALL, end).found) <= 50


@settings(max_examples=25, deadline=None)
@given(hour=st.integers(-3, 125))
def test_the_place_of_a_moment_is_that_of_its_first_line(tmp_path_factory: pytest.TempPathFactory, hour: int) -> None:
    made = AuditLog(tmp_path_factory.mktemp("log") / "audit.jsonl")
    made.append_all([entry(n) for n in range(0, 120, 5)])
    with made.reading() as (file, size):
        place = place_of(file, size, START + timedelta(hours=hour))
    lines = made.path.read_bytes()[:place].count(b"\n")
    assert lines == sum(n < hour for n in range(0, 120, 5))
