"""One run per month at a time: who runs it, and since when."""

from __future__ import annotations

import os
import platform
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from riskmodel.errors import BusyError
from riskmodel.tables.files import locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def run_lock(path: Path, what: str, who: str, now: datetime) -> Iterator[None]:
    """Hold the lock of a run for the length of the block.

    Raises BusyError that names the owner and how long it has run. The lock is the kernel's: it goes with its process,
    however that ended, so what a dead one wrote into the file says nothing.
    """
    owner = f"{who}, process {os.getpid()} on {platform.node()}, since {now.isoformat(timespec='seconds')}"
    with ExitStack() as held:
        try:
            held.enter_context(locked(path, what, owner))
        except BusyError:
            raise _busy(path, what, now) from None
        yield


def _busy(path: Path, what: str, now: datetime) -> BusyError:
    owner = path.read_text("utf-8").strip() or "another process"
    age = ""
    if "since " in owner:
        began = datetime.fromisoformat(owner.rpartition("since ")[2])
        age = f", {max(0, round((now - began).total_seconds() / 60))} minutes ago"
    return BusyError(
        f"{what} is under way already: {owner}{age}. Wait until it has ended; if it hangs, end that process and run "
        f"the command again, which goes on where it stopped. / {what} 正在运行（{owner}{age}）。"
        "请等它结束；如已卡住，请结束该进程后重新运行，会从中断处继续。"
    )
