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


def answered(*measures: str, episodes: list[dict[str, Any]] | None = None) -> float | None:
    rows = [{"measure_id": f"M{n}", "measure": m, "started_on": date(2024, 6, 1)} for n, m in enumerate(measures)]
    newest = {"identified_month": date(2024, 5, 1), "cause_1": "ILL", "cause_3": "HOU"}
    features = features_of(AS_OF, measures=rows, monitoring_episodes=[newest] if episodes is None else episodes)
    return features["causes_unanswered_share"]


@pytest.mark.parametrize(
    ("measures", "share"),
    [(["health"], 0.5), (["health", "relocation"], 0), (["industry"], 1), (["social_help", "social_security"], 0.5)],
)
def test_a_cause_is_answered_by_a_running_measure_that_fits_it(measures: list[str], share: float) -> None:
    assert answered(*measures) == share


def test_a_measure_that_is_over_or_was_not_delivered_answers_nothing() -> None:
    begun = {"measure_id": "M1", "measure": "health", "started_on": date(2024, 6, 1)}
    episode = {"identified_month": date(2024, 5, 1), "cause_1": "ILL"}
    for changes, share in (({}, 0), ({"delivered": False}, 1), ({"ended_on": date(2025, 3, 4)}, 1)):
        features = features_of(AS_OF, measures=[begun | changes], monitoring_episodes=[episode])
        assert features["causes_unanswered_share"] == share


def test_the_newest_episode_counts_also_when_its_risk_is_gone_and_each_cause_once() -> None:
    old = {"identified_month": date(2022, 5, 1), "cause_1": "WAT"}
    ended = {"identified_month": date(2023, 5, 1), "eliminated_month": date(2024, 5, 1)}
    twice = ended | {"cause_1": "JOB", "cause_2": "JOB", "cause_3": "EDU"}
    assert answered("public_post", episodes=[old, twice]) == 0.5
    assert answered("public_post", episodes=[old, ended]) is None


def test_without_a_known_measure_or_a_cause_nothing_is_said() -> None:
    assert answered() is None
    assert answered("health", episodes=[]) is None


@pytest.mark.parametrize(
    ("labour", "measures", "only", "lacking"),
    [
        ("ordinary", ["social_security"], 1, 1),
        ("ordinary", ["social_security", "health"], 0, 1),
        ("weak", ["social_security", "industry"], 0, 0),
        ("lost", ["social_security"], 0, 0),
        (None, ["social_security"], None, None),
        ("ordinary", [], None, None),
    ],
)
def test_who_is_able_to_work_is_owed_more_than_social_security(
    labour: str | None, measures: list[str], only: float | None, lacking: float | None
) -> None:
    rows = [{"measure_id": f"M{n}", "measure": m, "started_on": date(2024, 6, 1)} for n, m in enumerate(measures)]
    features = features_of(AS_OF, measures=rows, members=[{"person_id": "P1", "labour": labour}])
    assert (features["social_security_only"], features["development_lacking"]) == (only, lacking)
