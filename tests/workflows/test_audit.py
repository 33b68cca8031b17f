from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskmodel.errors import CheckFailed, UsageError
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.settings import Settings
from riskmodel.workflows.audit import head, looks, verify
from riskmodel.workflows.database import make_key, upgrade
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW

HOUSEHOLD, PERSON = f"H{1:024x}", f"P{2:024x}"
ENTRIES = [
    Entry("2025-07-01T23:59:00+08:00", "ann", "find", "", (HOUSEHOLD,)),
    Entry("2025-07-02T00:00:00+08:00", "ann", "look_up", "visit list", (HOUSEHOLD, PERSON)),
    Entry("2025-07-03T09:00:00+08:00", "bob", "look_up", "appeal", (PERSON,)),
]


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace in which somebody has looked behind ids."""
    for entry in ENTRIES:
        AuditLog(tmp_path / "audit.jsonl").append(entry)
    return Workspace(Settings(tmp_path))


def change(place: Workspace, old: str, new: str) -> None:
    """Edit the log."""
    path = place.home / "audit.jsonl"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_a_whole_log_tells_how_many_entries_it_has_and_of_which_time(place: Workspace) -> None:
    found = verify(place)
    assert (found.entries, found.broken_at) == (3, None)
    assert (found.first, found.last) == (ENTRIES[0].when, ENTRIES[2].when)


def test_a_broken_log_tells_where_and_what_stands_before(place: Workspace) -> None:
    change(place, "visit list", "other list")
    found = verify(place)
    assert (found.broken_at, found.entries, found.last) == (2, 1, ENTRIES[0].when)
    with pytest.raises(CheckFailed, match="broken at line 2"):
        head(place)
    change(place, '"before": "0', '"before": "1')
    found = verify(place)
    assert (found.broken_at, found.entries, found.first, found.last) == (1, 0, None, None)


def test_a_head_that_was_noted_is_known_again_until_lines_are_cut_off(place: Workspace) -> None:
    noted = head(place)
    assert (noted.head.split(":")[0], noted.last) == ("3", ENTRIES[2].when)
    AuditLog(place.home / "audit.jsonl").append(ENTRIES[0])
    assert verify(place, noted.head).whole
    path = place.home / "audit.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    found = verify(place, noted.head)
    assert (found.broken_at, found.noted, found.whole) == (None, False, False)


def test_a_log_that_is_not_there_has_no_entries_and_none_is_made(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home"))
    found = verify(place)
    assert (found.entries, found.first, found.last, found.broken_at) == (0, None, None, None)
    assert (looks(place).entries, looks(place).unreadable) == ([], [])
    assert not place.home.exists()


def test_an_emptied_log_is_lost_where_the_database_holds_what_was_an_entry(tmp_path: Path) -> None:
    place, log = Workspace(Settings(tmp_path)), tmp_path / "audit.jsonl"
    upgrade(place)
    assert verify(place).whole
    make_key(place, "cases", ["case_system"], "", 30, NOW, 60)
    assert (verify(place).entries, verify(place).whole) == (1, True)
    log.write_bytes(b"")
    assert (verify(place).lost, verify(place).whole) == (True, False)
    log.unlink()
    assert not verify(place).whole
    assert not log.exists()


def test_looks_are_found_by_id_and_by_day(place: Workspace) -> None:
    assert looks(place).entries == ENTRIES
    assert looks(place, [HOUSEHOLD]).entries == ENTRIES[:2]
    assert looks(place, [HOUSEHOLD, PERSON]).entries == ENTRIES
    assert looks(place, since=date(2025, 7, 2)).entries == ENTRIES[1:]
    assert looks(place, [HOUSEHOLD], date(2025, 7, 2)).entries == ENTRIES[1:2]
    assert looks(place, [f"H{9:024x}"]).entries == []


def test_what_is_no_id_is_wrong_usage_and_not_repeated(place: Workspace) -> None:
    with pytest.raises(UsageError, match="id 2 is no id") as error:
        looks(place, [HOUSEHOLD, "990101197403050014"])
    assert "990101" not in str(error.value)


def test_looks_of_a_damaged_log_are_told_with_the_damage(place: Workspace) -> None:
    path = place.home / "audit.jsonl"
    path.write_bytes(path.read_bytes()[:-20])  # as a power cut may do
    AuditLog(path).append(ENTRIES[0])
    found = looks(place)
    assert found.entries == [*ENTRIES[:2], ENTRIES[0]]
    assert (found.unreadable, found.broken_at) == ([3], 3)
