from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.scoring.scenario_incomes import Already
from riskmodel.scoring.scenarios import SCENARIOS
from supposed import AS_OF, SURVEY, WORKER, all_rows_are_allowed, already, cells, household, supposed

# --- medical aid ---


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 100)), min_size=1, max_size=4),
    st.integers(1, 100),
    st.integers(0, 1000),
)
def test_medical_aid_never_leaves_more_to_pay(bills: list[tuple[int, int]], percent: int, counted: int) -> None:
    rows = [
        {
            **{"settlement_id": f"S{n}", "service_end": date(2024, 8, n + 1), "total_cost": fen / 100},
            **{"self_pay": fen / 100, "compliant_self_pay": fen * part // 100 / 100},
        }
        for n, (fen, part) in enumerate(bills)
    ]
    before = household(medical_settlements=rows, income_surveys=[SURVEY | {"compliant_self_pay": counted}])
    after = supposed("medical_aid", before, share=percent / 100)
    assert all_rows_are_allowed(after)
    old, new = (r.tables["medical_settlements"].sort("settlement_id") for r in (before, after))
    assert (new["self_pay"] <= old["self_pay"]).all()
    outside = [r["self_pay"] - r["compliant_self_pay"] for r in (old, new)]
    assert ((outside[1] <= outside[0]) & (outside[1] >= 0)).all()
    assert (new["self_pay"] == old["self_pay"] - old["self_pay"] * percent // 100).all()
    survey = [r.tables["income_surveys"].row(0, named=True) for r in (before, after)]
    assert survey[1]["reference_per_capita"] >= survey[0]["reference_per_capita"]
    assert 0 <= survey[1]["compliant_self_pay"] <= survey[0]["compliant_self_pay"]
    assert survey[1]["net_total"] == survey[0]["net_total"]


def test_only_bills_of_the_last_twelve_complete_months_are_paid() -> None:
    days = (date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28), date(2025, 3, 1))
    bills = [{"settlement_id": f"S{n}", "service_end": day, "self_pay": 100} for n, day in enumerate(days)]
    after = supposed("medical_aid", household(medical_settlements=bills), share=0.6)
    assert after.tables["medical_settlements"].sort("service_end")["self_pay"].to_list() == [10000, 4000, 4000, 10000]


# --- the loan ---


def test_an_extension_moves_the_newest_statement_of_running_small_loans() -> None:
    loan = {"loan_id": "L1", "month": date(2025, 1, 1), "product": "small_loan", "due_on": date(2025, 1, 31)}
    loan |= {"balance": 100, "status": "overdue", "days_past_due": 30, "known_at": AS_OF}
    others = [
        loan | {"month": date(2024, 12, 1)},
        loan | {"loan_id": "L2", "product": "other"},
        loan | {"loan_id": "L3", "status": "written_off"},
        loan | {"loan_id": "L4", "status": "settled", "balance": 0, "days_past_due": 0},
    ]
    before = household(loan_statements=[loan, *others])
    after = supposed("loan_extension", before, months=1.0)
    changes = {change.column: (change.before, change.after) for change in after.changes_since(before)}
    assert changes == {
        "due_on": (date(2025, 1, 31), date(2025, 2, 28)),
        "days_past_due": (30, 0),
        "status": ("overdue", "normal"),
        "extended": (False, True),
    }
    assert all_rows_are_allowed(after)
    nothing = household(loan_statements=others[1:])
    assert supposed("loan_extension", nothing, months=1.0).changes_since(nothing) == []
    assert already("loan_extension", nothing, months=1.0) == Already(0, "none")


def test_a_loan_that_is_extended_already_is_left_as_it_is() -> None:
    loan = {"loan_id": "L1", "month": date(2025, 1, 1), "product": "small_loan", "due_on": date(2025, 1, 31)}
    before = household(loan_statements=[loan | {"balance": 100, "extended": True, "known_at": AS_OF}])
    assert supposed("loan_extension", before, months=1.0).changes_since(before) == []
    assert already("loan_extension", before, months=1.0) == Already(1, "there")


# --- house, water, insurance ---


def test_a_safe_house_and_safe_water_are_there_already() -> None:
    safe = [
        {"inspected_on": date(2024, 5, 1), "house_grade": "B"},
        {"inspected_on": date(2024, 5, 2), "water_safe": True},
    ]
    inspected, checked = (
        household(dwellings=safe),
        household(guarantee_checks=[{"checked_on": date(2024, 5, 1), "house_ok": True, "water_ok": True}]),
    )
    for rows in (inspected, checked):
        assert already("house_repair", rows) == already("safe_water", rows) == Already(1, "there")


@pytest.mark.parametrize(("grade", "after"), [("A", "A"), ("B", "B"), ("C", "B"), ("D", "B")])
def test_a_repair_makes_grade_b_of_an_unsafe_house_and_leaves_a_safe_one(grade: str, after: str) -> None:
    found = [
        {"inspected_on": date(2024, 5, 1), "house_grade": grade},
        {"inspected_on": date(2023, 5, 1), "house_grade": "D"},
    ]
    made = supposed("house_repair", household(dwellings=found))
    assert cells(made, "dwellings", "house_grade") == [("D",), (after,)]


def test_repair_water_and_insurance_put_the_newest_check_right_and_leave_what_is_not_known() -> None:
    bad = {"house_ok": False, "water_ok": False, "insured_ok": None}
    checks = [bad | {"checked_on": date(2024, 5, 1)}, bad | {"checked_on": date(2024, 6, 1)}]
    before = household(guarantee_checks=checks)
    columns = ("house_ok", "water_ok", "insured_ok")
    made = supposed("basic_insurance", supposed("safe_water", supposed("house_repair", before)))
    assert cells(made, "guarantee_checks", *columns) == [(False, False, None), (True, True, None)]
    assert {change.column for change in made.changes_since(before)} == {"house_ok", "water_ok"}


def test_water_becomes_safe_and_members_insured() -> None:
    water = {"inspected_on": date(2024, 5, 1), "water_safe": False, "outage_days": 30}
    members = [WORKER | {"basic_insured": False}, WORKER | {"person_id": "P2", "basic_insured": None}]
    before = household(dwellings=[water], members=members)
    made = supposed("basic_insurance", supposed("safe_water", before))
    assert cells(made, "dwellings", "water_safe", "outage_days") == [(True, 0)]
    assert made.tables["members"].sort("person_id")["basic_insured"].to_list() == [True, None]
    assert all_rows_are_allowed(made)


@pytest.mark.parametrize("code", [c for c in SCENARIOS if c not in ("public_post", "dibao")])
def test_a_household_without_such_records_is_left_as_it_is(code: str) -> None:
    before = household(members=[WORKER | {"basic_insured": True}])
    after = supposed(code, before, months=1.0, share=0.5)
    assert after.changes_since(before) == []
    insured = Already(1, "there")
    assert already(code, before, months=1.0) == (insured if code == "basic_insurance" else Already(0, "none"))
    assert isinstance(after.view.canonical("members"), pl.DataFrame)
