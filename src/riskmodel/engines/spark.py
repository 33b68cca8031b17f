"""The pieces of a work as tasks of Apache Spark: on one machine or on a cluster whose nodes share a file system.

Spark runs a task again that failed, and with speculation a second time beside a slow one. So a function leaves its
files as `Executor` asks: whole or not at all, and the first to end counts. riskmodel has to be installed on every node,
in the same version, and the workspace has to have the same path there.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from riskmodel.engines.executor import Ended
from riskmodel.errors import RiskModelError, StoppedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from riskmodel.engines.executor import Part, R, T

NAME = "riskmodel"


@dataclass(frozen=True)
class Spark:
    """A session of Spark, for the length of each call of `map`."""

    master: str
    """As Spark names it: local[2], local[2,4] (each task tried four times), spark://HOST:7077, yarn ..."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Properties of Spark (spark.speculation ...) beside those of spark-defaults.conf."""

    @property
    def at_once(self) -> bool:
        """All results come together."""
        return True

    def map(self, function: Callable[[T], R], parts: Sequence[Part[T]]) -> Iterator[Ended[R]]:
        """See `Executor.map`. The results of all pieces come together, at the end: Spark shows how far it is.

        Errors of ours are not tried again, for that would find the same. Raises UsageError without pyspark or Java.
        """
        if not parts:
            return
        with self._context() as context:
            tasks = [(part.name, part.task) for part in parts]
            try:
                found = context.parallelize(tasks, len(tasks)).map(_Called(function)).collect()
            except Exception as error:
                raise _stopped(error) from error
        for name, answer in found:
            if isinstance(answer, RiskModelError):
                raise answer
            yield Ended(name, answer)

    @contextmanager
    def _context(self) -> Iterator[Any]:
        """The context of a session."""
        try:
            from pyspark.errors import PySparkRuntimeError
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise UsageError(
                "Spark is not installed. Install it with: pip install 'riskmodel[spark]' (and Java 17 or newer), or "
                "leave out --engine spark. / 没有安装 Spark。请安装 riskmodel[spark] 和 Java 17 以上，"
                "或不用 --engine spark。"
            ) from error
        builder = SparkSession.builder.master(self.master).appName(NAME)
        for name, value in {"spark.ui.showConsoleProgress": "true", **self.settings}.items():
            builder = builder.config(name, value)
        try:
            session = builder.getOrCreate()
        except PySparkRuntimeError as error:
            raise UsageError(
                f"Spark did not start at {self.master}: {error}. It needs Java 17 or newer (java -version, JAVA_HOME) "
                f"and a master that answers. / Spark 未能在 {self.master} 启动。请检查 Java 17 以上和 master 地址。"
            ) from error
        try:
            yield session.sparkContext
        finally:
            session.stop()


@dataclass(frozen=True)
class _Called:
    """Calls a function with a task; an error of ours becomes its answer, so that Spark does not try again."""

    function: Callable[[Any], Any]

    def __call__(self, named: tuple[str, Any]) -> tuple[str, Any]:
        name, task = named
        try:
            return name, self.function(task)
        except RiskModelError as error:
            return name, error


def _stopped(error: Exception) -> StoppedError:
    """What Spark says at length, in short."""
    found = re.search(r"Job aborted[^\n]*", str(error))
    return StoppedError(
        f"Spark gave up: {found[0] if found else error}. What ended is kept: run the command again. Why it failed "
        "stands in the logs of its executors. / Spark 任务失败。已完成的部分已保存，"
        "请查看 executor 日志后重新运行该命令。"
    )
