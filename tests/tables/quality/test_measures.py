from __future__ import annotations

from datetime import date

import pytest

from check_cases import AS_OF, Case, Told, finds, policy, sentences, view
from check_stories import of
from riskmodel.tables.quality import run_checks

CODES = ("1_11_009", "4_11_014", "5_11_032", "5_12_007", "5_18_006", "X_01", "X_03")


@pytest.mark.parametrize("case", of(*CODES), ids=str)
def test_a_check_of_measures_finds_what_its_rule_names(case: Case) -> None:
    assert finds(case.code, case.told) == case.fires


@pytest.mark.parametrize(("as_of", "expected"), [(date(2025, 5, 30), False), (date(2025, 5, 31), True)])
def test_a_month_of_waiting_is_over_with_the_last_day_of_the_next_month(as_of: date, expected: bool) -> None:
    told: Told = {"monitoring_episodes": [{"identified_month": date(2025, 4, 1), "cause_1": "ILL"}]}
    assert finds("X_01", told, as_of) == expected


def test_a_finding_names_months_and_counts() -> None:
    (case,) = (case for case in of("4_11_014") if case.story == "nobody in three known months")
    assert sentences(case.told, "4_11_014")[0] == "正在实施就业帮扶,2024-12至2025-04有数据的3个月均无成员务工"


def test_a_county_that_never_sent_measures_is_not_accused_of_giving_none() -> None:
    (case,) = (case for case in of("X_01") if case.story == "one complete month")
    without = view(case.told, AS_OF)
    stored = {name: frame for name, frame in without.stored.items() if name != "measures"}
    result = run_checks(type(without)(without.county, AS_OF, without.ids, stored), policy())
    assert "X_01" not in result.found["check"].to_list()
    lacking = {gap.check: gap for gap in result.not_run if gap.needs == "measures"}
    assert set(lacking) == {"1_11_009", "5_12_007", "5_18_006", "X_01", "X_03"}
    assert lacking["X_01"].households == 2
    assert "deliver the file" in lacking["X_01"].reason
