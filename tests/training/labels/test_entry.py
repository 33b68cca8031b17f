from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.training.labels import LABELS, outcomes
from scenario import COUNTY, policy_of
from told_outcomes import DELAY, ENTRY, SETTLED, D, Tables, Told, answers, end, episode, lake_of, told

if TYPE_CHECKING:
    from pathlib import Path


# --- new entry ---


def entries(folder: Path, *episodes: Mapping[str, Any], as_of: date = D, read_on: date = SETTLED) -> Told:
    """Outcomes of H1 to H9, as far as they appear in the episodes, told by a lake."""
    households = sorted({"H1", *(e["household_id"] for e in episodes)})
    lake = lake_of(folder, households=[{"household_id": h} for h in households], monitoring_episodes=episodes)
    return told(outcomes(ENTRY, lake, COUNTY, as_of, read_on, policy_of(**DELAY)))


def test_a_household_without_episode_is_a_negative(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2025-05", household="H2")) == {"H1": False, "H2": True}


@pytest.mark.parametrize(
    ("month", "event"), [("2025-03", True), ("2025-04", True), ("2026-02", True), ("2026-03", False)]
)
def test_the_horizon_runs_from_m0_to_m0_plus_11(tmp_path: Path, month: str, event: bool) -> None:
    assert entries(tmp_path, episode(month)) == {"H1": event}


@pytest.mark.parametrize(("month", "expected"), [("2025-03", {}), ("2025-04", {"H1": True}), ("2026-03", {"H1": True})])
def test_at_the_end_of_a_month_the_horizon_begins_with_the_next(tmp_path: Path, month: str, expected: Told) -> None:
    as_of, settled = date(2025, 3, 31), date(2026, 5, 31)
    assert entries(tmp_path, episode(month), as_of=as_of, read_on=settled) == expected  # 2025-03: in the pipeline


def test_a_household_with_an_open_episode_is_not_in_the_cohort(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2024-05")) == {}
    assert entries(tmp_path / "again", episode("2024-05"), episode("2025-06")) == {}


def test_a_household_in_the_pipeline_is_not_in_the_cohort(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2025-02", known_at=date(2025, 3, 6))) == {}


def test_an_episode_that_became_known_on_the_as_of_date_is_open_and_not_in_the_pipeline(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2025-02", known_at=D)) == {}


@pytest.mark.parametrize(("again", "expected"), [(None, False), ("2025-09", True), ("2026-03", False)])
def test_a_household_whose_risk_was_eliminated_can_enter_again(
    tmp_path: Path, again: str | None, expected: bool
) -> None:
    ended = episode("2023-05", known_at=date(2024, 12, 5), eliminated_month=date(2024, 11, 1))
    found = entries(tmp_path, episode("2023-05"), ended, *([episode(again)] if again else []))
    assert found == {"H1": expected}


def test_an_elimination_that_became_known_after_the_as_of_date_leaves_the_household_out(tmp_path: Path) -> None:
    ended = episode("2023-05", known_at=date(2025, 3, 10), eliminated_month=date(2025, 2, 1))
    assert entries(tmp_path, episode("2023-05"), ended) == {}


def test_a_retracted_identification_is_no_event(tmp_path: Path) -> None:
    cancelled = episode("2025-06", known_at=date(2025, 9, 1), retracted=True)
    assert entries(tmp_path, episode("2025-06"), cancelled) == {"H1": False}
    late = episode("2025-06", known_at=date(2026, 5, 1), retracted=True)
    assert entries(tmp_path / "late", episode("2025-06"), late) == {"H1": True}  # not known on the day of reading


def test_an_episode_retracted_after_the_as_of_date_still_kept_the_household_out_then(tmp_path: Path) -> None:
    assert entries(tmp_path, episode("2024-06"), episode("2024-06", date(2025, 9, 1), retracted=True)) == {}
    assert entries(tmp_path / "before", episode("2024-06"), episode("2024-06", date(2025, 3, 5), retracted=True)) == {
        "H1": False
    }


def test_an_episode_counts_when_it_is_known_on_the_day_of_reading(tmp_path: Path) -> None:
    late = episode("2026-02", known_at=date(2026, 5, 10))
    assert entries(tmp_path / "a", late, read_on=date(2026, 5, 9)) == {"H1": False}
    assert entries(tmp_path / "b", late, read_on=date(2026, 5, 10)) == {"H1": True}


def test_a_household_that_is_not_active_is_not_in_the_cohort(tmp_path: Path) -> None:
    moved = {"household_id": "H1", "valid_from": date(2025, 2, 1), "status": "moved_out", "size": 0}
    lake = lake_of(tmp_path, households=[{"household_id": "H1"}, moved, {"household_id": "H2"}])
    assert told(outcomes(ENTRY, lake, COUNTY, D, SETTLED, policy_of(**DELAY))) == {"H2": False}


# --- households that change ---


def changed(folder: Path, *states: Mapping[str, Any], episodes: Sequence[Mapping[str, Any]] = ()) -> Told:
    """Outcomes of H1, active since 2020, and of whoever else is named."""
    lake = lake_of(folder, households=[{"household_id": "H1"}, *states], monitoring_episodes=episodes)
    return told(outcomes(ENTRY, lake, COUNTY, D, SETTLED, policy_of(**DELAY)))


@pytest.mark.parametrize("status", ["merged", "moved_out", "dissolved", "split"])
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 28), {}),  # the last day of the horizon
        (date(2026, 3, 1), {"H1": False}),
        (date(2025, 3, 6), {}),
    ],
)
def test_a_household_that_ends_within_the_horizon_without_the_event_is_left_out(
    tmp_path: Path, status: str, day: date, expected: Told
) -> None:
    assert changed(tmp_path, end(day, status)) == expected


