"""Publishing a folder of results: all of it becomes visible at once, or none of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from riskmodel.tables.files import OWNERS_FOLDER, make_folder, sync_folder
from riskmodel.tables.storage import naming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def restore_interrupted(folder: Path) -> None:
    """Put back folders that a kill left aside in the moment between taking the old one away and placing the new one.

    Whoever looks in that moment waits until it is over.
    """
    for aside in sorted(folder.glob(".*.old")):
        target = folder / aside.name.removeprefix(".").rsplit(".", 2)[0]
        with suppress(OSError), _locked(aside, wait=True):  # its owner has it until both are in their places
            if target.exists():
                shutil.rmtree(aside, ignore_errors=True)
            else:
                aside.rename(target)


@contextmanager
def published_folder(target: Path) -> Iterator[Path]:
    """A temporary folder to fill; on leaving the block it takes the place of `target`, which is replaced as a whole.

    An error inside the block leaves the old folder as it was; what a kill left is removed by the next one.
    """
    make_folder(target.parent)
    restore_interrupted(target.parent)
    _sweep(target)
    filling = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(filling, ignore_errors=True)
    try:
        with naming(target):
            filling.mkdir(OWNERS_FOLDER)
            with _locked(filling):
                yield filling
            sync_folder(filling)
            _placed(filling, target)
            sync_folder(target.parent)
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def _placed(filling: Path, target: Path) -> None:
    """Let a folder take the place of another one, if there is one."""
    if not target.exists():
        filling.rename(target)
        return
    aside = target.with_name(f".{target.name}.{os.getpid()}.old")
    with _locked(target, wait=True):
        target.rename(aside)
        try:
            filling.rename(target)
        except OSError:
            aside.rename(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what killed processes left half filled; what somebody fills is spared."""
    for rest in target.parent.glob(f".{target.name}.*.tmp"):
        with suppress(OSError), _locked(rest):
            shutil.rmtree(rest)


@contextmanager
def _locked(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock of a folder; it goes with its process. Raises OSError if somebody has it, unless told to wait."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)


def discard(target: Path, sound: Callable[[Path], bool]) -> None:
    """Take a folder away unless it is sound: also where another one of the same name is put there meanwhile."""
    if not target.exists() or sound(target):
        return
    aside = Path(tempfile.mkdtemp(".tmp", f".{target.name}.", target.parent)) / target.name
    try:
        with suppress(FileNotFoundError):  # somebody else took it away
            target.rename(aside)
            if sound(aside):
                with suppress(OSError):  # or put a third one there, which is the same
                    aside.rename(target)
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)


@contextmanager
def written_once(target: Path) -> Iterator[Path]:
    """A temporary folder to fill; on leaving the block it becomes `target`, unless another has become that meanwhile.

    For work that several may do at the same time, on several machines even, and that gives the same whoever does it:
    the first to end counts, and what stands is never replaced. An error inside the block leaves nothing.
    """
    make_folder(target.parent)
    with naming(target):
        filling = Path(tempfile.mkdtemp(".tmp", f".{target.name}.", target.parent))
        try:
            yield filling
            sync_folder(filling)
            try:
                filling.rename(target)
            except OSError:
                if not target.exists():
                    raise
            sync_folder(target.parent)
        finally:
            shutil.rmtree(filling, ignore_errors=True)
