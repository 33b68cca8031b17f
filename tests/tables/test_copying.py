from __future__ import annotations

import hashlib
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from riskmodel.errors import DataError
from riskmodel.tables.copying import Content, content_of, copy_file, copy_sqlite, new_folder, write_new


def test_a_copy_is_told_by_its_size_and_hash_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = bytes(range(256)) * 8192  # more than one portion
    (tmp_path / "x").write_bytes(data)
    told = copy_file(tmp_path / "x", tmp_path / "deep" / "y")
    assert told == content_of(tmp_path / "deep" / "y") == Content(len(data), hashlib.sha256(data).hexdigest())
    assert stat.S_IMODE((tmp_path / "deep" / "y").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "y").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "y", [b"new"])
    assert (tmp_path / "y").read_bytes() == b"old"


def test_a_database_is_copied_as_it_was_at_one_moment_while_it_is_written(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x", check_same_thread=False, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE pairs (a INTEGER, b INTEGER)")
        done = threading.Event()

        def write() -> None:
            while not done.is_set():
                writer.execute("INSERT INTO pairs VALUES (1, 0)")
                writer.execute("BEGIN")
                writer.execute("UPDATE pairs SET a = a + 1")
                writer.execute("UPDATE pairs SET b = a")
                writer.execute("COMMIT")

        thread = threading.Thread(target=write)
        thread.start()
        told = [copy_sqlite(tmp_path / "x", tmp_path / f"copy{n}") for n in range(5)]
        done.set()
        thread.join()
    for n, content in enumerate(told):
        assert content == content_of(tmp_path / f"copy{n}")
        with closing(sqlite3.connect(tmp_path / f"copy{n}")) as copy:
            assert copy.execute("SELECT count(*) FROM pairs WHERE a <> b AND b <> 0").fetchone() == (0,)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith("copy") and "-" in path.name]


def test_what_a_killed_process_left_in_the_log_of_a_database_is_in_its_copy(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE t (a)")
        writer.execute("INSERT INTO t VALUES (7)")
        (tmp_path / "killed").mkdir()
        for end in ("", "-wal"):
            (tmp_path / "killed" / f"x{end}").write_bytes((tmp_path / f"x{end}").read_bytes())
    copy_sqlite(tmp_path / "killed" / "x", tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT a FROM t").fetchall() == [(7,)]


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no database at all" * 1000)
    with pytest.raises(DataError, match=r"x is damaged"):
        copy_sqlite(tmp_path / "x", tmp_path / "copy")


def test_a_new_folder_appears_as_a_whole_also_in_place_of_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for name in ("there", "deep/new"):
        with new_folder(tmp_path / name) as filling:
            write_new(filling / "a" / "b", [b"x"])
            assert not (tmp_path / name / "a").exists()
        assert (tmp_path / name / "a" / "b").read_bytes() == b"x"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "there"]


def test_a_new_folder_takes_the_place_of_nothing_and_an_error_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(OSError, match="not empty"), new_folder(tmp_path / "there"):
        (tmp_path / "there" / "meanwhile").write_bytes(b"x")
    with pytest.raises(FileNotFoundError), new_folder(tmp_path / "new") as filling:
        copy_file(tmp_path / "none", filling / "y")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
