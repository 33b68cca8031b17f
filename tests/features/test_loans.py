from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of, full_list

AS_OF = date(2025, 3, 5)
SURVEY = {"period_end": date(2024, 9, 30), "net_total": 10000, "net_per_capita": 10000}

DUE = date(2025, 9, 1)


def made(*loans: dict[str, Any], **more: Any) -> dict[str, float | None]:
    rows = [{"loan_id": f"L{n}", "month": date(2025, 2, 1), "due_on": DUE} | loan for n, loan in enumerate(loans)]
    return features_of(AS_OF, loan_statements=rows, income_surveys=[SURVEY], **more)


@pytest.mark.parametrize(
    ("due_on", "share"),
    [(date(2025, 3, 5), 0), (date(2025, 3, 6), 0.5), (date(2025, 9, 1), 0.5), (date(2025, 9, 2), 0)],
)
def test_a_loan_is_due_soon_within_the_180_days_after_the_as_of_date(due_on: date, share: float) -> None:
    assert made({"balance": 5000, "due_on": due_on})["loans_due_to_income"] == share


@pytest.mark.parametrize(
    ("month", "share"), [(date(2024, 8, 1), None), (date(2024, 9, 1), 0.5), (date(2025, 3, 1), None)]
)
def test_a_statement_is_at_most_six_complete_months_old(month: date, share: float | None) -> None:
    assert made({"balance": 5000, "month": month, "known_at": AS_OF})["loans_to_income"] == share


def test_a_statement_counts_from_the_day_it_is_known_and_not_once_it_is_retracted() -> None:
    old = {"loan_id": "L1", "month": date(2025, 1, 1), "balance": 4000, "due_on": DUE, "known_at": date(2025, 2, 5)}
    new = old | {"month": date(2025, 2, 1), "balance": 1000, "known_at": date(2025, 3, 5)}
    gone = old | {"known_at": date(2025, 3, 6), "retracted": True}
    for as_of, share in ((date(2025, 2, 4), None), (date(2025, 3, 4), 0.4), (AS_OF, 0.1), (date(2025, 3, 6), 0.1)):
        features = features_of(as_of, loan_statements=[old, new, gone], income_surveys=[SURVEY])
        assert features["loans_to_income"] == share
    assert features_of(date(2025, 3, 6), loan_statements=[old, gone])["loans_overdue"] is None


def test_settled_loans_are_no_debt_and_no_loan_is_known_only_from_full_lists() -> None:
    features = made({"status": "settled"})
    assert [features[n] for n in ("loans_to_income", "loans_overdue", "loan_days_past_due", "loans_renewed")] == [0] * 4
    assert made()["loans_overdue"] is None
    banks = [full_list("loan_statements", date(2024, 9, 1), date(2025, 2, 28))]
    assert (made(listed=banks)["loans_overdue"], made(listed=banks)["loan_age_days"]) == (0, None)


@pytest.mark.parametrize(
    ("loan", "count"),
    [
        ({"days_past_due": 1}, 1),
        ({"status": "overdue"}, 1),
        ({"status": "compensated"}, 1),
        ({"status": "written_off"}, 1),
        ({"status": "attention"}, 0),
        ({"status": "settled", "days_past_due": 9}, 0),
    ],
)
def test_what_is_late_or_was_paid_by_others_is_overdue(loan: dict[str, Any], count: int) -> None:
    assert made(loan, {})["loans_overdue"] == count


def test_a_purpose_that_is_not_known_does_not_count() -> None:
    loans = [{"balance": 1000, "purpose": p} for p in ("non_production", "crop", None)]
    assert made(*loans)["loans_non_production_share"] == 0.5
    assert made({"balance": 1000})["loans_non_production_share"] is None
