"""Files that are there as a whole or not at all, and locks."""

from __future__ import annotations

import errno
import fcntl
import gc
import os
import stat
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import BusyError, StorageError
from riskmodel.tables.files import (
    Held,
    finite,
    locked,
    make_folder,
    remove_folder,
    sweep,
    write_bytes,
    write_json,
    write_parquet,
    write_portions,
)


def test_a_written_file_is_there_and_nothing_else(tmp_path: Path) -> None:
    write_bytes(tmp_path / "deep" / "folder" / "x", b"new")
    assert {p.name: p.read_bytes() for p in (tmp_path / "deep" / "folder").iterdir()} == {"x": b"new"}


def test_a_file_can_be_written_from_portions_of_itself(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a\nb\n")
    with (tmp_path / "x").open("rb") as old:
        write_portions(tmp_path / "x", (line.upper() for line in old))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"x": b"A\nB\n"}


def test_equal_json_is_equal_bytes(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"b": "户", "a": 1})
    write_json(tmp_path / "b", {"a": 1, "b": "户"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == '{\n "a": 1,\n "b": "户"\n}\n'.encode()


def test_equal_rows_are_equal_bytes_however_they_were_put_together(tmp_path: Path) -> None:
    whole = pl.DataFrame({"n": range(5000), "text": [f"r{n % 7}" for n in range(5000)]})
    write_parquet(tmp_path / "a", whole)
    write_parquet(tmp_path / "b", pl.concat([whole[:10], whole[10:777], whole[777:]], rechunk=False))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(("owner", "call"), [(os, "fsync"), (Path, "replace")], ids=["sync", "rename"])
def test_when_the_disk_refuses_the_old_content_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, call: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "x").write_bytes(b"old")
    monkeypatch.setattr(owner, call, refuse)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(tmp_path / "x", b"new")
    with pytest.raises(OSError, match="No space left"):
        write_parquet(tmp_path / "x", pl.DataFrame({"a": [1]}))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"x": b"old"}


def test_leftovers_of_a_kill_are_swept_and_nothing_else(tmp_path: Path) -> None:
    for name in ("x.json", ".x.json.123.tmp", ".hidden"):
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".hidden", "x.json"]


def test_a_file_that_somebody_is_writing_is_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def swept(temporary: Path, target: Path) -> Path:
        sweep(tmp_path)
        return replace(temporary, target)

    monkeypatch.setattr(Path, "replace", swept)
    write_bytes(tmp_path / "x", b"1")
    write_parquet(tmp_path / "y", pl.DataFrame({"a": [1]}))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x", "y"]


def test_a_file_swept_before_its_writer_had_the_lock_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, waiting = fcntl.flock, [True]

    def late(handle: int, how: int) -> None:
        if waiting and waiting.pop():
            for rest in tmp_path.glob(".*.tmp"):
                rest.unlink()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    write_bytes(tmp_path / "x", b"1")
    assert not waiting
    assert {p.name: (p.read_bytes(), mode(p)) for p in tmp_path.iterdir()} == {"x": (b"1", 0o600)}


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_bytes(home / "a" / "x", b"1")
    write_json(home / "a" / "x.json", {})
    write_parquet(home / "b" / "x.parquet", pl.DataFrame({"a": [1]}))
    with locked(home / "locks" / "lock", "the lake"):
        pass
    made = [home, *home.rglob("*")]
    assert {mode(path) for path in made if path.is_dir()} == {0o700}
    assert {mode(path) for path in made if path.is_file()} == {0o600}


def test_a_file_that_others_could_read_is_its_owners_after_it_was_written_again(tmp_path: Path) -> None:
    (tmp_path / "x").touch(0o644)
    write_bytes(tmp_path / "x", b"1")
    assert mode(tmp_path / "x") == 0o600


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    tmp_path.chmod(0o750)
    make_folder(tmp_path)
    assert (tmp_path / "x").exists()
    assert mode(tmp_path) == 0o750


def test_a_folder_is_kept_as_long_as_somebody_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "000001"
    write_bytes(folder / "x", b"1")
    first, second = Held(folder), Held(folder)
    remove_folder(folder)
    del first
    gc.collect()
    remove_folder(folder)
    assert (folder / "x").exists()
    del second
    gc.collect()
    remove_folder(folder)
    assert not folder.exists()


def test_a_folder_that_is_gone_cannot_be_held_and_need_not_be_removed(tmp_path: Path) -> None:
    remove_folder(tmp_path / "gone")
    with pytest.raises(FileNotFoundError):
        Held(tmp_path / "gone")


def test_two_writers_cannot_hold_one_lock(tmp_path: Path) -> None:
    first, second = (locked(tmp_path / "lock", "the lake") for _ in range(2))
    with first, pytest.raises(BusyError, match=rf"the lake: process {os.getpid()} is writing here"), second:
        pytest.fail("the lock was given twice")


def test_a_lock_is_free_again_after_an_error_and_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), locked(tmp_path / "lock", "the lake"):
        raise ValueError("inside")
    (tmp_path / "lock").write_text("process 1")  # of a process that was killed
    with locked(tmp_path / "lock", "the lake"):
        assert (tmp_path / "lock").read_text() == f"process {os.getpid()}"
    assert (tmp_path / "lock").read_text() == ""


def mode(path: Path) -> int:
    """Rights of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_no_number_is_nothing_in_json_and_everything_else_stays() -> None:
    content = {"a": [1.5, float("nan"), (float("inf"), 2)], "b": "nan", "c": None, "d": {"e": -float("inf"), "f": True}}
    assert finite(content) == {"a": [1.5, None, [None, 2]], "b": "nan", "c": None, "d": {"e": None, "f": True}}


def test_a_lock_on_a_full_disk_says_so_and_is_free_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(StorageError, match="the disk is full"), locked(tmp_path / "lock", "the lake"):
            pass
    with locked(tmp_path / "lock", "the lake"):
        pass
