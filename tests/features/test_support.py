from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of

AS_OF = date(2025, 3, 5)


def made(*measures: dict[str, Any]) -> dict[str, float | None]:
    rows = [{"measure_id": f"M{n}", "started_on": date(2024, 6, 1)} | m for n, m in enumerate(measures)]
    return features_of(AS_OF, measures=rows)


@pytest.mark.parametrize(
    ("ended_on", "running", "ending"),
    [
        (None, 1, 0),
        (date(2025, 3, 4), 0, 0),
        (date(2025, 3, 5), 1, 1),
        (date(2025, 9, 1), 1, 1),
        (date(2025, 9, 2), 1, 0),
    ],
)
def test_a_measure_runs_until_the_end_of_its_last_day(ended_on: date | None, running: int, ending: int) -> None:
    features = made({"ended_on": ended_on})
    assert (features["development_measures"], features["measures_ending"]) == (running, ending)


def test_a_planned_measure_does_not_count_before_it_begins() -> None:
    assert made({"started_on": date(2025, 3, 6), "known_at": AS_OF})["development_measures"] is None
    assert made({"started_on": AS_OF})["months_since_measure"] == 0


@pytest.mark.parametrize(
    ("measure", "counts"),
    [("industry", (1, 0, 0)), ("public_post", (1, 0, 0)), ("finance", (1, 0, 1)), ("health", (0, 1, 0))],
)
def test_measures_are_of_development_or_not(measure: str, counts: tuple[int, int, int]) -> None:
    features = made({"measure": measure})
    names = ("development_measures", "other_measures", "finance_measures")
    assert tuple(features[name] for name in names) == counts


def test_what_was_not_delivered_does_not_run() -> None:
    features = made({"delivered": False}, {"delivered": False, "ended_on": date(2025, 3, 4)})
    assert (features["development_measures"], features["measures_undelivered"]) == (0, 1)


def test_an_end_that_is_known_later_and_a_measure_that_was_retracted() -> None:
    begun = {"measure_id": "M1", "started_on": date(2024, 6, 1)}
    ended = begun | {"ended_on": date(2025, 2, 1), "known_at": AS_OF}
    assert features_of(date(2025, 3, 4), measures=[begun, ended])["development_measures"] == 1
    assert features_of(AS_OF, measures=[begun, ended])["development_measures"] == 0
    wrong = begun | {"known_at": AS_OF, "retracted": True}
    assert features_of(AS_OF, measures=[begun, wrong])["development_measures"] is None
