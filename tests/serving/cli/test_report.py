from __future__ import annotations

from pathlib import Path

import pytest

from command_line import answer
from tested_county import Backtested
from trained_county import LABEL, Office


def test_without_a_back_test_it_is_wrong_usage(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "report", "--json", home=office.workspace.home)
    assert shown.code == 2
    assert "Make it first: riskmodel backtest" in shown.json["error"]["message"]


def test_an_unknown_label_is_wrong_usage(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "report", "--label", "richer_12m", home=office.workspace.home)
    assert (shown.code, "no label 'richer_12m'" in shown.err) == (2, True)


def test_the_answer_says_where_the_report_lies(
    tested: Backtested, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tested.copied(tmp_path)
    done = answer(capsys, "report", "--json", home=place.home)
    assert done.code == 0, done.err
    assert done.json["label"] == LABEL
    assert Path(done.json["page"]).read_text("utf-8").startswith("<!DOCTYPE html>")
    shown = answer(capsys, "report", home=place.home)
    assert "report 报告:" in shown.out
    assert "household-risk-new_entry_12m version 1 (lightgbm), 12, 6 months" in shown.out
