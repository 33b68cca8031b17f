from __future__ import annotations

from riskmodel.policy import Cause, Measure
from riskmodel.policy.fitting import FITTING


def test_every_cause_has_a_measure_that_answers_it() -> None:
    assert set(FITTING) == set(Cause)
    assert all(FITTING.values())


def test_every_measure_answers_a_cause_that_says_what_is_needed() -> None:
    assert set().union(*(measures for cause, measures in FITTING.items() if cause is not Cause.OTH)) == set(Measure)


def test_a_house_is_answered_by_a_house() -> None:
    assert FITTING[Cause.HOU] == {Measure.HOUSING, Measure.RELOCATION}
