"""What is dear to make is made once for all processes of a test run."""

from __future__ import annotations

import fcntl
import pickle  # noqa: TID251 - read is only what another process of this very run has written, below its own folder
import re
import shutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

Answer = TypeVar("Answer")


def made_once(folder: Path, make: Callable[[Path], Answer]) -> Answer:
    """What `make` answers when it makes this folder; the first process to ask makes it, the others copy it.

    Each process has a copy of its own, as if it had made it: so no test sees what another process does with it. Paths
    and texts of the answer that lead into the folder lead into the copy. Where one process failed, the next tries anew.
    """
    shared = _shared(folder)
    if shared == folder:
        return make(folder)
    shared.parent.mkdir(parents=True, exist_ok=True)
    answer = shared.with_name(f"{shared.name}.answer")
    with shared.with_name(f"{shared.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            shutil.rmtree(shared, ignore_errors=True)
            answer.write_bytes(pickle.dumps(make(shared)))
    if shared.is_dir():
        shutil.copytree(shared, folder)
    return cast("Answer", _moved(pickle.loads(answer.read_bytes()), str(shared), str(folder)))


def _shared(folder: Path) -> Path:
    """The same place beside the folders popen-gw0, popen-gw1 ... that xdist gives to the processes of a run."""
    return Path(*("made-once" if re.fullmatch(r"popen-gw\d+", part) else part for part in folder.parts))


def _moved(told: Any, before: str, after: str) -> Any:
    """The same with every path in its fields, and in those of its parts, below another folder."""
    if isinstance(told, Path):
        return Path(_moved(str(told), before, after))
    if isinstance(told, str):
        return after + told.removeprefix(before) if f"{told}/".startswith(f"{before}/") else told
    if is_dataclass(told) and not isinstance(told, type):
        parts = {field.name: getattr(told, field.name) for field in fields(told) if field.init}
        moved = {name: _moved(part, before, after) for name, part in parts.items()}
        return told if moved == parts else replace(told, **moved)
    return told
