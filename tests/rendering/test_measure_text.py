from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from riskmodel.policy import EVIDENCE, REMEDIES, Cause
from riskmodel.rendering.measure_text import (
    cause_title,
    fact_sentence,
    group_heading,
    heading,
    measure_sentences,
    measure_title,
    statement_sentence,
)
from riskmodel.rendering.messages import messages

ROW: dict[str, Any] = {
    **{"cause": "IND", "measure": "finance", "option": "small_loan", "standing": "excluded", "rule": "M05"},
    **{"fact": "loan_room", "value": 50000.0, "least": None, "most": 50000.0, "one_of": False},
    **{"running": False, "since": None, "until": None},
}


def test_a_sentence_says_standing_measure_rule_and_fact() -> None:
    (told,) = measure_sentences([ROW])
    assert told.zh == "不适用：金融帮扶（小额信贷）。依据M05：现有小额信贷本金合计50,000元，已到50,000元贴息上限"
    assert told.en.startswith("Excluded: Financial support (Small loan). M05: small loans of 50,000 yuan")


def test_measures_of_one_standing_and_fact_are_told_together_and_musts_first() -> None:
    fact = {"fact": "labour", "value": 2.0, "least": 16.0, "most": 59.0, "rule": "M01"}
    must = ROW | fact | {"standing": "must", "one_of": True, "measure": "public_post", "option": None}
    running = must | {"running": True, "since": date(2024, 1, 1), "until": date(2025, 1, 1), "measure": "industry"}
    told = measure_sentences([ROW, must, running])
    assert [words.zh[:11] for words in told] == ["须至少落实其中一项：公", "不适用：金融帮扶（小额"]
    assert "公益岗位、产业帮扶【在享，2024年1月1日至2025年1月1日】" in told[0].zh


def test_one_of_several_that_is_told_alone_says_that_another_will_do() -> None:
    house = {"measure": "housing", "option": None, "standing": "must", "one_of": True, "rule": "M04"}
    (told,) = measure_sentences([ROW | house | {"fact": "unsafe_house", "value": 3.0}])
    assert told.zh == "须落实：住房安全，或落实另一项符合同一规定的措施。依据M04：住房不安全（C级）"
    assert told.en.startswith("A must: Safe housing, or another measure that meets the same rule. M04")


def test_a_measure_that_only_runs_needs_no_rule() -> None:
    row = ROW | {"standing": "running", "rule": None, "fact": None, "running": True, "since": date(2024, 1, 1)}
    assert measure_sentences([row])[0].zh == "正在实施：金融帮扶（小额信贷）【在享，2024年1月1日起】"
    held = row | {"since": None}
    assert measure_sentences([held])[0].en.endswith("[in force]")


def test_every_condition_of_the_map_can_be_told_in_each_way() -> None:
    facts = {name for r in REMEDIES for name in r.needs} | {"usual"}
    missing = [f"{name}.{way}" for name in facts - {"usual"} for way in ("yes", "no", "unknown")]
    assert [key for key in missing if key not in messages("measures")] == []
    for name in facts - {"usual"}:
        unknown = fact_sentence({"fact": name, "value": None, "least": None, "most": None}, "unknown")
        assert unknown.zh
        assert unknown.en.isascii()


@pytest.mark.parametrize(("value", "shown"), [(1.0, "A级"), (4.0, "D级"), (None, "未鉴定")])
def test_a_grade_is_told_as_its_letter(value: float | None, shown: str) -> None:
    told = {"fact": "unsafe_house", "value": value, "least": None, "most": None}
    assert shown in fact_sentence(told, "yes").zh


def test_rules_of_the_household_are_told_and_those_that_do_not_concern_it_are_not() -> None:
    row = {"cause": None, "option": None, "rule": "M01", "state": "open", "fact": "labour", "value": 0.0}
    row |= {"least": None, "most": None}
    told = statement_sentence(row)
    assert told is not None
    assert told.zh.startswith("M01 未符合")
    assert statement_sentence(row | {"state": "not_asked"}) is None
    questioned = statement_sentence(row | {"cause": "DIS", "rule": "MAP", "state": "questioned", "fact": "disabled"})
    assert questioned is not None
    assert questioned.zh == "因残：数据中没有这一风险的依据（没有持残疾证的成员），请先核实"