def test_an_end_that_lay_before_the_as_of_date_and_was_not_known_then_leaves_out_too(tmp_path: Path) -> None:
    assert changed(tmp_path, end(date(2025, 2, 1), known_at=date(2025, 6, 1))) == {}


def test_an_end_not_known_on_the_day_of_reading_leaves_nobody_out(tmp_path: Path) -> None:
    assert changed(tmp_path, end(date(2025, 9, 1), known_at=date(2026, 5, 1))) == {"H1": False}


def test_a_household_that_ended_and_came_back_is_followed_to_the_end_of_the_horizon(tmp_path: Path) -> None:
    back = {"household_id": "H1", "valid_from": date(2025, 11, 1)}
    assert changed(tmp_path, end(date(2025, 9, 1)), back) == {"H1": False}
    found = changed(tmp_path / "again", end(date(2025, 9, 1)), back, episodes=[episode("2026-01")])
    assert found == {"H1": True}


@pytest.mark.parametrize(
    ("day", "month", "expected"),
    [
        (date(2025, 9, 15), "2025-08", {"H1": True}),
        (date(2025, 9, 15), "2025-09", {"H1": True}),  # the month of the end began before it
        (date(2025, 9, 1), "2025-09", {}),
        (date(2025, 9, 15), "2025-10", {}),
    ],
)
def test_an_event_counts_when_its_month_began_before_the_end(
    tmp_path: Path, day: date, month: str, expected: Told
) -> None:
    assert changed(tmp_path, end(day), episodes=[episode(month)]) == expected


def test_who_entered_left_monitoring_and_entered_again_before_the_end_is_one_event(tmp_path: Path) -> None:
    over = episode("2025-04", known_at=date(2025, 12, 1), eliminated_month=date(2025, 11, 1))
    found = changed(tmp_path, end(date(2026, 2, 10)), episodes=[episode("2025-04"), over, episode("2026-01")])
    assert found == {"H1": True}


def test_an_episode_of_the_household_that_it_was_merged_with_is_not_its_own(tmp_path: Path) -> None:
    found = changed(
        tmp_path, {"household_id": "H2"}, end(date(2025, 6, 1)), episodes=[episode("2025-08", household="H2")]
    )
    assert found == {"H2": True}


def test_an_episode_at_the_new_place_is_not_one_of_the_household_that_moved(tmp_path: Path) -> None:
    there = {"household_id": "H2", "valid_from": date(2025, 6, 1), "predecessor_id": "H1"}
    moved = end(date(2025, 6, 1), "moved_out")
    assert changed(tmp_path, moved, there, episodes=[episode("2025-08", household="H2")]) == {}
    before = [episode("2025-05"), episode("2025-08", household="H2")]
    assert changed(tmp_path / "before", moved, there, episodes=before) == {"H1": True}


@pytest.mark.parametrize(("who", "expected"), [("H1", {"H1": True}), ("H2", {"H1": False})])
def test_an_episode_after_a_split_counts_for_the_household_that_it_names(
    tmp_path: Path, who: str, expected: Told
) -> None:
    part = {"household_id": "H2", "valid_from": date(2025, 6, 1), "predecessor_id": "H1"}
    assert changed(tmp_path, part, episodes=[episode("2025-08", household=who)]) == expected
    early = part | {"valid_from": date(2025, 1, 1)}  # both are in the cohort
    found = changed(tmp_path / "early", early, episodes=[episode("2025-08", household=who)])
    assert found == {"H1": who == "H1", "H2": who == "H2"}


# --- within 6 months ---

SOON, AGAIN = LABELS["new_entry_6m"], LABELS["recurrence_12m"]


@pytest.mark.parametrize(
    ("month", "event"), [("2025-03", True), ("2025-08", True), ("2025-09", False), ("2026-02", False)]
)
def test_the_shorter_horizon_runs_from_m0_to_m0_plus_5(month: str, event: bool) -> None:
    assert answers(SOON, {"monitoring_episodes": [episode(month)]}) == {"H1": event}


