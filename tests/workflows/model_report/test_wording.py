from __future__ import annotations

import re

import pytest

from riskmodel.rendering.document import Measured
from riskmodel.rendering.messages import Words, same
from riskmodel.training.fit import KINDS
from riskmodel.training.groups import GROUPINGS
from riskmodel.workflows.model_report.wording import (
    demand,
    found,
    group_title,
    grouping_title,
    interval,
    kind_title,
    kinds,
    limits,
    number,
    of_hundred,
    percent,
    policy_title,
    style_of,
)
from tested_county import Backtested

CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_every_demand_and_finding_of_the_gate_is_told_in_both_languages(tested: Backtested) -> None:
    checks = tested.result["gate"]["checks"]
    assert len(checks) > 50
    for check in checks:
        told = demand(check["demand"])
        assert CHINESE.search(told.zh), check
        assert not CHINESE.search(told.en)
        assert not re.search(r"\w+_\w+", told.zh.replace("ROC_AUC", "")), check


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("none", "无"),
        ("99", "99"),
        ("0.4119 [nan, nan]", "0.4119"),
        ("difference 0.05 [-0.08, 0.19]", "相差 0.05 [-0.08, 0.19]"),
        (
            "sex_of_head=female: recall -0.2000 [-0.3000, -0.1000] to all, shrunk -0.1500, "
            "township=990301100: recall -0.2500 [-0.4000, -0.1000] to all, shrunk -0.1200",
            "户主性别“女”：与总体相差 -0.2000 [-0.3000, -0.1000]，收缩后 -0.1500；"
            "乡镇“990301100”：与总体相差 -0.2500 [-0.4000, -0.1000]，收缩后 -0.1200",
        ),
    ],
)
def test_what_a_check_found_is_told_in_chinese(text: str, zh: str) -> None:
    assert found(text).zh == zh


def test_a_demand_that_is_not_known_stays_as_the_gate_wrote_it() -> None:
    assert demand("something new") == same("something new")
    assert CHINESE.search(demand("ROC AUC at most 0.97: better is too good to be true, look for a leak").zh)


def test_numbers_are_written_by_what_they_are() -> None:
    assert [number(0.12345, name) for name in ("recall_at_capacity", "brier", "roc_auc")] == [
        "12.3%",
        "0.1235",
        "0.123",
    ]
    assert [number(None), number(float("nan")), percent(None)] == ["–"] * 3
    assert limits({"low": 0.1, "high": 0.2}, "precision_at_capacity") == "[10.0%, 20.0%]"
    assert limits({"low": None, "high": 0.2}) == limits(None) == ""
    assert interval({"value": 0.5, "low": 0.4, "high": 0.6}) == Measured("0.500", "[0.400, 0.600]")


@pytest.mark.parametrize(
    ("share", "zh"), [(0.2345, "23"), (0.1, "10"), (0.0234, "2.3"), (0.0004, "0.04"), (0.0, "0.00")]
)
def test_a_share_is_told_in_households(share: float, zh: str) -> None:
    assert of_hundred(share).zh == f"100户中约 {zh} 户"
    assert of_hundred(None) == same("–")


def test_every_kind_and_group_has_a_title_in_both_languages() -> None:
    for kind in (*KINDS, "champion"):
        assert CHINESE.search(kind_title(kind).zh)
    for grouping in GROUPINGS:
        assert grouping_title(grouping.name) == Words(grouping.zh, grouping.en)
        for group in grouping.values:
            assert CHINESE.search(group_title(grouping.name, group).zh)
    assert group_title("township", "990301100") == same("990301100")
    assert group_title("all", "all").en == "All"
    assert kind_title("new kind") == same("new kind")


def test_kinds_are_listed_in_one_order_and_each_has_a_style_of_its_own() -> None:
    listed = kinds(dict.fromkeys(["champion", *KINDS, "another"]))
    assert listed == ["lightgbm", "logistic", "rule_pack", "naive", "rules", "champion", "another"]
    assert len({style_of(kind) for kind in listed}) == len(listed)


def test_a_policy_value_is_told_by_its_title() -> None:
    assert policy_title("visits.per_township_month").zh == "每乡镇每月走访户数"
    assert policy_title("no.such.kind") == same("no.such.kind")
