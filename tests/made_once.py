"""What is dear to make is made once for all processes of a test run."""

from __future__ import annotations

import fcntl
import pickle  # noqa: TID251 - read is only what another process of this very run has written, below its own folder
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

Answer = TypeVar("Answer")


def made_once(folder: Path, make: Callable[[Path], Answer]) -> Answer:
    """What `make` answered when it made this folder; the first process to ask makes it, others wait and read.

    What others must not see half-made is made anew where the first one failed. The folder is for reading only.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    answer = folder.with_name(f"{folder.name}.answer")
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            shutil.rmtree(folder, ignore_errors=True)
            answer.write_bytes(pickle.dumps(make(folder)))
        return cast("Answer", pickle.loads(answer.read_bytes()))
