from __future__ import annotations

from datetime import date
from typing import Any

from scenario import features_of

AS_OF = date(2025, 3, 5)


def months(**table: Any) -> dict[str, float | None]:
    return features_of(AS_OF, members=[{"person_id": "P1"}], **table)


def test_a_month_is_as_old_as_its_last_day() -> None:
    month = date(2025, 1, 1)
    features = months(
        incomes=[{"month": month, "amount": 1}],
        employment=[{"person_id": "P1", "month": month}],
        loan_statements=[{"loan_id": "L1", "month": month, "due_on": AS_OF, "status": "settled"}],
        social_assistance=[{"month": month}],
        medical_settlements=[{"settlement_id": "S1", "service_end": date(2025, 1, 31)}],
    )
    ages = [features[f"{what}_age_days"] for what in ("income", "employment", "loan", "assistance", "bill")]
    assert ages == [33] * 5


def test_what_is_not_known_yet_is_not_fresh() -> None:
    old = {"month": date(2024, 12, 1), "amount": 1}
    new = {"month": date(2025, 2, 1), "amount": 1, "known_at": date(2025, 3, 6)}
    assert months(incomes=[old, new])["income_age_days"] == 64
    assert months()["income_age_days"] is None


def test_a_term_is_as_old_as_its_beginning_and_water_as_its_inspection() -> None:
    terms = [{"person_id": "P1", "term": term} for term in (date(2024, 3, 1), date(2024, 9, 1))]
    inspections = [
        {"inspected_on": date(2025, 3, 1), "aspect": "water", "water_safe": True},
        {"inspected_on": date(2025, 3, 4), "aspect": "housing"},
    ]
    features = months(enrolments=terms, dwellings=inspections)
    assert (features["school_term_age_days"], features["water_inspection_age_days"]) == (185, 4)
    assert months()["school_term_age_days"] is None
