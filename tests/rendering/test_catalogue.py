from __future__ import annotations

import re
import string
from typing import get_args

import pytest

from riskmodel.features import Feature, declared
from riskmodel.rendering.catalogue import MESSAGES, Language, Named, meaning, reason, shown_value, text

LANGUAGES: tuple[Language, ...] = get_args(Language)
CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
INCOME = Named("收入与监测线之比", "income over the line", "倍", "收入", "income")


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


@pytest.mark.parametrize("key", MESSAGES)
def test_every_message_is_there_in_both_languages_with_the_same_fields(key: str) -> None:
    assert set(MESSAGES[key]) == set(LANGUAGES) == {"zh", "en"}
    zh, en = MESSAGES[key]["zh"], MESSAGES[key]["en"]
    assert fields(zh) == fields(en)
    assert CHINESE.search(zh)
    assert en
    assert not CHINESE.search(en)


def test_a_message_gets_its_fields() -> None:
    assert text("unconfirmed", "en", count=2, kinds="a, b").startswith("2 policy values used are not confirmed")
    assert text("unconfirmed", "zh", count=2, kinds="甲、乙").endswith("：甲、乙")


def test_an_unknown_message_or_a_missing_field_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError, match="nothing"):
        text("nothing", "zh")
    with pytest.raises(KeyError, match="kinds"):
        text("unconfirmed", "zh", count=2)


@pytest.mark.parametrize(
    ("probability", "share", "of"),
    [
        (0.23, 23, 100),
        (0.234, 23, 100),
        (0.01, 1, 100),
        (0.999, 100, 100),
        (0.0099, 10, 1000),
        (0.004, 4, 1000),
        (0.0004, 1, 1000),
        (1e-9, 1, 1000),
    ],
)
def test_a_probability_is_told_in_households(probability: float, share: int, of: int) -> None:
    zh = meaning(probability, 12, "新纳入监测", "zh")
    assert zh == f"同类 {of} 户中约 {share} 户会在 12 个月内发生：新纳入监测"
    en = meaning(probability, 12, "new entry", "en")
    assert en == f"About {share} of {of} such households: new entry within 12 months"


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (0.834, "倍", " 0.83 倍", "0.83 times"),
        (0.125, "比例", " 12%", "12%"),
        (3.0, "人", " 3 人", "3"),
        (7.0, "月", " 7 个月", "7 months"),
        (200.0, "天", " 200 天", "200 days"),
        (46.0, "岁", " 46 岁", "46 years"),
        (2.0, "次", " 2 次", "2 times"),
        (3.0, "级", " 3 级", "level 3"),
        (1.0, "是否", "：是", "yes"),
        (0.0, "是否", "：否", "no"),
        (1250.5, "元", " 1250.5 元", "1250.5"),
        (None, "倍", "：数据缺失", "not known"),
        (None, "是否", "：数据缺失", "not known"),
        (-0.001, "倍", " 0.00 倍", "0.00 times"),
        (-0.001, "比例", " 0%", "0%"),
        (-0.5, "比例", " -50%", "-50%"),
    ],
)
def test_a_value_is_written_with_its_unit(value: float | None, unit: str, zh: str, en: str) -> None:
    assert shown_value(value, unit, "zh") == zh
    assert shown_value(value, unit, "en") == en


def test_a_reason_is_a_sentence_of_group_label_value_and_direction() -> None:
    assert reason(INCOME, 0.8, raises=True, language="zh") == "收入：收入与监测线之比 0.80 倍，推高风险"
    assert reason(INCOME, 0.8, raises=False, language="zh") == "收入：收入与监测线之比 0.80 倍，降低风险"
    assert reason(INCOME, 0.8, raises=True, language="en") == "income: income over the line 0.80 times, raises the risk"
    assert reason(INCOME, None, raises=False, language="en") == (
        "income: income over the line not known, lowers the risk"
    )


@pytest.mark.parametrize("feature", declared(), ids=lambda feature: feature.name)
def test_every_feature_can_be_told_in_both_languages(feature: Feature) -> None:
    named = Named(feature.label, feature.english, feature.unit, feature.group.zh, feature.group.en)
    for value in (1.0, 0.0, None):
        assert not CHINESE.search(reason(named, value, raises=True, language="en"))
        zh = reason(named, value, raises=True, language="zh")
        assert feature.label in zh
        assert not re.search("[A-Za-z]", zh.replace(feature.label, ""))


def test_the_catalogue_says_that_people_decide() -> None:
    assert "核实" in text("order_only", "zh")
    assert "a person decides" in text("order_only", "en")
