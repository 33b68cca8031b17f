from __future__ import annotations

from datetime import date

import pytest

from scenario import features_of

AS_OF = date(2025, 3, 5)

SAID = {"house_ok": False, "school_ok": True, "water_ok": None, "insured_ok": True}


def test_no_answer_is_missing_and_a_good_one_is_no_problem() -> None:
    features = features_of(AS_OF, guarantee_checks=[SAID | {"checked_on": date(2025, 3, 1)}])
    problems = [features[f"{what}_problem"] for what in ("house", "school", "water", "insurance")]
    assert problems == [1, 0, None, 0]


@pytest.mark.parametrize(("day", "age"), [(date(2023, 3, 6), None), (date(2023, 3, 7), 729), (AS_OF, 0)])
def test_a_check_is_less_than_730_days_old(day: date, age: int | None) -> None:
    assert features_of(AS_OF, guarantee_checks=[SAID | {"checked_on": day}])["check_age_days"] == age


def test_of_the_checks_of_a_day_the_one_after_elimination_counts() -> None:
    stages = ["after_elimination", "identification", "annual"]
    rows = [{"checked_on": date(2025, 1, 5), "stage": s, "house_ok": s != "after_elimination"} for s in stages]
    assert features_of(AS_OF, guarantee_checks=rows)["house_problem"] == 1


def test_a_newer_check_counts_from_the_day_it_is_known() -> None:
    old = {"checked_on": date(2025, 1, 5), "house_ok": True}
    new = {"checked_on": date(2025, 2, 5), "house_ok": False, "known_at": AS_OF}
    gone = new | {"known_at": date(2025, 3, 6), "retracted": True}
    for as_of, problem in ((date(2025, 3, 4), 0), (AS_OF, 1), (date(2025, 3, 6), 0)):
        assert features_of(as_of, guarantee_checks=[old, new, gone])["house_problem"] == problem
