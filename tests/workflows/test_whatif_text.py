from __future__ import annotations

from datetime import date

import pytest

from riskmodel.rendering.measure_text import fact_sentence
from riskmodel.scoring.household_rows import Change
from riskmodel.scoring.whatif import Horizon
from riskmodel.workflows.measures import MeasureEntry
from riskmodel.workflows.whatif import Step, WhatIf, choices, what_if
from riskmodel.workflows.whatif_text import SHOWN, scenario_lines, whatif_lines
from trained_county import Office


@pytest.fixture(scope="module")
def found(office: Office) -> WhatIf:
    asked = ["public_post:wage=3000", "medical_aid"]
    return what_if(office.workspace, office.riskiest, asked, ["households.size=9"])


def told(found: WhatIf) -> tuple[str, str]:
    chinese, english = (list(whatif_lines(found, language)) for language in ("zh", "en"))
    assert len(chinese) == len(english)
    return "\n".join(chinese), "\n".join(english)


def test_both_languages_say_the_same_lines(found: WhatIf) -> None:
    chinese, english = told(found)
    for words in ("试算  H", "12个月内：同类100户中约", "6个月内", "更正：农户", "不是帮扶的效果", "不写入", "按类别"):
        assert words in chinese
    for words in ("What if  H", "Within 12 months: about", "not an effect of help", "Nothing is written", "By group"):
        assert words in english
    assert "→" in english
    assert english.replace("→", "").replace("…", "").isascii()


def test_rows_in_which_the_same_happened_are_told_together_and_long_lists_are_cut(found: WhatIf) -> None:
    wages = [
        Change("incomes", {"month": date(2025, n, 1), "component": "wage_work"}, "amount", 1.0, 2.0, added=False)
        for n in (3, 2, 1)
    ]
    sizes = [
        Change("households", {"valid_from": date(2020, 1, n)}, "size", n, n + 1, added=False) for n in range(1, 15)
    ]
    chinese, english = told(WhatIf(**{**vars(found), "changes": [*wages, *sizes]}))
    assert "月度收入（2025-03-01，务工等3行）金额：1.00 → 2.00" in chinese
    assert "incomes (2025-03-01, Wage work and so on, 3 rows) amount: 1.00 → 2.00" in english
    assert f"另有{len(sizes) + 1 - SHOWN}处" in chinese
    assert found.household_id not in chinese.partition("\n")[2]


def test_a_column_whose_file_asks_the_opposite_is_told_by_what_it_says(found: WhatIf) -> None:
    key = {"checked_on": date(2025, 11, 21), "stage": "annual"}
    repaired = Change("guarantee_checks", key, "house_ok", before=False, after=True, added=False)
    chinese, _ = told(WhatIf(**{**vars(found), "changes": [repaired]}))
    assert "住房安全：否 → 是" in chinese
    assert "安全问题" not in chinese


def test_a_rare_event_is_told_of_a_thousand_households(found: WhatIf) -> None:
    rare = WhatIf(**{**vars(found), "horizons": [Horizon(12, 0.02, 0.004)]})
    assert "同类1000户中约20户 → 约4户（0.0200 → 0.0040）" in told(rare)[0]


def test_what_has_to_be_known_about_model_and_ranges_is_noted(found: WhatIf) -> None:
    plain = told(found)[0]
    noted = told(WhatIf(**{**vars(found), "other_model": True, "ranges_confirmed": False}))[0]
    for words in ("现行模型与2024-05-05发布结果时的模型不同", "尚未核对"):
        assert words not in plain
        assert words in noted


def test_what_changes_nothing_says_so_in_place_of_a_number(office: Office) -> None:
    size = "households.size=9"
    again = what_if(office.workspace, office.riskiest, corrections=[size])
    same = WhatIf(**{**vars(again), "outcome": "unchanged", "steps": [Step("house_repair", {}, 0)], "changes": []})
    chinese, english = told(same)
    assert "不改动任何数据" in chinese
    assert "No fact is changed" in english
    assert "个月内：" not in chinese
    unseen = what_if(office.workspace, office.riskiest, corrections=["households.responsible_id=K999"])
    assert "指标都没有变化" in told(unseen)[0]


def test_a_rule_that_excludes_the_help_is_named_with_its_fact(found: WhatIf) -> None:
    bound = MeasureEntry("M09", "labour", measure="public_post", standing="excluded", value=0, least=16, most=59)
    step = Step("public_post", {"wage": 800, "months": 12}, 3, bound=bound)
    chinese, english = told(WhatIf(**{**vars(found), "steps": [step]}))
    assert "假定：安排公益岗位（800元/月，12个月）" in chinese
    fact = fact_sentence({"fact": "labour", "value": 0, "least": 16, "most": 59}, "no")
    assert f"按规则M09不适用（{fact.zh}）" in chinese
    assert f"excluded by rule M09 ({fact.en})" in english


def test_the_list_has_every_scenario_with_its_range(office: Office) -> None:
    offered = choices(office.workspace, office.as_of)
    chinese, english = ("\n".join(scenario_lines(offered, language)) for language in ("zh", "en"))
    assert "wage=800元/月（300至3000）" in chinese
    assert "share=60% of the self-pay (0.05 to 0.9)" in english
    assert english.isascii()
    assert all(choice.scenario in chinese for choice in offered)
