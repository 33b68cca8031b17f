"""Copies of files and of SQLite databases, each with its size and its SHA-256; folders that are new as a whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from riskmodel.errors import BusyError, DataError
from riskmodel.tables.files import OWNERS_FILE, OWNERS_FOLDER, make_folder, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PORTION: Final = 1 << 20
_PATIENCE: Final = 30.0
"""Seconds to wait for a process that writes into a database."""


@dataclass(frozen=True)
class Content:
    """What tells the content of one file from that of another."""

    bytes: int
    sha256: str


def content_of(path: Path) -> Content:
    """Size and SHA-256 of a file. Raises OSError when it cannot be read."""
    size, digest = 0, hashlib.sha256()
    for portion in _portions(path):
        size += len(portion)
        digest.update(portion)
    return Content(size, digest.hexdigest())


def copy_file(source: Path, target: Path) -> Content:
    """Copy a file to a new place, durably and for its owner alone; what was read is what is told."""
    return write_new(target, _portions(source))


def write_new(target: Path, portions: Iterable[bytes]) -> Content:
    """Write a new file, durably and for its owner alone. Raises FileExistsError when it is there already."""
    make_folder(target.parent)
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNERS_FILE), "wb") as out:
        for portion in portions:
            out.write(portion)
            size += len(portion)
            digest.update(portion)
        out.flush()
        os.fsync(out.fileno())
    return Content(size, digest.hexdigest())


def copy_sqlite(source: Path, target: Path) -> Content:
    """Copy a SQLite database as it was at one moment, while others read and write it; the copy is one file.

    Raises BusyError while another process keeps it, DataError when it is damaged.
    """
    write_new(target, ())  # SQLite alone would let others read it
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)) as old:
            with closing(sqlite3.connect(target)) as new:
                old.backup(new)
                new.execute("PRAGMA journal_mode=DELETE")
            _require_sound(target, source)
    except sqlite3.OperationalError as error:
        raise BusyError(f"{source} cannot be copied now: {error}. Try again later.") from error
    except sqlite3.DatabaseError as error:
        raise DataError(f"{source} is damaged: {error}. Restore it from an earlier backup.") from error
    return content_of(target)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A temporary folder to fill; on leaving the block it becomes `target`, all of it at once.

    `target` is not there yet, or empty. An error inside the block leaves nothing. Raises OSError when the disk refuses
    and when `target` was filled meanwhile.
    """
    make_folder(target.parent)
    filling = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(filling, ignore_errors=True)
    filling.mkdir(OWNERS_FOLDER)
    try:
        yield filling
        for folder in (filling, *(path for path in filling.rglob("*") if path.is_dir())):
            sync_folder(folder)
        filling.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def _require_sound(copy: Path, source: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DataError(f"{source} is damaged: {found}. Restore it from an earlier backup.")
    with copy.open("rb") as handle:
        os.fsync(handle.fileno())


def _portions(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while portion := source.read(_PORTION):
            yield portion