def test_a_questioned_cause_denies_every_fact_of_its_evidence_and_a_lack_of_labour_says_who_can_work() -> None:
    row: dict[str, Any] = {"rule": "MAP", "state": "questioned", "option": None, "least": None, "most": None}
    ill = statement_sentence(row | {"cause": "ILL", "fact": "ill_member", "value": 0.0})
    assert ill is not None
    denied = "没有长期慢性病或大病成员；近12个月没有医疗自付；收入采集中没有合规自付；没有成员未参加基本医保"
    assert ill.zh == f"因病：数据中没有这一风险的依据（{denied}），请先核实"
    labour = statement_sentence(row | {"cause": "LAB", "fact": "short_of_labour", "value": 3.0})
    assert labour is not None
    assert labour.zh.startswith("缺劳动力：有劳动能力的成员（不限年龄）3人，达到家庭人口一半")
    assert "没有这一风险的依据" not in labour.zh
    assert "no evidence" not in labour.en


def test_an_incomplete_cause_names_what_is_denied() -> None:
    row = {"rule": "MAP", "state": "incomplete", "option": None, "value": 0.0, "least": None, "most": None}
    ill = statement_sentence(row | {"cause": "ILL", "fact": "ill_member"})
    assert ill is not None
    assert ill.zh == "因病：依据不全（没有长期慢性病或大病成员），登记这一风险前请先核实"


def test_every_fact_of_the_evidence_can_be_denied_and_left_open() -> None:
    for cause, names in EVIDENCE.items():
        for name in names:
            row: dict[str, Any] = {"cause": cause.value, "fact": name, "rule": "MAP", "option": None}
            # of several facts only the first has its number
            row |= dict.fromkeys(("value", "least", "most"), 1.0 if len(names) == 1 else None)
            for state in ("questioned", "to_check", "incomplete"):
                told = statement_sentence(row | {"state": state})
                assert told is not None
                assert told.en.isascii()


@pytest.mark.parametrize(("fact", "value"), [("unsafe_house", 3.0), ("unsafe_water", None)])
def test_findings_that_disagree_are_told_with_their_days_and_not_as_missing(fact: str, value: float | None) -> None:
    days = {"found_on": date(2021, 8, 17), "checked_on": date(2024, 10, 20)}
    told = fact_sentence({"fact": fact, "value": value, **days}, "unknown")
    assert told.zh.startswith("2021年8月17日")
    assert "2024年10月20日" in told.zh
    assert "没有" not in told.zh
    assert told.en.isascii()
    for one in days:
        alone = fact_sentence({"fact": fact, "value": value, **days, one: None}, "unknown")
        assert alone.zh.startswith("既没有")


def test_who_is_entitled_is_told_with_income_and_standard() -> None:
    row: dict[str, Any] = {"cause": None, "option": "dibao", "rule": "M10", "fact": "below_dibao", "value": 963.6}
    row |= {"least": None, "most": 7100.0}
    told = {state: statement_sentence(row | {"state": state}) for state in ("open", "met", "to_check")}
    assert told["open"] is not None
    assert told["open"].zh == (
        "M10 应保尽保：没有在享低保或特困供养的记录，建议申请低保"
        "（人均纯收入964元，低于低保标准7,100元；是否符合由民政部门认定）"
    )
    assert told["met"] is not None
    assert "已在享" in told["met"].zh
    assert told["to_check"] is not None
    assert "没有收入采集" in told["to_check"].zh


def test_titles_are_those_of_the_vocabulary() -> None:
    assert measure_title("water").zh == "饮水安全"
    assert measure_title("other_education", "yulu").zh == "其他教育帮扶（雨露计划）"
    assert cause_title("ILL").zh == Cause.ILL.zh
    assert Cause.ILL.zh in group_heading("ILL").zh
    assert "不对应" in group_heading(None).zh
    assert "由干部决定" in heading().zh
