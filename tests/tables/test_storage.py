from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import BusyError, DataError, RiskModelError, StorageError
from riskmodel.tables.storage import naming, naming_database, of_disk, of_sqlite

PATH = Path("lake") / "x.parquet"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EROFS, "mounted read-only"),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "the disk is damaged"),
    ],
)
def test_what_a_disk_refuses_names_the_file_why_and_what_to_do(number: int, said: str) -> None:
    told = rf"^lake/x\.parquet cannot be written .*{said}.* / lake/x\.parquet 无法写入：.*。"
    with pytest.raises(StorageError, match=told) as raised, naming(PATH):
        raise OSError(number, os.strerror(number))
    assert raised.value.exit_code == 3
    with pytest.raises(StorageError, match=told), naming(PATH):  # as Polars tells it
        raise pl.exceptions.ComputeError(f"parquet: underlying IO error: {os.strerror(number)} (os error {number})")


@pytest.mark.parametrize(
    "error",
    [BusyError("held"), FileNotFoundError(errno.ENOENT, "gone"), pl.exceptions.ComputeError("bad"), KeyError(1)],
)
def test_other_errors_pass_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, naming(PATH):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(
    ("code", "meaning", "said"),
    [
        (sqlite3.SQLITE_FULL, StorageError, "the disk is full"),
        (sqlite3.SQLITE_READONLY, StorageError, "may not be written"),
        (sqlite3.SQLITE_IOERR | 3 << 8, StorageError, "ulimit -f"),
        (sqlite3.SQLITE_BUSY, BusyError, "Try again later"),
        (sqlite3.SQLITE_CORRUPT, DataError, "Restore it from a backup"),
        (sqlite3.SQLITE_NOTADB, DataError, "Restore it from a backup"),
    ],
)
def test_what_sqlite_refuses_names_the_file_why_and_what_to_do(
    code: int, meaning: type[RiskModelError], said: str
) -> None:
    error = sqlite3.OperationalError("it says no")
    error.sqlite_errorcode = code
    with pytest.raises(meaning, match=rf"^lake/x\.parquet.*{said}.* / .*。$"), naming_database(PATH):
        raise error


def test_a_wrong_statement_is_a_fault_of_the_program(tmp_path: Path) -> None:
    with (
        pytest.raises(sqlite3.OperationalError, match="no such table") as raised,
        naming_database(PATH),
        closing(sqlite3.connect(tmp_path / "x")) as connection,
    ):
        connection.execute("select 1 from nowhere")
    assert of_sqlite(PATH, raised.value) is None


def test_a_full_disk_that_nobody_named_is_told_all_the_same_and_rights_are_not() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "a/b.csv")
    assert str(of_disk(full, PATH)).startswith("a/b.csv cannot be written")
    assert str(of_disk(OSError(errno.ENOSPC, "No space"), PATH)).startswith(f"{PATH} cannot be written")
    assert of_disk(PermissionError(errno.EACCES, "Permission denied", "a/b.csv"), PATH) is None
