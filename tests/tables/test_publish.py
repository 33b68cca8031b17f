from __future__ import annotations

import fcntl
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from riskmodel.tables.publish import discard, published_folder, restore_interrupted, written_once


def _content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_folder_appears_with_all_its_files_and_replaces_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "results" / "2025-01-05"
    for text in ("old", "new"):
        with published_folder(target) as filling:
            (filling / f"{text}.txt").write_text(text)
            assert target.exists() == (text == "new")
    assert _content(target) == {"new.txt": "new"}
    assert [path.name for path in target.parent.iterdir()] == ["2025-01-05"]


def test_an_error_while_filling_leaves_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "month"
    with published_folder(target) as filling:
        (filling / "a").write_text("kept")
    with pytest.raises(FileNotFoundError), published_folder(target) as filling:
        (filling / "a").write_text("half") and (filling / "b").read_text()
    assert _content(target) == {"a": "kept"}
    assert [path.name for path in tmp_path.iterdir()] == ["month"]


def test_a_kill_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    aside = tmp_path / ".2025-01-05.4711.old"
    aside.mkdir()
    (aside / "a").write_text("kept")
    restore_interrupted(tmp_path)
    assert _content(tmp_path / "2025-01-05") == {"a": "kept"}


def test_a_kill_after_the_new_folder_is_in_place_only_leaves_something_to_sweep(tmp_path: Path) -> None:
    (tmp_path / "2025-01-05").mkdir()
    (tmp_path / ".2025-01-05.4711.old").mkdir()
    restore_interrupted(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["2025-01-05"]


def test_whoever_looks_while_folders_are_replaced_stops_nobody(tmp_path: Path) -> None:
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            restore_interrupted(tmp_path)

    with ThreadPoolExecutor(2) as readers:
        looking = [readers.submit(look) for _ in range(2)]
        try:
            for number in range(50):
                with published_folder(tmp_path / "month") as filling:
                    (filling / "a").write_text(str(number))
                assert _content(tmp_path / "month") == {"a": str(number)}
        finally:
            stop.set()
        assert [one.result() for one in looking] == [None, None]
    assert [path.name for path in tmp_path.iterdir()] == ["month"]


def test_what_a_kill_left_half_filled_is_removed_by_the_next_and_what_is_being_filled_is_not(tmp_path: Path) -> None:
    (tmp_path / ".month.4711.tmp").mkdir()
    (tmp_path / ".month.4711.tmp" / "half").touch()
    (spared := tmp_path / ".month.4712.tmp").mkdir()
    handle = os.open(spared, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with published_folder(tmp_path / "month"):
        pass
    os.close(handle)
    assert sorted(path.name for path in tmp_path.iterdir()) == [spared.name, "month"]


def test_of_two_who_write_the_same_at_once_the_first_to_end_counts(tmp_path: Path) -> None:
    target = tmp_path / "part"
    with written_once(target) as slow:
        (slow / "a").write_text("slow")
        with written_once(target) as quick:
            (quick / "a").write_text("quick")
        assert _content(target) == {"a": "quick"}
    assert _content(target) == {"a": "quick"}
    assert [path.name for path in tmp_path.iterdir()] == ["part"]


def test_an_error_while_writing_once_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), written_once(tmp_path / "part") as filling:
        (filling / "a").write_text(str(1 / 0))
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_not_sound_is_discarded(tmp_path: Path) -> None:
    target = tmp_path / "part"
    for text, left in (("sound", True), ("damaged", False)):
        target.mkdir(exist_ok=True)
        (target / "a").write_text(text)
        discard(target, lambda folder: (folder / "a").read_text() == "sound")
        assert target.exists() == left
    assert list(tmp_path.iterdir()) == []


def test_a_sound_folder_that_was_put_there_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "part"
    target.mkdir()
    (target / "a").write_text("put there meanwhile")
    looks = iter([False, True])  # damaged when it was looked at, another one when it was taken away
    discard(target, lambda _folder: next(looks))
    assert _content(target) == {"a": "put there meanwhile"}
