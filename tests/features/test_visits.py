from __future__ import annotations

from datetime import date

import pytest

from scenario import features_of

AS_OF = date(2025, 3, 5)

DAY = date(2024, 3, 5)  # 365 days ago


def test_a_year_is_365_days() -> None:
    rows = [{"visited_on": day, "finding": "risk"} for day in (DAY, date(2024, 3, 6))]
    assert features_of(AS_OF, visits=rows)["risk_visits_1y"] == 1
    assert features_of(AS_OF, visits=rows[:1])["risk_visits_1y"] == 0
    assert features_of(AS_OF, visits=rows[:1])["not_home_share_1y"] is None


@pytest.mark.parametrize(("day", "days"), [(AS_OF, 0), (date(2023, 3, 7), 729), (date(2023, 3, 6), None)])
def test_a_visit_counts_for_730_days(day: date, days: int | None) -> None:
    assert features_of(AS_OF, visits=[{"visited_on": day}])["days_since_visit"] == days


def test_a_visit_known_later_or_retracted_does_not_count() -> None:
    visit = {"visited_on": date(2025, 3, 1), "known_at": date(2025, 3, 3)}
    gone = visit | {"known_at": AS_OF, "retracted": True}
    for as_of, days in ((date(2025, 3, 2), None), (date(2025, 3, 4), 3), (AS_OF, None)):
        assert features_of(as_of, visits=[visit, gone])["days_since_visit"] == days


def test_visits_of_two_people_on_one_day_both_count() -> None:
    rows = [
        {"visited_on": date(2025, 3, 1), "visitor_id": v, "finding": f} for v, f in (("A1", "risk"), ("A2", "not_home"))
    ]
    features = features_of(AS_OF, visits=rows)
    assert (features["risk_visits_1y"], features["not_home_share_1y"]) == (1, 0.5)
