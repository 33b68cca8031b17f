from __future__ import annotations

import pytest

from check_cases import Case, finds, sentences
from check_stories import of


@pytest.mark.parametrize("case", of("1_02_008", "1_02_009", "4_11_006"), ids=str)
def test_a_check_of_house_and_water_finds_what_its_rule_names(case: Case) -> None:
    assert finds(case.code, case.told) == case.fires


def test_a_finding_names_the_day_and_the_elimination() -> None:
    (case,) = (case for case in of("1_02_008") if case.story == "grade C")
    chinese, english = sentences(case.told, "1_02_008")
    assert chinese == "2024-06消除后,2024-07-01发现住房安全问题"
    assert english == "eliminated 2024-06; unsafe house found on 2024-07-01"
