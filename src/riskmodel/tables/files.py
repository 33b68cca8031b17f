"""Writing files so that a reader sees the old content or the new one, never half of it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskmodel.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file at once: temporary name beside it, fsync, rename, fsync of the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_json(path: Path, content: Any) -> None:
    """Write a JSON document at once; keys sorted, so equal content is equal bytes."""
    write_bytes(path, (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())


def write_parquet(path: Path, rows: pl.DataFrame) -> None:
    """Write a Parquet file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        rows.write_parquet(temporary, compression="zstd", statistics=True, row_group_size=250_000)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_folder(folder: Path) -> None:
    """Remove a folder that nothing points to any more; a rest that cannot be removed is left to the next run."""
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(path: Path, purpose: str) -> Iterator[None]:
    """Hold an exclusive lock on `path` for the length of the block.

    Raises BusyError when another process holds it. The lock is the kernel's, so it never outlives its process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            owner = handle.read().strip() or "another process"
            message = f"{purpose}: {owner} is writing here ({path.parent}). Wait until it has ended and try again."
            raise BusyError(message) from None
        handle.truncate(0)
        handle.write(f"process {os.getpid()}")
        handle.flush()
        yield
