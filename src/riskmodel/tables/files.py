"""Writing files so that a reader sees the old content or the new one, never half of it; locks on files and folders.

Files are made for their owner alone, and so are folders: what lies here is about people.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import os
import shutil
import weakref
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import BusyError
from riskmodel.tables.storage import naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import polars as pl

OWNERS_FILE: Final = 0o600
"""Rights of a new file: its owner reads and writes it, nobody else."""
OWNERS_FOLDER: Final = 0o700


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file at once: temporary name beside it, fsync, rename, fsync of the folder.

    Raises StorageError (an OSError) when the disk refuses; `path` then has its old content, or none.
    """
    write_portions(path, [content])


def write_portions(path: Path, portions: Iterable[bytes]) -> None:
    """Write a file at once, from portions that need not be in memory together; see `write_bytes`."""
    with naming(path), _beside(path) as temporary, temporary.open("wb") as out:
        out.writelines(portions)


def write_json(path: Path, content: Any) -> None:
    """Write a JSON document at once; keys sorted, so equal content is equal bytes."""
    write_bytes(path, (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())


def finite(content: Any) -> Any:
    """Content for JSON, which knows only finite numbers: None for the others; tuples become lists."""
    if isinstance(content, dict):
        return {key: finite(item) for key, item in content.items()}
    if isinstance(content, list | tuple):
        return [finite(item) for item in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def write_parquet(path: Path, rows: pl.DataFrame) -> None:
    """Write a Parquet file at once; equal rows are equal bytes, however they were put together."""
    with naming(path), _beside(path) as temporary:
        rows.write_parquet(temporary, compression="zstd", statistics=True, row_group_size=250_000)


def write_arrow(path: Path, rows: pl.DataFrame) -> None:
    """Write an Arrow file at once, uncompressed, so that it can be mapped into memory."""
    with _beside(path) as temporary:
        rows.rechunk().write_ipc(temporary, compression="uncompressed")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably and for their owner alone; one that exists is left alone."""
    if not folder.exists():
        make_folder(folder.parent)
        with naming(folder):
            folder.mkdir(OWNERS_FOLDER, exist_ok=True)
            sync_folder(folder.parent)


def fingerprint(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder durable."""
    _sync(folder)


def sweep(folder: Path) -> None:
    """Remove the temporary files that a killed process left in a folder; one that is being written is spared."""
    for rest in folder.glob(".*.tmp"):
        with suppress(OSError), rest.open("r+b") as handle:  # somebody writes it, or it is gone already
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            rest.unlink()


class Held:
    """A folder that somebody reads: `remove_folder` spares it until this object is gone."""

    def __init__(self, folder: Path) -> None:
        """Raises FileNotFoundError when the folder is gone, also when it is being removed right now."""
        self.folder = folder
        handle = os.open(folder, os.O_RDONLY)
        self._release = weakref.finalize(self, os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_SH)  # waits for a removal under way
        if os.fstat(handle).st_nlink == 0 or not folder.exists():
            self._release()
            raise FileNotFoundError(f"{folder} was removed.")


def remove_folder(folder: Path) -> None:
    """Remove a folder that nothing points to any more.

    A folder that is `Held`, and a rest that cannot be removed, are left to the next run.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # somebody reads it
        return
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path, purpose: str, owner: str = "") -> Iterator[None]:
    """Hold an exclusive lock on `path` for the length of the block; who holds it stands in the file.

    Raises BusyError when another process holds it. The lock is the kernel's, so it never outlives its process.
    """
    make_folder(path.parent)
    with naming(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, OWNERS_FILE)
    try:
        _take(handle, path, purpose)
        with naming(path):
            os.ftruncate(handle, 0)  # what a killed process left
            os.write(handle, (owner or f"process {os.getpid()}").encode())
        try:
            yield
        finally:
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int, path: Path, purpose: str) -> None:
    """Have the lock of a file. Raises BusyError that says who holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = path.read_text("utf-8").strip() or "another process"
        message = (
            f"{purpose}: {holder} is writing here ({path.parent}). Wait until it has ended and try again. / "
            f"{path.parent} 正被占用（{holder}）。请等它结束后再试。"
        )
        raise BusyError(message) from None


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` that takes its place, durably, when the block ends well, and vanishes when not."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    handle = _claimed(temporary)
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
        os.close(handle)
    sync_folder(path.parent)


def _claimed(temporary: Path) -> int:
    """A handle whose lock lasts as long as it is open or its process lives, so that `sweep` knows who still writes."""
    while True:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT, OWNERS_FILE)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)  # swept before the lock was ours


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
