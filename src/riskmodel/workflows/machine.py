"""What this machine has, and the engine that makes use of it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from riskmodel.engines.executor import GIB
from riskmodel.engines.local import Local
from riskmodel.engines.spark import Spark
from riskmodel.errors import UsageError

if TYPE_CHECKING:
    from riskmodel.engines import Executor

SHARE: Final = 0.8
"""Of the memory that is free so much may be taken: estimates are estimates."""
_KEPT: Final = ("POLARS_MAX_THREADS", "NUMBA_CACHE_DIR")
"""What `settings.prepare_process` says, for the processes of a cluster."""


def engine(name: str = "local", master: str = "", memory_gib: float | None = None) -> Executor:
    """The engine of this name: `local`, or `spark` with its master.

    `memory_gib`: what pieces under way may take together on this machine, by default four fifths of what is free.
    Raises UsageError for another name, and for options of the other engine.
    """
    if name == "local" and not master:
        free = SHARE * free_memory() if memory_gib is None else memory_gib * GIB
        return Local(processors(), int(free))
    if name == "spark" and master and memory_gib is None:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        return Spark(master, {f"spark.executorEnv.{key}": os.environ[key] for key in _KEPT if key in os.environ})
    raise UsageError(
        "give --engine local, perhaps with --memory GIB, or --engine spark with --master MASTER, for example "
        "local[2] or spark://HOST:7077. / 请用 --engine local（可加 --memory），"
        "或 --engine spark 加 --master，例如 local[2]、spark://主机:7077。"
    )


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_memory() -> int:
    """Bytes that are free on this machine, or in the group that a container has."""
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2  # where nothing better is known
    with suppress(OSError, KeyError, ValueError):
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        free = int(dict(line.split(":", 1) for line in lines)["MemAvailable"].split()[0]) * 1024
    with suppress(OSError, ValueError):
        group = Path("/sys/fs/cgroup")
        most, taken = ((group / f"memory.{name}").read_text("ascii") for name in ("max", "current"))
        free = min(free, int(most) - int(taken))
    return max(free, 0)
