"""What a run costs: CPU-seconds of this process and of those that it started."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Cost:
    """CPU-seconds of this process and of those that it started and that ended, from now on."""

    def __init__(self) -> None:
        self._since = self._now()

    def seconds(self) -> float:
        """Those used so far."""
        return self._now() - self._since

    @staticmethod
    def _now() -> float:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + ended.ru_utime + ended.ru_stime


def added(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """The costs of two attempts together, by stage."""
    names = dict.fromkeys([*one, *other])
    return {name: round(one.get(name, 0.0) + other.get(name, 0.0), 2) for name in names}
