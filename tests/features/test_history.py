from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of


@pytest.mark.parametrize(
    ("as_of", "months"),
    [(date(2019, 12, 31), 0), (date(2020, 1, 30), 0), (date(2020, 1, 31), 1), (date(2021, 3, 5), 14)],
)
def test_months_since_exit_count_from_the_end_of_that_year(as_of: date, months: int) -> None:
    household = {
        "household_id": "H1",
        "category": "ex_poor_no_policy",
        "exit_year": 2019,
        "valid_from": date(2019, 1, 1),
    }
    features = features_of(as_of, households=[household])
    assert (features["months_since_exit"], features["ex_poor"]) == (months, 1)


def test_an_episode_counts_from_the_day_it_is_known_and_not_once_it_is_cancelled() -> None:
    episode = {"identified_month": date(2024, 5, 1), "known_at": date(2024, 6, 1)}
    cancelled = episode | {"known_at": date(2025, 1, 1), "retracted": True}
    for as_of, count in ((date(2024, 5, 31), 0), (date(2024, 6, 1), 1), (date(2025, 1, 1), 0)):
        assert features_of(as_of, monitoring_episodes=[episode, cancelled])["past_episodes"] == count


def test_episodes_before_a_split_count_for_both_and_later_ones_for_the_household_they_name() -> None:
    split: dict[str, Any] = {"household_id": "H1", "valid_from": date(2024, 9, 15), "predecessor_id": "H2"}
    months = [("H2", date(2022, 1, 1)), ("H2", date(2024, 9, 1)), ("H2", date(2024, 10, 1)), ("H1", date(2024, 12, 1))]
    episodes = [{"household_id": h, "identified_month": month} for h, month in months]
    family: list[dict[str, Any]] = [{"household_id": "H2"}, split]
    features = features_of(date(2025, 3, 5), households=family, monitoring_episodes=episodes)
    assert features["past_episodes"] == 3
    alone = features_of(date(2025, 3, 5), households=[split], monitoring_episodes=episodes)
    assert alone["past_episodes"] == 1  # the old household is in another county


def test_months_with_income_are_counted_once() -> None:
    rows = [
        {"month": date(2024, m, 1), "component": c, "amount": 1} for m in (11, 12) for c in ("wage_work", "op_crop")
    ]
    assert features_of(date(2025, 3, 5), incomes=rows)["income_months_6m"] == 2


def test_an_elimination_counts_once_it_is_known() -> None:
    opened = {"identified_month": date(2023, 1, 1)}
    ended = opened | {"eliminated_month": date(2025, 1, 1), "elimination_mode": "by_help", "known_at": date(2025, 2, 9)}
    for as_of, months, helped in ((date(2025, 2, 8), None, 0), (date(2025, 2, 9), 1, 1), (date(2025, 2, 28), 2, 1)):
        features = features_of(as_of, monitoring_episodes=[opened, ended])
        assert (features["months_since_elimination"], features["eliminated_by_help"]) == (months, helped)


def test_an_episode_followed_by_another_ended_with_it_though_not_by_help() -> None:
    episodes = [{"identified_month": date(2023, 1, 1)}, {"identified_month": date(2024, 12, 1)}]
    features = features_of(date(2025, 3, 5), monitoring_episodes=episodes)
    assert (features["months_since_elimination"], features["eliminated_by_help"]) == (3, 0)


@pytest.mark.parametrize(
    ("cause", "name"),
    [
        ("ILL", "illness"),
        ("DIS", "illness"),
        ("JOB", "work"),
        ("IND", "work"),
        ("LAB", "labour"),
        ("EDU", "schooling"),
        ("NAT", "disaster"),
        ("ACC", "disaster"),
        ("OTH", None),
    ],
)
def test_a_cause_counts_in_whatever_place_it_stands(cause: str, name: str | None) -> None:
    kinds = ("illness", "work", "labour", "schooling", "disaster")
    episode = {"identified_month": date(2024, 5, 1), "cause_1": "HOU", "cause_5": cause}
    features = features_of(date(2025, 3, 5), monitoring_episodes=[episode])
    assert {kind: features[f"episodes_for_{kind}"] for kind in kinds} == {kind: int(kind == name) for kind in kinds}
