from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from check_cases import AS_OF, NUMBERS, Case, Told, entry, finds, sentences, view
from check_stories import of
from riskmodel.policy import Policy
from riskmodel.tables.quality import run_checks

UNDER = {"period_end": date(2024, 9, 30), "net_per_capita": 7999.99}


@pytest.mark.parametrize("case", of("1_02_006", "4_11_010", "4_11_013", "5_15_023", "X_04"), ids=str)
def test_a_check_of_incomes_finds_what_its_rule_names(case: Case) -> None:
    assert finds(case.code, case.told) == case.fires


def test_a_survey_is_compared_with_the_line_of_its_own_year() -> None:
    told: Told = {"income_surveys": [{"period_end": date(2024, 9, 30), "net_per_capita": 7500}]}
    old, new = entry("monitoring_line", 7000), entry("monitoring_line", 8000, since=date(2025, 1, 1))
    assert not finds("1_02_006", told, numbers=Policy([[old, new]]))
    later: Told = {"income_surveys": [{"period_end": date(2025, 1, 31), "net_per_capita": 7500}]}
    assert finds("1_02_006", later, numbers=Policy([[old, new]]))


@pytest.mark.parametrize(("published", "expected"), [(AS_OF, True), (date(2025, 6, 6), False)])
def test_a_line_published_after_the_as_of_date_is_not_used(published: date, expected: bool) -> None:
    told: Told = {"income_surveys": [{"period_end": date(2025, 5, 31), "net_per_capita": 7500}]}
    backdated = entry("monitoring_line", 8000, since=date(2025, 1, 1), published=published)
    assert finds("1_02_006", told, numbers=Policy([[entry("monitoring_line", 7000), backdated]])) == expected


def test_a_township_may_have_a_line_of_its_own() -> None:
    elsewhere = {"village_code": "990101002001", "known_at": date(2020, 1, 1)}
    households = [{"household_id": "H1"}, {"household_id": "H2", "village_code": "990101002001"}]
    surveys = [UNDER | {"household_id": household, "net_per_capita": 8500} for household in ("H1", "H2")]
    told: Told = {"villages": [elsewhere], "households": households[1:], "income_surveys": surveys}
    own = [entry(kind, value) for kind, value in NUMBERS.items()] + [entry("monitoring_line", 9000, "990101002")]
    found = run_checks(view(told), Policy([own])).found.filter(pl.col("check") == "1_02_006")
    assert found["township"].to_list() == ["990101002"]


def test_a_finding_names_amounts_in_yuan_and_the_line() -> None:
    chinese, english = sentences({"income_surveys": [UNDER]}, "1_02_006")
    assert chinese == "2024年度人均纯收入7999.99元,低于监测线8000.00元"
    assert english == "net income per head 7999.99 yuan in 2024, line 8000.00"


def test_a_loss_is_told_with_its_sign() -> None:
    assert "-0.05元" in sentences({"income_surveys": [UNDER | {"net_per_capita": -0.05}]}, "1_02_006")[0]


def test_an_annual_survey_known_before_its_window_ends_waits() -> None:
    told: Told = {"income_surveys": [UNDER | {"period_end": date(2025, 6, 30), "known_at": date(2025, 6, 1)}]}
    assert not finds("1_02_006", told, AS_OF)
    assert finds("1_02_006", told, date(2025, 6, 30))