@pytest.mark.parametrize(
    ("day", "month", "expected"),
    [
        (date(2025, 8, 31), "2025-10", {}),
        (date(2025, 9, 1), "2025-10", {"H1": False}),
        (date(2025, 8, 31), "2025-08", {"H1": True}),
    ],
)
def test_the_shorter_horizon_follows_a_household_for_6_months_only(day: date, month: str, expected: Told) -> None:
    tables: Tables = {"households": [{"household_id": "H1"}, end(day)], "monitoring_episodes": [episode(month)]}
    assert answers(SOON, tables) == expected


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=4, unique_by=lambda e: e[0]))
def test_who_enters_within_6_months_enters_within_12(found: list[tuple[int, bool]]) -> None:
    """`found`: months of identification counted from January 2023, and whether the risk was eliminated at once."""
    rows = []
    for n, over in found:
        month = date(2023 + n // 12, n % 12 + 1, 1)
        ended = {"eliminated_month": month, "elimination_mode": "natural"} if over else {}
        rows.append({"household_id": "H1", "identified_month": month, "known_at": month} | ended)
    soon, year = (answers(label, {"monitoring_episodes": rows}) for label in (SOON, ENTRY))
    assert soon.keys() == year.keys()
    assert all(year[household] for household, event in soon.items() if event)


# --- again after elimination ---

OVER = episode("2023-05", known_at=date(2024, 12, 5), eliminated_month=date(2024, 11, 1))


def again(*episodes: Mapping[str, Any], as_of: date = D, **tables: Sequence[Mapping[str, Any]]) -> Told:
    """Outcomes of these episodes."""
    return answers(AGAIN, {"monitoring_episodes": episodes, **tables}, as_of=as_of)


def test_only_households_whose_risk_was_eliminated_before_can_come_back() -> None:
    assert again(episode("2025-06")) == {}
    assert again(OVER) == {"H1": False}
    assert again(OVER, episode("2025-06")) == {"H1": True}


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2025-03", {"H1": True}),
        ("2026-02", {"H1": True}),
        ("2026-03", {"H1": False}),
        ("2025-02", {}),  # in the pipeline
    ],
)
def test_it_comes_back_within_the_12_months(month: str, expected: Told) -> None:
    assert again(OVER, episode(month)) == expected


@pytest.mark.parametrize(("month", "expected"), [("2025-03", {}), ("2025-04", {"H1": True}), ("2026-03", {"H1": True})])
def test_at_the_end_of_a_month_coming_back_begins_with_the_next(month: str, expected: Told) -> None:
    assert again(OVER, episode(month), as_of=date(2025, 3, 31)) == expected


def test_who_is_monitored_again_already_is_not_in_the_cohort() -> None:
    assert again(OVER, episode("2025-01", known_at=date(2025, 2, 10))) == {}
    back = episode("2025-01", known_at=D, eliminated_month=date(2025, 2, 1))
    assert again(OVER, back, episode("2025-09")) == {"H1": True}  # eliminated twice


def test_an_elimination_that_was_not_known_at_the_as_of_date_is_none() -> None:
    late = OVER | {"known_at": date(2025, 3, 6)}
    assert again(episode("2023-05"), late, episode("2025-09")) == {}
    assert again(late, episode("2025-09")) == {}


@pytest.mark.parametrize("status", ["merged", "moved_out", "dissolved", "split"])
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 9, 2), {"H1": True}),
        (date(2025, 9, 1), {}),
        (date(2026, 3, 1), {"H1": True}),
    ],
)
def test_who_ended_comes_back_before_that_or_is_left_out(status: str, day: date, expected: Told) -> None:
    states = [{"household_id": "H1"}, end(day, status)]
    assert again(OVER, episode("2025-09"), households=states) == expected


def test_a_household_that_moved_or_split_off_after_the_elimination_can_come_back_under_its_own_id() -> None:
    moved = {"household_id": "H2", "valid_from": date(2025, 1, 1), "predecessor_id": "H1"}
    states = [{"household_id": "H1"}, end(date(2025, 1, 1), "moved_out"), moved]
    assert again(OVER, households=states) == {"H2": False}
    assert again(OVER, episode("2025-09", household="H2"), households=states) == {"H2": True}
    assert again(OVER, episode("2025-09"), households=states) == {"H2": False}
    part: list[Mapping[str, Any]] = [{"household_id": "H1"}, moved]
    assert again(OVER, episode("2025-09", household="H2"), households=part) == {"H1": False, "H2": True}


def test_an_episode_that_was_open_when_a_household_moved_is_not_eliminated() -> None:
    moved = {"household_id": "H2", "valid_from": date(2025, 1, 1), "predecessor_id": "H1"}
    states = [{"household_id": "H1"}, end(date(2025, 1, 1), "moved_out"), moved]
    assert again(episode("2024-05"), episode("2025-09", household="H2"), households=states) == {}


def test_labels_that_leave_monitored_households_out_say_so() -> None:
    leaving_out = {name for name, label in LABELS.items() if label.of_unmonitored}
    assert leaving_out == {"new_entry_12m", "new_entry_6m", "recurrence_12m"}
    cohorts = [LABELS[name].cohort for name in leaving_out]
    assert all("without an open episode" in cohort or "cohort of new_entry_12m" in cohort for cohort in cohorts)
