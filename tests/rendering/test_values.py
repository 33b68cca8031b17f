from __future__ import annotations

from datetime import date

import pytest

from riskmodel.features import declared
from riskmodel.policy import Source
from riskmodel.rendering.values import TELL, percent, shown_date, shown_source, shown_unit, shown_value


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (0.834, "倍", "83%", "83%"),
        (1.834, "倍", "1.83 倍", "1.83 times"),
        (0.125, "比例", "12%", "12%"),
        (1.143, "比例", "114%", "114%"),
        (11.4, "比例", "11.40 倍", "11.40 times"),
        (3.0, "人", "3 人", "3"),
        (1.5, "人", "1.5 人", "1.5"),
        (7.0, "月", "7 个月", "7 months"),
        (1.0, "月", "1 个月", "1 month"),
        (1.04, "月", "1.0 个月", "1.0 months"),
        (1.0, "天", "1 天", "1 day"),
        (1.0, "岁", "1 岁", "1 year"),
        (200.0, "天", "200 天", "200 days"),
        (46.0, "岁", "46 岁", "46 years"),
        (2.0, "次", "2 次", "2"),
        (18400.4, "元", "18,400 元", "18,400 yuan"),
        (None, "倍", "数据缺失", "not known"),
        (-0.001, "倍", "-0.1%", "-0.1%"),
        (-0.0001, "比例", "0%", "0%"),
        (-0.5, "比例", "-50%", "-50%"),
    ],
)
def test_a_value_is_written_with_its_unit(value: float | None, unit: str, zh: str, en: str) -> None:
    assert shown_value(value, unit, "zh") == zh
    assert shown_value(value, unit, "en") == en


def test_ratios_that_are_compared_are_written_alike() -> None:
    assert shown_value(0.4, "倍", "zh", beside=1.2) == "0.40 倍"
    assert shown_value(1.2, "倍", "zh", beside=0.4) == "1.20 倍"
    assert shown_value(0.4, "倍", "zh", beside=0.5) == "40%"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.5, "50%"), (0.994, "99.4%"), (0.95, "95%"), (0.9999, "100%"), (1.0, "100%"), (0.004, "0.4%"), (0.0, "0%")],
)
def test_a_share_is_not_rounded_to_all_or_nothing(share: float, text: str) -> None:
    assert percent(share) == text


def test_school_terms_are_those_of_spring_and_autumn() -> None:
    assert shown_date(date(2025, 3, 1), "term", "zh") == "2025年春季学期"
    assert shown_date(date(2025, 9, 1), "term", "en") == "autumn term 2025"


def test_a_year_is_told_as_such() -> None:
    assert shown_date(date(2019, 1, 1), "year", "zh") == "2019年"
    assert shown_date(date(2019, 1, 1), "year", "en") == "2019"


def test_every_department_has_a_name() -> None:
    assert {key.removeprefix("source.") for key in TELL.texts if key.startswith("source.")} == set(Source.codes())
    assert shown_source("med_ins", "zh") == "医保部门"


def test_every_unit_of_a_feature_has_a_name_in_both_languages() -> None:
    for unit in {feature.unit for feature in declared()}:
        assert shown_unit(unit, "zh") == unit
        assert shown_unit(unit, "en").isascii()
