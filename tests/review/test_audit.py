from __future__ import annotations

import fcntl
import json
import multiprocessing
import stat
import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.review.audit import FIRST, AuditLog, Entry, Head


def entry(number: int, purpose: str = "visit list") -> Entry:
    """An entry that differs from those with another number."""
    return Entry(f"2025-07-{number % 28 + 1:02d}T09:00:00+08:00", "ann", "look_up", purpose, (f"H{number:024x}",))


def written(folder: Path, count: int = 5) -> AuditLog:
    """A log with so many entries."""
    log = AuditLog(folder / "audit.jsonl")
    for number in range(count):
        log.append(entry(number))
    return log


def test_each_line_is_a_json_object_that_holds_a_hash_of_the_line_before(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in written(tmp_path, 2).path.read_text("utf-8").splitlines()]
    assert lines[0]["before"] == FIRST
    assert [len(lines[1][name]) for name in ("before", "said", "salt")] == [64, 64, 32]
    assert {k: v for k, v in lines[1].items() if k not in ("before", "said", "salt")} == {
        **{"when": "2025-07-02T09:00:00+08:00", "who": "ann", "action": "look_up", "purpose": "visit list"},
        "ids": ["H000000000000000000000001"],
    }


def test_an_untouched_log_fits_together(tmp_path: Path) -> None:
    assert AuditLog(tmp_path / "none.jsonl").verify() is None
    assert written(tmp_path).verify() is None


def test_an_edited_line_is_named_the_last_one_too(tmp_path: Path) -> None:
    log = written(tmp_path)
    whole = log.path.read_text("utf-8")
    log.path.write_text(whole.replace("2025-07-02", "2025-07-09"), "utf-8")
    assert log.verify() == 2
    log.path.write_text(whole.replace(f"H{4:024x}", f"H{9:024x}"), "utf-8")
    assert log.verify() == 5


@pytest.mark.parametrize("change", ["remove", "swap", "insert", "empty", "blank"])
def test_lines_cannot_be_removed_moved_or_put_between(change: str, tmp_path: Path) -> None:
    log = written(tmp_path)
    one, two, three, four, five = log.path.read_bytes().splitlines(keepends=True)
    lines = {
        "remove": [one, three, four, five],
        "swap": [one, three, two, four, five],
        "insert": [one, one, two, three, four, five],
        "empty": [one, b"\n", two, three, four, five],
        "blank": [one, b"[]\n", two, three, four, five],
    }
    log.path.write_bytes(b"".join(lines[change]))
    assert log.verify() == 2


def test_the_first_line_cannot_be_taken_away(tmp_path: Path) -> None:
    log = written(tmp_path)
    log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[1:]))
    assert log.verify() == 1


def test_a_line_that_a_power_cut_left_half_written_hides_no_later_one(tmp_path: Path) -> None:
    log = written(tmp_path, 2)
    log.path.write_bytes(log.path.read_bytes()[:-20])
    log.append(entry(7))
    assert log.verify() == 2
    assert json.loads(log.path.read_text("utf-8").splitlines()[-1])["ids"] == ["H000000000000000000000007"]


def test_entries_come_back_as_they_were_written_the_oldest_first(tmp_path: Path) -> None:
    assert list(AuditLog(tmp_path / "none.jsonl").entries()) == []
    assert list(written(tmp_path, 3).entries()) == [entry(0), entry(1), entry(2)]


@pytest.mark.parametrize(
    "line",
    [
        *("half", "[]", "{}", '"x"', '{"when": "2025-07-01", "who": "a", "action": "b", "purpose": "c"}'),
        '{"when": "yesterday", "who": "a", "action": "b", "purpose": "c", "ids": []}',
        '{"when": "2025-07-01", "who": 1, "action": "b", "purpose": "c", "ids": []}',
        '{"when": "2025-07-01", "who": "a", "action": "b", "purpose": "c", "ids": [1]}',
    ],
)
def test_a_line_that_is_no_entry_hides_none_of_the_others(line: str, tmp_path: Path) -> None:
    log = written(tmp_path, 2)
    with log.path.open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    log.append(entry(2))
    assert list(log.entries()) == [entry(0), entry(1), None, entry(2)]


