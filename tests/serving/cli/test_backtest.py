from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from command_line import answer
from riskmodel.serving.cli.backtest import _lines
from riskmodel.training.gate import Check, Verdict
from riskmodel.training.stability import Stability
from riskmodel.workflows.backtest import BackTest

if TYPE_CHECKING:
    import pytest

    from trained_county import Office

LEAD = {"events": 40, "listed": 0.5, "early": 0.25, "median_months": 4.0, "listed_before_wire": 0.45}
AHEAD = {"value": 0.05, "low": -0.01, "high": 0.11}
SCHEME = {
    "metrics": {"lightgbm": {"roc_auc": 0.8, "recall_at_capacity": 0.31, "lift_over_wires": None}},
    "differences": {
        pair: dict.fromkeys(("average_precision", "recall_at_capacity", "roc_auc"), AHEAD)
        for pair in ("lightgbm - rules", "rules - lightgbm")
    },
    "lead_time": {"lightgbm": LEAD, "rules": LEAD | {"median_months": None}},
}
DONE = BackTest(
    label="new_entry_12m",
    horizon_months=12,
    folder="/somewhere",
    as_of_dates=["2024-01-05"],
    rows=1000,
    events=40,
    areas="township",
    folds=[{"scheme": "time"}, {"scheme": "area"}],
    pooled={"time": SCHEME, "area": SCHEME | {"lead_time": None}, "space_time": SCHEME},
    gate=Verdict(
        "naive",
        "nothing beats it",
        "没有更好的",
        [Check("lightgbm", "time", "events", False, "40")],
        [Stability("naive", 1200, 0.125, 120, 0.05), Stability("lightgbm", 1200, 0.25, 120, 0.1)],
    ),
    released=True,
)


def test_the_terminal_shows_the_numbers_the_lead_and_the_verdict() -> None:
    text = "\n".join(_lines(DONE))
    assert "later in time and in other places 时间与地区同时留出 (0 folds)" in text
    assert "0.3100" in text
    assert "lightgbm   listed 50% of 40 events before they came, 25% by 3 months or more; median lead 4 months" in text
    assert "median lead - months" in text
    assert "lightgbm - rules: average precision +0.0500 [-0.0100, +0.1100]; recall at capacity +0.0500" in text
    assert "rules - lightgbm" not in text
    assert "gate 检验: 没有更好的" in text
    assert "lightgbm: 1 of 1 demands not met" in text
    assert "12.5% of 1,200 unchanged households are told another one by the naive of one date earlier; 5.0%" in text
    assert "25.0% of 1,200 unchanged households are told another one by the lightgbm of one date earlier" in text


def test_a_horizon_that_is_not_released_says_why() -> None:
    text = "\n".join(_lines(replace(DONE, released=False, why_not="too early")))
    assert text.endswith("NOT RELEASED 未发布: too early")


def test_a_label_that_does_not_exist_is_wrong_usage(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "backtest", "--label", "zz", "--json", home=office.workspace.home)
    assert shown.code == 2
    assert "no label 'zz'" in shown.json["error"]["message"]
