from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of

AS_OF = date(2025, 3, 5)


def row(year: int, month: int, amount: int = 100, component: str = "wage_work") -> dict[str, Any]:
    return {"month": date(year, month, 1), "amount": amount, "component": component}


def made(*rows: dict[str, Any]) -> dict[str, float | None]:
    return features_of(AS_OF, incomes=list(rows))


@pytest.mark.parametrize(
    ("month", "change"), [((2024, 3), None), ((2024, 2), 2.0), ((2023, 12), 2.0), ((2023, 11), None)]
)
def test_the_same_three_months_are_13_to_15_months_ago(month: tuple[int, int], change: float | None) -> None:
    features = made(row(2025, 2, 200), row(*month))
    assert (features["received_change_1y"], features["wage_change_1y"]) == (change, change)


def test_costs_are_taken_off_the_business_and_a_loss_before_has_no_ratio() -> None:
    now = [row(2025, 2, 300, "op_crop"), row(2025, 2, 100, "cost_crop")]
    assert made(*now, row(2024, 2, 100, "op_crop"))["business_change_1y"] == 2
    assert made(*now, row(2024, 2, 100, "cost_crop"))["business_change_1y"] is None
    assert made(*now)["wage_change_1y"] is None


def test_income_that_never_changes_has_no_variation_and_five_months_say_nothing() -> None:
    steady = [row(2024, month, 999) for month in range(7, 13)]
    assert made(*steady)["received_variation_12m"] == 0
    assert made(*steady[1:])["received_variation_12m"] is None


def test_the_variation_is_exact_for_amounts_that_fill_the_whole_number() -> None:
    rows = [row(2024, month, 90_000_000_000 if month % 2 else 0) for month in range(3, 13)]
    assert made(*rows)["received_variation_12m"] == 1  # every other month at the limit of 100 million yuan


def test_the_variation_of_losses_is_missing() -> None:
    assert made(*(row(2024, month, 5, "cost_crop") for month in range(3, 13)))["received_variation_12m"] is None


def test_months_without_income_count_to_twelve() -> None:
    assert made(row(2025, 2), row(2025, 2, 5, "op_crop"), row(2024, 3))["months_without_income_12m"] == 10
    assert made(row(2024, 2))["months_without_income_12m"] == 12
    assert made()["months_without_income_12m"] is None


def test_the_share_of_wages_is_of_what_was_received_in_twelve_months() -> None:
    rows = [row(2025, 2, 300), row(2024, 3, 100, "tr_farm"), row(2024, 2, 9999)]
    assert made(*rows)["wage_received_share_12m"] == 0.75
