from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.group_commit import GroupCommit


def entry(number: int) -> Entry:
    return Entry("2026-01-05T09:00:00+08:00", "key", "read", "", (f"H{number:024x}",))


def test_every_entry_is_on_the_disk_when_it_is_said_to_be(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    group = GroupCommit(log)
    group.append(entry(1)).result(timeout=10)
    assert [found.ids for found in log.entries() if found] == [entry(1).ids]
    group.close()


def test_many_entries_share_few_writes_and_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def counted(handle: int) -> None:
        synced.append(handle)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", counted)
    log = AuditLog(tmp_path / "audit.jsonl")
    groups = [GroupCommit(log), GroupCommit(log)]  # two workers
    ready = threading.Barrier(8)

    def ask(first: int) -> None:
        ready.wait()
        waiting = [groups[first % 2].append(entry(first + n)) for n in range(50)]
        for done in waiting:
            done.result(timeout=30)

    threads = [threading.Thread(target=ask, args=(100 * n + n % 2,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for group in groups:
        group.close()
    assert log.verify() is None
    assert len({found.ids for found in log.entries() if found}) == len(list(log.entries())) == 400
    assert len(synced) < 200


def test_who_waits_is_told_when_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    group = GroupCommit(AuditLog(tmp_path / "audit.jsonl"))
    with pytest.raises(OSError, match="directory"):
        group.append(entry(1)).result(timeout=10)
    with pytest.raises(OSError, match="directory"):
        group.append(entry(2)).result(timeout=10)
    group.close()


def test_the_end_waits_for_what_was_asked_before_and_takes_nothing_more(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    group = GroupCommit(log)
    waiting = [group.append(entry(n)) for n in range(20)]
    group.close()
    assert all(done.done() for done in waiting)
    assert len(list(log.entries())) == 20
    with pytest.raises(OSError, match="closed"):
        group.append(entry(21))
