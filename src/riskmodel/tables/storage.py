"""What a disk says that refuses, for people: which file, why, and what to do next."""

from __future__ import annotations

import errno
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import RiskModelError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
        why, why_zh = _WHY[number]
        raise StorageError(
            f"{path} cannot be written ({error}): {why}. What was there before is unchanged. / "
            f"{path} 无法写入：{why_zh}。原有内容没有改变。"
        ) from error


def _number(error: Exception) -> int | None:
    """The number of an error of which something can be said."""
    found = _IN_TEXT.search(str(error))
    number = int(found[1]) if found else getattr(error, "errno", None)
    return number if number in _WHY else None
