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


def test_trouble_of_the_neighbours_does_not_count_the_household_itself() -> None:
    def everybody(**row: Any) -> list[dict[str, Any]]:
        return [row | {"household_id": "H1"}, row | {"household_id": "H2"}]

    features = features_of(
        AS_OF,
        households=HOUSEHOLDS,
        shocks=everybody(happened_on=date(2025, 1, 5), kind="fire"),
        monitoring_episodes=[
            *everybody(identified_month=date(2024, 3, 1)),
            {"household_id": "H3", "identified_month": date(2024, 2, 1)},
        ],
        dwellings=everybody(inspected_on=date(2024, 1, 1), house_grade="D"),
        loan_statements=[
            {"loan_id": "L1", "month": date(2025, 2, 1), "due_on": AS_OF, "days_past_due": 9},
            {"loan_id": "L2", "household_id": "H2", "month": date(2025, 2, 1), "due_on": AS_OF},
        ],
    )
    assert features["village_shock_share_12m"] == 0.5
    assert (features["village_entered_share_12m"], features["village_monitored_share"]) == (0.5, 1)
    assert (features["village_unsafe_house_share"], features["village_overdue_share"]) == (1, 0)


def test_a_household_alone_in_its_village_has_no_neighbours() -> None:
    features = features_of(AS_OF, shocks=[{"happened_on": date(2025, 1, 5), "kind": "fire"}])
    assert (features["village_shock_share_12m"], features["village_monitored_share"]) == (None, None)


def test_the_bills_of_neighbours_are_measured_by_the_line_of_each() -> None:
    bill = {"settlement_id": "S1", "household_id": "H2", "service_end": date(2025, 1, 5), "self_pay": 4000}
    features = features_of(
        AS_OF, households=HOUSEHOLDS, income_surveys=surveyed(H2=100, H3=100), medical_settlements=[bill]
    )
    assert features["village_bills_to_line"] == 0.5
