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
