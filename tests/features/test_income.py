from __future__ import annotations

from datetime import date

from scenario import features_of, full_list

AS_OF = date(2025, 3, 5)
SURVEY = {"period_end": date(2024, 9, 30)}


def test_income_below_zero_stays_below_zero() -> None:
    survey = SURVEY | {"net_total": -400, "net_per_capita": -400, "business_cost": 400, "compliant_self_pay": 100}
    made = features_of(AS_OF, income_surveys=[survey])
    assert (made["income_to_line"], made["business_to_line"]) == (-0.05, -0.05)
    assert made["self_pay_share"] is None
    assert made["business_share"] is None
    assert made["single_source_share"] is None


def test_a_later_correction_replaces_the_survey() -> None:
    first = SURVEY | {"net_per_capita": 8000}
    second = SURVEY | {"net_per_capita": 4000, "known_at": AS_OF}
    assert features_of(date(2025, 3, 4), income_surveys=[first, second])["income_to_line"] == 1.0
    assert features_of(AS_OF, income_surveys=[first, second])["income_to_line"] == 0.5


def test_only_months_with_a_row_count_in_what_was_received() -> None:
    rows = [{"month": date(2025, 2, 1), "amount": 2000}, {"month": date(2024, 12, 1), "amount": 1000}]
    made = features_of(AS_OF, income_surveys=[SURVEY], incomes=rows)
    assert made["received_to_line_3m"] == 1500 * 12 / 8000
    assert made["received_to_line_4_6m"] is None
    assert made["wage_change_3m"] is None


def test_received_income_needs_the_line_of_a_survey() -> None:
    assert features_of(AS_OF, incomes=[{"month": date(2025, 2, 1), "amount": 2000}])["received_to_line_3m"] is None


def test_the_change_of_wages_is_per_month_with_a_row() -> None:
    rows = [{"month": date(2025, m, 1), "amount": 1000} for m in (1, 2)] + [
        {"month": date(2024, 11, 1), "amount": 1000}
    ]
    assert features_of(AS_OF, incomes=rows)["wage_change_3m"] == 1.0


def test_no_relief_is_zero_where_the_lists_of_the_finance_department_cover_the_six_months() -> None:
    survey = {"period_end": date(2024, 9, 30)}
    lists = [full_list("incomes", date(2024, 9, 1), date(2025, 2, 28))]
    assert features_of(AS_OF, income_surveys=[survey])["relief_to_line_6m"] is None
    assert features_of(AS_OF, income_surveys=[survey], listed=lists)["relief_to_line_6m"] == 0
    relief = [{"month": date(2025, 1, 1), "component": "tr_relief", "amount": 400}]
    assert features_of(AS_OF, income_surveys=[survey], incomes=relief)["relief_to_line_6m"] == 0.6
    listed = features_of(AS_OF, income_surveys=[survey], incomes=relief, listed=lists)
    assert listed["relief_to_line_6m"] == 0.1  # 400 in six months and not in one
