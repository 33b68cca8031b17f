from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of

AS_OF = date(2025, 3, 5)


def made(*people: dict[str, Any]) -> dict[str, float | None]:
    return features_of(AS_OF, members=[{"person_id": f"P{n}"} | person for n, person in enumerate(people, start=1)])


def test_what_is_known_of_nobody_is_missing() -> None:
    features = made({}, {})
    unknown = ["uninsured_members", "uninsured_share", "chronic_members", "major_ill_members"]
    assert [features[name] for name in unknown] == [None] * 4
    assert features["disabled_members"] == 0


def test_what_is_known_of_some_counts_for_those() -> None:
    features = made({"basic_insured": False}, {"basic_insured": True}, {}, {"chronic_illness": False})
    assert (features["uninsured_members"], features["uninsured_share"]) == (1, 0.5)
    assert features["chronic_members"] == 0


def test_somebody_who_left_does_not_count() -> None:
    ill = {"major_illness": True}
    assert made(ill, ill | {"leave_reason": "died"})["major_ill_members"] == 1


def test_a_severe_disability_is_of_grade_1_or_2_and_a_certificate_without_grade_says_nothing() -> None:
    grades = [{"disability_type": "visual", "disability_grade": grade} for grade in (1, 2, 3, 4)]
    features = made(*grades, {})
    assert (features["severely_disabled_members"], features["disabled_members"]) == (2, 4)
    assert made(grades[0], {"disability_type": "visual"})["severely_disabled_members"] is None
    assert made({})["severely_disabled_members"] == 0


@pytest.mark.parametrize(("since", "new"), [(date(2025, 1, 31), 0), (date(2025, 2, 1), 1), (date(2025, 3, 5), 1)])
def test_an_illness_is_new_from_the_last_complete_month_on(since: date, new: int) -> None:
    well = {"person_id": "P1", "major_illness": False}
    ill = well | {"major_illness": True, "valid_from": since}
    assert features_of(AS_OF, members=[well, ill])["newly_ill_members"] == new
    known_late = ill | {"known_at": date(2025, 3, 6)}
    assert features_of(AS_OF, members=[well, known_late])["newly_ill_members"] == 0


def test_who_was_not_known_before_is_not_newly_ill() -> None:
    ill = {"person_id": "P1", "major_illness": True, "valid_from": date(2025, 2, 20)}
    assert features_of(AS_OF, members=[ill])["newly_ill_members"] is None
    assert features_of(AS_OF, members=[ill, {"person_id": "P1"}])["newly_ill_members"] is None
