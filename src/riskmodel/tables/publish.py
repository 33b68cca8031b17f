"""Publishing a folder of results: all of it becomes visible at once, or none of it."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from riskmodel.tables.files import OWNERS_FOLDER, make_folder, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def restore_interrupted(folder: Path) -> None:
    """Put back folders that a kill left aside in the moment between taking the old one away and placing the new one."""
    for aside in sorted(folder.glob(".*.old")):
        target = folder / aside.name.removeprefix(".").rsplit(".", 2)[0]
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(target)


@contextmanager
def published_folder(target: Path) -> Iterator[Path]:
    """A temporary folder to fill; on leaving the block it takes the place of `target`, which is replaced as a whole.

    An error inside the block leaves the old folder as it was.
    """
    make_folder(target.parent)
    restore_interrupted(target.parent)
    filling = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    replaced = target.with_name(f".{target.name}.{os.getpid()}.old")
    shutil.rmtree(filling, ignore_errors=True)
    filling.mkdir(OWNERS_FOLDER)
    try:
        yield filling
        sync_folder(filling)
        if target.exists():
            target.rename(replaced)
        filling.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(filling, ignore_errors=True)
        if replaced.exists() and not target.exists():
            replaced.rename(target)
        shutil.rmtree(replaced, ignore_errors=True)
