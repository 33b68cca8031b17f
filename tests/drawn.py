"""How many examples Hypothesis draws for a property whose every example is dear."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings


def drawn(examples: int, **more: Any) -> settings:
    """So many examples in a normal run; ten times as many in `make test-long`, whose profile asks for that.

    Every run draws others. Histories of households are large and slow to make, which is no fault of theirs.
    """
    share = settings().max_examples / 100  # 100 is what Hypothesis draws when nobody says otherwise
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=round(examples * share), suppress_health_check=slow, **more)
