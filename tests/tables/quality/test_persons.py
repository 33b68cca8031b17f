from __future__ import annotations

from datetime import date

import pytest

from check_cases import Case, Told, finds, fired, policy, sentences, view
from check_stories import of
from riskmodel.tables.quality import run_checks

BORN = {"person_id": "P1", "birth_month": date(2015, 1, 1)}


@pytest.mark.parametrize("case", of("5_15_012", "5_15_016", "5_15_017", "5_15_019"), ids=str)
def test_a_check_of_persons_finds_what_its_rule_names(case: Case) -> None:
    assert finds(case.code, case.told) == case.fires


def test_several_children_of_a_household_are_one_finding_with_all_of_them() -> None:
    told: Told = {"members": [BORN, {"person_id": "P2", "birth_month": date(2013, 7, 1)}]}
    assert fired(told) == ["5_15_016"]
    assert sentences(told, "5_15_016")[1] == (
        "member born 2013-07: no enrolment, or not enrolled, in the term 2025-03; "
        "member born 2015-01: no enrolment, or not enrolled, in the term 2025-03"
    )


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2025, 6, 5), True),
        (date(2025, 9, 5), True),  # the autumn term has begun, the file of the spring term still speaks
        (date(2026, 3, 5), False),  # two terms have begun since
    ],
)
def test_a_missing_child_is_only_looked_for_in_the_last_two_terms(as_of: date, expected: bool) -> None:
    told: Told = {"members": [BORN]}
    assert finds("5_15_016", told, as_of) == expected
    lacking = [gap for gap in run_checks(view(told, as_of), policy()).not_run if gap.needs == "enrolments"]
    assert [gap.check for gap in lacking] == ([] if expected else ["5_15_016", "5_15_017"])


def test_a_term_that_has_not_begun_is_not_looked_at() -> None:
    early = {"person_id": "P9", "household_id": "H9", "term": date(2025, 9, 1), "known_at": date(2025, 6, 1)}
    told: Told = {"members": [BORN], "enrolments": [{"person_id": "P1", "term": date(2025, 3, 1)}, early]}
    assert not finds("5_15_016", told)
