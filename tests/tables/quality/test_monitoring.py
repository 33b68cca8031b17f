from __future__ import annotations

from datetime import date

import pytest

from check_cases import Case, entry, finds, sentences
from check_stories import of
from riskmodel.policy import Policy


@pytest.mark.parametrize("case", of("1_11_002", "2_11_002", "X_02"), ids=str)
def test_a_check_of_monitoring_finds_what_its_rule_names(case: Case) -> None:
    assert finds(case.code, case.told) == case.fires


def test_an_incomplete_identification_is_told_with_all_that_lacks() -> None:
    told = {"monitoring_episodes": [{"identified_month": date(2024, 11, 1)}]}
    chinese, english = sentences(told, "1_11_002")
    assert chinese == "2024-11识别,缺少:风险原因、识别收入、三保障核查"
    assert english == "identified 2024-11, lacking: cause, income, guarantee check"


def test_an_elimination_is_judged_by_the_rule_of_its_month() -> None:
    ended = {"identified_month": date(2023, 1, 1), "eliminated_month": date(2023, 6, 1), "elimination_mode": "natural"}
    rules = [
        entry("deadline.elimination_min", 3),
        entry("deadline.elimination_min", 6, since=date(2024, 1, 1)),
    ]
    assert not finds("2_11_002", {"monitoring_episodes": [ended]}, numbers=Policy([rules]))
    later = ended | {"identified_month": date(2023, 9, 1), "eliminated_month": date(2024, 1, 1)}
    assert finds("2_11_002", {"monitoring_episodes": [later]}, numbers=Policy([rules]))


def test_a_survey_of_the_month_after_an_elimination_belongs_to_the_next_episode() -> None:
    first = {"identified_month": date(2024, 1, 1), "cause_1": "ILL", "eliminated_month": date(2024, 10, 1)}
    second = {"identified_month": date(2024, 10, 1), "cause_1": "ILL"}
    episodes = [first | {"elimination_mode": "natural"}, second]
    closing = {"period_end": date(2024, 9, 30), "stage": "identification"}  # a window ends with the month before
    checks = [{"checked_on": day, "stage": "identification"} for day in (date(2024, 1, 9), date(2024, 10, 9))]
    of_first = {"period_end": date(2023, 12, 31), "stage": "identification"}
    told = {"monitoring_episodes": episodes, "guarantee_checks": checks, "income_surveys": [of_first, closing]}
    assert not finds("1_11_002", told)
    assert finds("1_11_002", told | {"income_surveys": [of_first]})
