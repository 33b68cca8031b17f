from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from riskmodel.training.labels import LABELS
from riskmodel.training.labels.guarantees import GUARANTEES
from told_outcomes import D, Tables, Told, answers, end

LABEL = LABELS["guarantee_failure_12m"]
MET = dict.fromkeys(GUARANTEES, True)
UNMET = MET | {"water_ok": False}


def check(day: date, answers_given: dict[str, bool], household: str = "H1", **cells: Any) -> dict[str, Any]:
    """A check, known on its day if nothing else is said."""
    return {"household_id": household, "checked_on": day} | answers_given | cells


GOOD = check(date(2025, 1, 10), MET)
LATER = date(2025, 9, 10)


def failed(*checks: dict[str, Any], as_of: date = D, **tables: Any) -> Told:
    """Outcomes of these checks."""
    given: Tables = {"guarantee_checks": checks, **tables}
    return answers(LABEL, given, as_of=as_of)


@pytest.mark.parametrize("name", GUARANTEES)
def test_each_of_the_four_found_unmet_is_the_event_and_keeps_out_of_the_cohort(name: str) -> None:
    assert failed(GOOD, check(LATER, MET | {name: False})) == {"H1": True}
    assert failed(GOOD, check(LATER, {name: False})) == {"H1": True}  # whatever is not said beside it
    assert failed(check(date(2025, 1, 10), MET | {name: False}), check(LATER, MET)) == {}


def test_all_met_again_is_a_negative() -> None:
    assert failed(GOOD, check(LATER, MET)) == {"H1": False}


def test_nobody_checked_in_the_horizon_is_neither_yes_nor_no() -> None:
    assert failed(GOOD) == {}
    assert failed(GOOD, check(LATER, MET, household="H2")) == {}
    assert failed(GOOD, check(LATER, {})) == {}  # a check that says nothing


@pytest.mark.parametrize("name", GUARANTEES)
def test_what_a_check_does_not_say_is_not_met(name: str) -> None:
    silent = {n: True for n in GUARANTEES if n != name}
    assert failed(GOOD, check(LATER, silent)) == {}
    assert failed(GOOD, check(LATER, silent), check(date(2025, 11, 1), {name: True})) == {"H1": False}
    assert failed(check(date(2025, 1, 10), silent), check(LATER, UNMET)) == {}


def test_the_newest_known_check_of_two_years_decides_who_is_in_the_cohort() -> None:
    repaired = check(date(2025, 2, 10), MET)
    assert failed(check(date(2025, 1, 10), UNMET), repaired, check(LATER, UNMET)) == {"H1": True}
    assert failed(GOOD, check(date(2025, 2, 10), UNMET), check(LATER, UNMET)) == {}
    assert failed(check(LATER, UNMET)) == {}
    assert failed(check(date(2023, 3, 6), MET), check(LATER, UNMET)) == {}  # 730 days ago
    assert failed(check(date(2023, 3, 7), MET), check(LATER, UNMET)) == {"H1": True}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 3, 1), {"H1": True}),
        (date(2026, 2, 28), {"H1": True}),
        (date(2026, 3, 1), {}),
    ],
)
def test_the_horizon_runs_from_the_first_day_of_m0_to_the_last_of_m0_plus_11(day: date, expected: Told) -> None:
    assert failed(GOOD, check(day, UNMET, known_at=max(day, date(2025, 3, 6)))) == expected


@pytest.mark.parametrize(("day", "expected"), [(date(2025, 3, 31), {}), (date(2025, 4, 1), {"H1": True})])
def test_at_the_end_of_a_month_the_horizon_begins_with_the_next(day: date, expected: Told) -> None:
    assert failed(GOOD, check(day, UNMET, known_at=date(2025, 4, 2)), as_of=date(2025, 3, 31)) == expected


def test_a_check_that_was_on_its_way_leaves_the_household_out() -> None:
    again = check(LATER, MET)
    assert failed(GOOD, check(date(2025, 2, 28), UNMET, known_at=date(2025, 3, 6)), again) == {}
    assert failed(GOOD, check(date(2025, 1, 10), UNMET, stage="annual", known_at=date(2025, 3, 6)), again) == {}
    assert failed(GOOD, check(date(2025, 1, 9), UNMET, known_at=date(2025, 3, 6)), again) == {"H1": False}
    assert failed(GOOD, check(date(2025, 2, 28), MET, known_at=date(2025, 3, 6)), again) == {"H1": False}


def test_a_check_of_m0_that_was_known_by_the_as_of_date_is_no_outcome() -> None:
    assert failed(GOOD, check(date(2025, 3, 4), MET)) == {}
    assert failed(GOOD, check(date(2025, 3, 4), UNMET), check(LATER, UNMET)) == {}
    assert failed(GOOD, check(date(2025, 3, 4), MET, known_at=date(2025, 3, 6))) == {"H1": False}


def test_a_retracted_check_is_no_event() -> None:
    wrong = check(LATER, UNMET)
    assert failed(GOOD, wrong, wrong | {"known_at": date(2025, 12, 1), "retracted": True}) == {}


@pytest.mark.parametrize("status", ["merged", "moved_out", "dissolved", "split"])
@pytest.mark.parametrize(
    ("day", "found", "expected"),
    [
        (date(2025, 9, 11), UNMET, {"H1": True}),
        (LATER, UNMET, {}),
        (date(2025, 9, 11), MET, {}),
        (date(2026, 2, 28), MET, {}),
        (date(2026, 3, 1), MET, {"H1": False}),
    ],
)
def test_a_household_that_ended_counts_with_what_was_its_own(
    status: str, day: date, found: dict[str, bool], expected: Told
) -> None:
    states = [{"household_id": "H1"}, end(day, status)]
    assert failed(GOOD, check(LATER, found), households=states) == expected


def test_a_check_at_the_new_place_is_not_one_of_the_household_that_moved() -> None:
    there = {"household_id": "H2", "valid_from": date(2025, 6, 1), "predecessor_id": "H1"}
    states = [{"household_id": "H1"}, end(date(2025, 6, 1), "moved_out"), there]
    assert failed(GOOD, check(LATER, UNMET, household="H2"), households=states) == {}


def test_a_check_after_a_split_counts_for_the_household_that_it_names() -> None:
    part = {"household_id": "H2", "valid_from": date(2025, 1, 1), "predecessor_id": "H1"}
    checks = [GOOD, check(date(2025, 2, 1), MET, household="H2")]
    after = [check(LATER, MET), check(LATER, UNMET, household="H2")]
    assert failed(*checks, *after, households=[{"household_id": "H1"}, part]) == {"H1": False, "H2": True}


def test_households_that_are_not_active_are_not_in_the_cohort() -> None:
    gone = [{"household_id": "H1"}, end(date(2025, 2, 1), "dissolved")]
    assert failed(GOOD, check(LATER, UNMET), households=gone) == {}
