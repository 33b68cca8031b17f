"""The same lake scored by two processes of this machine and by Spark: CPU-seconds of all processes, and the files."""

from __future__ import annotations

import resource
import shutil
import time
from pathlib import Path
from typing import Any

from riskmodel.tables.files import fingerprint
from riskmodel.workflows.machine import engine
from riskmodel.workflows.score import newest_as_of, score
from riskmodel.workflows.workspace import Workspace

PROCESSES = 2


def of_local(place: Workspace) -> dict[str, Any]:
    """The run of two processes."""
    return _of_engine(place, "local", "")


def of_spark(place: Workspace) -> dict[str, Any]:
    """The run of Spark with two tasks at once; its Java machine is ended, so that its CPU is told."""
    from pyspark import SparkContext

    found = _of_engine(place, "spark", f"local[{PROCESSES}]")
    gateway = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
    return found | {"cpu_s": _used()}


def _of_engine(place: Workspace, name: str, master: str) -> dict[str, Any]:
    shutil.rmtree(place.results, ignore_errors=True)
    done = score(place, newest_as_of(place), executor=engine(name, master))
    files = {path.name: fingerprint(path) for path in sorted(Path(done.folder).glob("*.parquet"))}
    return {"cpu_s": _used(), "files": files}


def _used() -> float:
    """CPU-seconds of this process and of those it started that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(time.process_time() + ended.ru_utime + ended.ru_stime, 1)
