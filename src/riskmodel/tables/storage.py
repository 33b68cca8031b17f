"""What a disk says that refuses, for people: which file, why, and what to do next."""

from __future__ import annotations

import errno
import re
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import BusyError, DataError, RiskModelError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL: Final = (
    "the disk is full. Make room there and run the command again",
    "磁盘已满。请清理空间后重新运行该命令",
)
_CLOSED: Final = (
    "it may not be written. Check that the disk is not mounted read-only and who owns the folder",
    "没有写入权限。请检查磁盘是否只读、文件夹属于谁",
)
_WHY: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: (
        "it would be larger than this account may make files (ulimit -f). Raise the limit and run the command again",
        "超过了本账户允许的单个文件大小（ulimit -f）。请提高上限后重新运行该命令",
    ),
    errno.EROFS: _CLOSED,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EIO: ("the disk is damaged. Replace it and restore from the backup", "磁盘损坏。请更换后从备份恢复"),
}
_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_IOERR: (
        "the disk refuses: it is full or damaged, or the file would be larger than this account may make files "
        "(ulimit -f). Make room or raise the limit, and run the command again",
        "磁盘拒绝读写：已满、已损坏，或文件超过本账户的大小上限（ulimit -f）。请清理空间或提高上限后重新运行",
    ),
}
_PRIMARY: Final = 0xFF
"""The bits of SQLite's code of an error that say what kind it is."""
_IN_TEXT: Final = re.compile(r"os error (\d+)")
"""How Polars tells the number of an error."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what a disk refuses inside the block into a StorageError that names `path`; other errors pass."""
    try:
        yield
    except RiskModelError:
        raise
    except (OSError, pl.exceptions.PolarsError) as error:
        number = _number(error)
        if number is None:
            raise
        raise _refused(path, error, *_WHY[number]) from error


def of_disk(error: OSError, place: Path) -> StorageError | None:
    """What a disk that refuses means, where nobody named its file: `place` stands for it; None for other errors.

    Not for rights (EACCES, EPERM): it may have been a file to be read.
    """
    if error.errno not in _WHY or error.errno in (errno.EACCES, errno.EPERM):
        return None
    return _refused(Path(error.filename) if isinstance(error.filename, str) else place, error, *_WHY[error.errno])


@contextmanager
def naming_database(path: Path) -> Iterator[None]:
    """Turn what SQLite cannot do inside the block into an error of ours that names its file, see `of_sqlite`."""
    try:
        yield
    except sqlite3.Error as error:
        ours = of_sqlite(path, error)
        if ours is None:
            raise
        raise ours from error


def of_sqlite(path: Path, error: BaseException | None) -> RiskModelError | None:
    """What an error of SQLite means: BusyError, StorageError, DataError for a damaged file; None for a program's fault.

    SQLite's own message goes along, never the statement: it holds what was to be written.
    """
    kind = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(
            f"{path}: another process is writing here. Try again later. / {path} 正被其他进程写入，请稍后再试。"
        )
    if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DataError(f"{path} is damaged: {error}. Restore it from a backup. / {path} 已损坏。请从备份恢复。")
    return _refused(path, error, *_SQLITE[kind]) if kind in _SQLITE else None


def _refused(path: Path, error: BaseException | None, why: str, why_zh: str) -> StorageError:
    return StorageError(
        f"{path} cannot be written ({error}): {why}. What was there before is unchanged. / "
        f"{path} 无法写入：{why_zh}。原有内容没有改变。"
    )


def _number(error: Exception) -> int | None:
    """The number of an error of which something can be said."""
    found = _IN_TEXT.search(str(error))
    number = int(found[1]) if found else getattr(error, "errno", None)
    return number if number in _WHY else None
