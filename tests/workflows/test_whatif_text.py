from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.rendering.measure_text import fact_sentence
from riskmodel.rendering.sentences import meaning, of_households
from riskmodel.scoring.household_rows import Change
from riskmodel.scoring.scenarios import SCENARIOS
from riskmodel.scoring.whatif import Horizon
from riskmodel.workflows.measures import MeasureEntry
from riskmodel.workflows.whatif import Step, WhatIf, what_if
from riskmodel.workflows.whatif_questions import choices
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
    for words in (
        "试算  H",
        "12个月内：情况相近的农户每 100 户中",
        "6个月内",
        "更正：农户",
        "不是帮扶的效果",
        "不写入",
        "按类别",
    ):
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
    assert "月度收入（2025年3月，务工等3行）金额：1 元 → 2 元" in chinese
    assert "incomes (2025-03, Wage work and so on, 3 rows) amount: 1 yuan → 2 yuan" in english
    assert f"另有{len(sizes) + 1 - SHOWN}处" in chinese
    assert found.household_id not in chinese.partition("\n")[2]


def test_a_column_whose_file_asks_the_opposite_is_told_by_what_it_says(found: WhatIf) -> None:
    key = {"checked_on": date(2025, 11, 21), "stage": "annual"}
    repaired = Change("guarantee_checks", key, "house_ok", before=False, after=True, added=False)
    chinese, _ = told(WhatIf(**{**vars(found), "changes": [repaired]}))
    assert "住房安全：否 → 是" in chinese
    assert "安全问题" not in chinese


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.02, 0.004, "情况相近的农户每 1000 户中约 20 户 → 约 4 户（概率 0.020 → 0.004）"),
        (0.2, 0.1, "情况相近的农户每 100 户中约 20 户 → 约 10 户（概率 0.200 → 0.100）"),
        (0.204, 0.196, "情况相近的农户每 100 户中仍约 20 户（概率 0.204 → 0.196）"),
        (0.996, 0.9, "情况相近的农户每 1000 户中约 996 户 → 约 900 户"),
        (0.0001, 0.0002, "情况相近的农户每 1000 户中仍约 1 户（概率 0.000 → 0.000）"),
    ],
)
def test_probabilities_are_told_in_households_as_an_explanation_tells_them(
    found: WhatIf, before: float, after: float, said: str
) -> None:
    changed = WhatIf(**{**vars(found), "horizons": [Horizon(12, before, after)]})
    assert said in told(changed)[0]
    if of_households(before, after) == of_households(after):
        share = meaning(after, 12, "", "zh").partition("会在")[0]
        assert share.split("约 ")[1] in said
        assert share.split("中")[0] in said


def test_what_was_lifted_by_the_shorter_horizon_is_noted_and_no_reasons_are_spoken_of(found: WhatIf) -> None:
    for lifted, zh, en in (
        ((0.1234, 0.0567), "现在 0.123，改动后 0.057", "now 0.123, then 0.057"),
        ((None, 0.0567), "改动后 0.057", "then 0.057"),
        ((0.1234, None), "现在 0.123", "now 0.123"),
    ):
        chinese, english = told(WhatIf(**{**vars(found), "lifted": lifted}))
        assert f"6个月内的概率高于12个月模型自身的概率（{zh}）" in chinese
        assert f"above that of the 12-month model ({en})" in english
        assert "以上原因" not in chinese
        assert "reasons" not in english
    assert "6个月内的概率高于" not in told(WhatIf(**{**vars(found), "lifted": (None, None)}))[0]


def test_a_correction_to_what_stands_says_that_nothing_changes(office: Office) -> None:
    (size,) = published_sizes(office)
    chinese, english = told(what_if(office.workspace, office.riskiest, corrections=[f"households.size={size}"]))
    assert f"家庭人口数现在就是{size}，没有改动" in chinese
    assert f"size is {size} already: nothing changes" in english
    assert "没有这" not in chinese
    assert "口径" not in chinese


def published_sizes(office: Office) -> list[int]:
    return pl.read_parquet(f"{office.results}/*.parquet").filter(household_id=office.riskiest)["size"].to_list()


def test_what_follows_from_a_correction_is_told_below_it(found: WhatIf) -> None:
    key = {"household_id": found.household_id, "year": 2025, "stage": "annual"}
    wage = Change("income_surveys", key, "wage", 1.0, 2.0, added=False)
    total = Change("income_surveys", key, "net_total", 1.0, 2.0, added=False)
    chinese, english = told(WhatIf(**{**vars(found), "steps": [Step("", {}, 2, correction=wage, follows=(total,))]}))
    assert "工资性收入由1 元改为2 元\n    同一行随之变动：家庭纯收入由1 元变为2 元" in chinese
    assert "moved along in the row: net_total from 1 yuan to 2 yuan" in english


@pytest.mark.parametrize(
    ("code", "why"),
    [
        *(("public_post", why) for why in ("there", "nobody", "late")),
        *((code, "there") for code in SCENARIOS if code not in ("public_post", "medical_aid")),
        *((code, "none") for code in SCENARIOS if code not in ("public_post", "dibao")),
    ],
)
def test_why_help_changes_nothing_is_said_for_each_kind(found: WhatIf, code: str, why: str) -> None:
    given = {"months": 2.0, "wage": 1.0, "share": 0.5, "amount": 1.0}
    parameters = {name: given[name] for name in SCENARIOS[code].parameters}
    chinese, english = told(WhatIf(**{**vars(found), "steps": [Step(code, parameters, 0, why=why)]}))
    assert "不改动任何数据：" in chinese
    assert "changes no fact: " in english


def test_months_that_are_there_already_are_told_beside_those_added(found: WhatIf) -> None:
    step = Step("dibao", {"amount": 300.0, "months": 12.0}, 3, already=9)
    assert "其中9个月该户已在享低保或特困供养" in told(WhatIf(**{**vars(found), "steps": [step]}))[0]


def test_a_new_entry_is_said_not_to_concern_a_monitored_household(found: WhatIf) -> None:
    for mark, words in (("monitored", "“新纳入监测”对它不适用"), ("too_new", "模型尚不能判断")):
        assert words in told(WhatIf(**{**vars(found), mark: True}))[0]
        assert words not in told(WhatIf(**{**vars(found), mark: False}))[0]
    spending = {**vars(found), "monitored": True, "label": "spending_shock_12m"}
    assert "对它不适用" not in told(WhatIf(**spending))[0]


def test_what_has_to_be_known_about_model_and_ranges_is_noted(found: WhatIf) -> None:
    plain = told(found)[0]
    noted = told(WhatIf(**{**vars(found), "other_model": True, "ranges_confirmed": False}))[0]
    for words in ("现行模型与2024年5月5日发布结果时的模型不同", "尚未核对"):
        assert words not in plain
        assert words in noted


def test_what_changes_nothing_says_so_in_place_of_a_number(office: Office) -> None:
    size = "households.size=9"
    again = what_if(office.workspace, office.riskiest, corrections=[size])
    same = WhatIf(
        **{**vars(again), "outcome": "unchanged", "steps": [Step("house_repair", {}, 0, why="none")], "changes": []}
    )
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
    assert "wage=800元/月（300元/月至3,000元/月）" in chinese
    assert "share=自付的60%（自付的5%至自付的90%）" in chinese
    assert "share=60% of the self-pay (5% of the self-pay to 90% of the self-pay)" in english
    assert english.isascii()
    assert all(choice.scenario in chinese for choice in offered)
