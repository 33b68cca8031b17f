from __future__ import annotations

from datetime import date
from typing import Any

from scenario import features_of

AS_OF = date(2025, 3, 5)
HOUSEHOLDS = [{"household_id": f"H{n}"} for n in (1, 2, 3)]


def surveyed(**per_capita: float) -> list[dict[str, Any]]:
    return [{"household_id": h, "period_end": date(2024, 9, 30), "net_per_capita": y} for h, y in per_capita.items()]


def test_the_household_itself_is_not_its_own_neighbour() -> None:
    features = features_of(AS_OF, households=HOUSEHOLDS, income_surveys=surveyed(H1=100, H2=8000, H3=16000))
    assert features["village_income_to_line"] == 1.5
    assert features["village_below_line_share"] == 0.0
    assert features["village_near_line_share"] == 0.5


def test_neighbours_without_a_survey_do_not_count() -> None:
    features = features_of(AS_OF, households=HOUSEHOLDS, income_surveys=surveyed(H2=4000))
    assert (features["village_income_to_line"], features["village_below_line_share"]) == (0.5, 1.0)
    assert features_of(AS_OF, households=HOUSEHOLDS)["village_below_line_share"] is None


def test_one_very_rich_neighbour_is_limited() -> None:
    features = features_of(AS_OF, households=HOUSEHOLDS[:2], income_surveys=surveyed(H2=9_000_000))
    assert features["village_income_to_line"] == 100.0


def test_a_neighbour_that_is_not_active_does_not_count() -> None:
    gone = HOUSEHOLDS[1] | {"status": "moved_out"}
    features = features_of(AS_OF, households=[HOUSEHOLDS[0], gone], income_surveys=surveyed(H2=4000))
    assert features["village_income_to_line"] is None


def test_people_are_counted_where_something_is_known_of_them() -> None:
    members: list[dict[str, Any]] = [
        {"person_id": "P1", "household_id": "H2", "basic_insured": False, "pension_status": "paying"},
        {"person_id": "P2", "household_id": "H2", "basic_insured": True},
        {"person_id": "P3", "household_id": "H3"},
        {"person_id": "P4", "household_id": "H1", "basic_insured": False, "pension_status": "none"},
    ]
    features = features_of(AS_OF, households=HOUSEHOLDS, members=members)
    assert (features["village_uninsured_share"], features["village_pension_payers_share"]) == (0.5, 1.0)
