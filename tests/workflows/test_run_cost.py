from __future__ import annotations

from riskmodel.workflows.run_cost import Cost, added


def test_work_costs_seconds_of_the_processor() -> None:
    used = Cost()
    first = used.seconds()
    sum(range(300_000))
    assert used.seconds() > first >= 0


def test_attempts_are_added_stage_by_stage() -> None:
    assert added({"score": 1.5, "write": 0.25}, {"write": 0.5, "health": 1}) == {
        "score": 1.5,
        "write": 0.75,
        "health": 1,
    }