def test_who_reads_waits_for_the_line_that_is_being_added(tmp_path: Path) -> None:
    log = written(tmp_path, 1)
    with log.path.open("r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        reader = threading.Thread(target=log.verify)
        reader.start()
        reader.join(0.2)
        assert reader.is_alive()
    reader.join()


def test_only_the_owner_may_read_the_log(tmp_path: Path) -> None:
    assert stat.S_IMODE(written(tmp_path).path.stat().st_mode) == 0o600


@given(purposes=st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_whatever_the_purpose_an_entry_is_one_line(
    purposes: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = AuditLog(tmp_path_factory.mktemp("log") / "audit.jsonl")
    for number, purpose in enumerate(purposes):
        log.append(entry(number, purpose))
    assert log.verify() is None
    lines = log.path.read_bytes().split(b"\n")[:-1]
    assert [json.loads(line)["purpose"] for line in lines] == purposes


def test_a_line_longer_than_what_is_read_at_once_is_chained_too(tmp_path: Path) -> None:
    log = written(tmp_path, 1)
    many = Entry("2025-07-30T09:00:00+08:00", "ann", "look_up", "list", tuple(f"H{n:024x}" for n in range(6_000)))
    log.append(many)
    log.append(entry(1))
    assert log.verify() is None


def test_two_processes_wait_for_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=written, args=(tmp_path, 20)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    log = AuditLog(tmp_path / "audit.jsonl")
    assert len(log.path.read_bytes().splitlines()) == 40
    assert log.verify() is None


def test_a_head_kept_elsewhere_tells_of_lines_that_were_cut_off_or_written_anew(tmp_path: Path) -> None:
    log = written(tmp_path, 3)
    noted = log.examined().head
    assert (noted.entries, Head.of(str(noted))) == (3, noted)
    log.append(entry(3))
    assert log.examined(noted).noted
    whole = log.path.read_bytes()
    log.path.write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    assert (log.verify(), log.examined(noted).noted) == (None, False)
    log.path.unlink()
    assert (written(tmp_path, 5).verify(), log.examined(noted).noted) == (None, False)


def test_text_is_due_up_to_the_first_entry_that_is_young_enough(tmp_path: Path) -> None:
    log = written(tmp_path)
    assert log.due(date(2025, 7, 4)) == (3, 3)
    assert log.due(date(2025, 7, 1)) == (0, 0)
    log.path.write_text(log.path.read_text("utf-8").replace("2025-07-02", "2025-07-01"), "utf-8")
    assert log.due(date(2026, 1, 1)) == (1, 1)  # line 2 is not as written: what follows is left as evidence


def test_erased_text_is_gone_and_the_chain_stays_whole_and_goes_on(tmp_path: Path) -> None:
    log = written(tmp_path)
    noted = log.examined().head
    log.erase(3, Entry("2028-07-04T09:00:00+08:00", "ann", "erase", "3 entries", ()))
    log.append(entry(6))
    assert (log.verify(), log.examined(noted).noted, log.due(date(2025, 7, 4))) == (None, True, (3, 0))
    told = list(log.entries())
    assert [found.erased for found in told if found] == [True] * 3 + [False] * 4
    assert [(found.who, found.purpose, found.ids) for found in told[:3] if found] == [("ann", "", ())] * 3
    assert b"H00000000000000000000000" in log.path.read_bytes()
    assert f"H{2:024x}".encode() not in log.path.read_bytes()
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


def test_a_writer_that_waited_while_text_was_erased_writes_into_the_new_file(tmp_path: Path) -> None:
    log = written(tmp_path, 3)
    with log.path.open("r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        writer = threading.Thread(target=log.append, args=(entry(4),))
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        fresh = log.path.with_name("fresh")
        fresh.write_bytes(log.path.read_bytes())
        fresh.replace(log.path)
    writer.join()
    assert (log.verify(), len(list(log.entries()))) == (None, 4)


def test_a_kill_while_text_is_erased_leaves_the_log_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = written(tmp_path, 3)
    before = log.path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        log.erase(2, entry(9))
    assert (log.path.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (before, ["audit.jsonl"])


def test_a_name_that_no_encoding_knows_is_written_down_and_the_chain_stays_whole(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    log.append(Entry("2026-01-05T09:00:00+08:00", "caf\udce9", "look_up", "visit \ud800", ("H1",)))
    log.append(Entry("2026-01-05T09:00:00+08:00", "ann", "look_up", "visit", ("H1",)))
    found = [(entry.who, entry.purpose) for entry in log.entries() if entry]
    assert found == [("caf\\udce9", "visit \\ud800"), ("ann", "visit")]
    assert log.verify() is None
