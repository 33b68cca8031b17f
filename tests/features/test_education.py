from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of

AS_OF = date(2025, 3, 5)


def made(birth_month: date, **term: Any) -> dict[str, float | None]:
    rows = [{"person_id": "P1", "term": date(2024, 9, 1)} | term]
    return features_of(AS_OF, members=[{"person_id": "P1", "birth_month": birth_month}], enrolments=rows)


@pytest.mark.parametrize(
    ("birth_month", "counts"),
    [
        (date(2018, 9, 1), 0),  # 6 today, but 5 on 31 August 2024: school has not begun
        (date(2018, 8, 1), 1),
        (date(2008, 9, 1), 1),  # 16 today, but 15 on 31 August 2024
        (date(2008, 8, 1), 0),
    ],
)
def test_school_age_counts_on_the_31_august_before_the_school_year(birth_month: date, counts: int) -> None:
    assert made(birth_month, status="not_enrolled")["out_of_school"] == counts


@pytest.mark.parametrize("status", ["dropout", "suspected_dropout", "not_enrolled"])
def test_who_should_go_to_school_and_does_not_is_out_of_school(status: str) -> None:
    features = made(date(2012, 1, 1), status=status)
    assert (features["out_of_school"], features["students"]) == (1, 0)


@pytest.mark.parametrize("status", ["suspended", "graduated"])
def test_who_paused_or_finished_is_neither_student_nor_dropout(status: str) -> None:
    features = made(date(2012, 1, 1), status=status)
    assert (features["out_of_school"], features["students"]) == (0, 0)


@pytest.mark.parametrize(
    ("stage", "beyond"), [("preschool", 0), ("junior", 0), ("special", 0), ("vocational", 1), ("bachelor", 1)]
)
def test_the_stage_decides_what_is_beyond_compulsory_school(stage: str, beyond: int) -> None:
    assert made(date(2010, 1, 1), stage=stage)["students_beyond_compulsory"] == beyond


@pytest.mark.parametrize(
    ("term", "share"),
    [(date(2024, 3, 1), None), (date(2024, 9, 1), 0.1), (date(2025, 3, 1), 0.1)],
)
def test_the_two_terms_of_the_last_year_cost(term: date, share: float | None) -> None:
    cost = {"person_id": "P1", "term": term, "self_pay": 1000, "stage": "senior", "known_at": AS_OF}
    survey = {"period_end": date(2024, 9, 30), "net_total": 10000}
    features = features_of(
        AS_OF,
        members=[{"person_id": "P1"}],
        enrolments=[cost],
        income_surveys=[survey],
        policy={"tripwire.TW_EDU_FEE": 10000},
    )
    assert (features["school_costs_to_income"], features["school_costs_to_warning"]) == (share, share)


def test_compulsory_school_never_reaches_the_warning_and_a_cost_not_known_is_missing() -> None:
    rows: dict[str, Any] = {"members": [{"person_id": "P1"}], "policy": {"tripwire.TW_EDU_FEE": 10000}}
    term = {"person_id": "P1", "term": date(2024, 9, 1), "stage": "junior", "self_pay": 5000}
    assert features_of(AS_OF, enrolments=[term], **rows)["school_costs_to_warning"] == 0
    unknown = term | {"stage": "senior", "self_pay": None}
    assert features_of(AS_OF, enrolments=[unknown], **rows)["school_costs_to_warning"] is None
    assert features_of(AS_OF, enrolments=[term], members=rows["members"])["school_costs_to_warning"] is None


def test_boarders_and_loans_count_where_something_is_said() -> None:
    features = made(date(2010, 1, 1), boarding=True, student_loan=0)
    assert (features["boarding_pupils"], features["student_loans"]) == (1, 0)
    features = made(date(2010, 1, 1))
    assert (features["boarding_pupils"], features["student_loans"]) == (None, None)
    assert made(date(2010, 1, 1), boarding=True, status="dropout")["boarding_pupils"] == 0
