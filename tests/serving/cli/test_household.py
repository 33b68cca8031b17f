from __future__ import annotations

import re
from dataclasses import replace

import pytest

from command_line import answer
from riskmodel.rendering.messages import Language
from riskmodel.serving.cli.household import explanation_lines
from riskmodel.workflows.explain import explain
from trained_county import Office


def test_an_explanation_is_one_json_object(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "explain", office.riskiest, "--json", home=office.workspace.home)
    found = explain(office.workspace, office.riskiest)
    assert (shown.code, shown.err) == (0, "")
    assert shown.json["probability"] == found.probability
    assert shown.json["contributions"] == found.contributions
    assert shown.json["reasons"] == found.reasons


def test_an_explanation_is_told_in_chinese_and_in_english(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    chinese = answer(capsys, "explain", office.riskiest, home=office.workspace.home)
    english = answer(capsys, "explain", office.riskiest, "--english", home=office.workspace.home)
    assert "推高风险" in chinese.out
    assert "raises the risk" in english.out
    assert "推高风险" not in english.out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_tells_chance_reasons_change_ranks_model_and_age(office: Office, language: Language) -> None:
    found = explain(office.workspace, office.riskiest, language=language)
    text = "\n".join(explanation_lines(found))
    told = [one["sentence"] for one in (*found.reasons, *found.protections, *found.missing)]
    assert found.change is not None
    parts = [found.household_id, found.meaning, found.tier_title, found.model, *found.notes, *found.change.sentences]
    assert [part for part in (*parts, *told) if part not in text] == []
    age = {
        "zh": f"最近一次收到本户数据距评估日 {found.data_age_days} 天",
        "en": f"days since news of the household last arrived: {found.data_age_days}",
    }
    assert age[language] in text


def test_languages_are_not_mixed(office: Office) -> None:
    chinese, english = (
        "\n".join(explanation_lines(explain(office.workspace, office.riskiest, language=language)))
        for language in ("zh", "en")
    )
    assert not re.search(r"[\u3400-\u9fff\uff00-\uffef]", english)
    codes = re.compile(r"\bH[0-9a-f]{24}\b|模型 [0-9a-f]{16}|[ABCD] ?级|M\d\d")
    assert not re.search("[A-Za-z]", codes.sub("", chinese))


def test_a_household_of_which_the_age_of_the_data_is_not_known_is_told_too(office: Office) -> None:
    found = replace(explain(office.workspace, office.riskiest), data_age_days=None, probability_6m=None, reasons=[])
    text = "\n".join(explanation_lines(found))
    assert "最近一次收到本户数据" not in text
    assert "没有突出的推高风险的原因" in text


def test_an_unknown_household_is_wrong_usage(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "explain", "H000", "--json", home=office.workspace.home)
    assert shown.code == 2
    assert "H000 was not scored" in shown.json["error"]["message"]
    assert "没有评估过户 H000。请核对户编号" in shown.json["error"]["message"]
