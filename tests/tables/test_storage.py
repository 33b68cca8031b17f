from __future__ import annotations

import errno
import os
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import BusyError, StorageError
from riskmodel.tables.storage import naming

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
