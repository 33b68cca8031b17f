from __future__ import annotations

import pytest

from command_line import answer
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


def test_it_tells_chance_reasons_ranks_model_and_age(office: Office) -> None:
    found = explain(office.workspace, office.riskiest)
    text = "\n".join(explanation_lines(found))
    parts = [found.household_id, found.meaning, found.tier_title, found.model, f"data age {found.data_age_days} days"]
    assert [part for part in [*parts, *found.notes, *(r["sentence"] for r in found.reasons)] if part not in text] == []
    assert "#1 / #1" in text


def test_an_unknown_household_is_wrong_usage(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "explain", "H000", "--json", home=office.workspace.home)
    assert shown.code == 2
    assert "H000 was not scored" in shown.json["error"]["message"]
