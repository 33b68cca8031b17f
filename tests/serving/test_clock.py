from __future__ import annotations

from datetime import timedelta

from riskmodel.serving.clock import now


def test_the_clock_is_that_of_china() -> None:
    assert now().utcoffset() == timedelta(hours=8)
