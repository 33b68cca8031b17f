from __future__ import annotations

import pytest

from riskmodel.errors import UsageError
from riskmodel.tables.catalogue import TABLES, WARNINGS, table


def test_the_tables_stand_in_the_order_of_the_contract() -> None:
    assert list(TABLES) == [
        "villages",
        "households",
        "members",
        "incomes",
        "income_surveys",
        "employment",
        "medical_settlements",
        "enrolments",
        "dwellings",
        "loan_statements",
        "shocks",
        "social_assistance",
        "measures",
        "guarantee_checks",
        "visits",
        "monitoring_episodes",
    ]


def test_a_table_is_found_by_its_name() -> None:
    assert table("shocks") is TABLES["shocks"]


def test_a_misspelt_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r"'houshold'.*did you mean 'households'"):
        table("houshold")


def test_a_name_like_no_other_is_answered_with_all_of_them() -> None:
    with pytest.raises(UsageError, match=r"choose one of: villages, households"):
        table("zzz")


def test_warnings_are_kept_apart_from_rules() -> None:
    assert set(WARNINGS["income_surveys"]) == {"S03", "S04", "S05"}
    assert not any(set(table.warnings) & set(table.rules) for table in TABLES.values())


@pytest.mark.parametrize(
    ("name", "days"),
    [("villages", 365), ("households", 35), ("medical_settlements", 180), ("enrolments", 90), ("visits", 7)],
)
def test_days_of_a_history_load_are_those_of_the_contract(name: str, days: int) -> None:
    assert table(name).history_days == days


@pytest.mark.parametrize(
    ("name", "source"),
    [("villages", "stats"), ("incomes", "finance"), ("employment", "hrss"), ("visits", "app"), ("measures", "agri")],
)
def test_the_usual_department_comes_first(name: str, source: str) -> None:
    assert table(name).sources[0] == source
    assert len(set(table(name).sources)) == len(table(name).sources)
