from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from riskmodel.features import Feature, declared
from riskmodel.policy import Background, Cause, Education, HouseGrade
from riskmodel.rendering.messages import Language, Words
from riskmodel.rendering.sentences import (
    NEARLY_ALL,
    Fact,
    behind,
    in_households,
    meaning,
    missing,
    moved,
    moved_together,
    of_households,
    reason,
    told,
)
from riskmodel.rendering.values import CODED, TELL, Absent

LANGUAGES: tuple[Language, ...] = get_args(Language)
CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
LEVELS = {"house_grade": range(1, len(HouseGrade) + 1), "water_supply": range(4)}
SCHOOLING = range(len(Education))
BILLS = Fact(
    feature="bills_to_income_12m",
    label=Words("近12个月自付医疗支出占纯收入比", "medical self-pay of 12 months over net income"),
    unit="比例",
    group="ILL",
    title=Words("因病", "Illness"),
    value=1.143,
    typical=0.118,
    source="med_ins",
    day=date(2025, 8, 12),
)
REFERENCE = "reference_income_to_line"
INCOME = Fact(
    feature="income_to_line",
    label=Words("人均纯收入与监测线之比", "per-capita net income over the line"),
    unit="倍",
    group="INCOME",
    title=Words("收入水平", "Income level"),
    value=0.834,
)


@pytest.mark.parametrize(
    ("probability", "share", "of"),
    [
        (0.23, 23, 100),
        (0.234, 23, 100),
        (0.01, 1, 100),
        (0.994, 99, 100),
        (0.999, 999, 1000),
        (0.0099, 10, 1000),
        (0.004, 4, 1000),
        (0.0004, 1, 1000),
        (1e-9, 1, 1000),
    ],
)
def test_a_probability_is_told_in_households(probability: float, share: int, of: int) -> None:
    assert (in_households(probability, of), of_households(probability)) == (share, of)
    if probability >= NEARLY_ALL:
        return
    zh = meaning(probability, 12, "新纳入监测", "zh")
    assert zh == f"情况相近的农户每 {of} 户中约 {share} 户会在 12 个月内新纳入监测"
    en = meaning(probability, 12, "new entry", "en")
    assert en == f"About {share} of {of} such households: new entry within 12 months"


@pytest.mark.parametrize("probability", [0.95, 0.97, 0.999])
def test_nearly_all_is_told_as_such(probability: float) -> None:
    assert meaning(probability, 12, "新纳入监测", "zh") == "情况相近的农户每 100 户中 95 户以上会在 12 个月内新纳入监测"
    assert (
        meaning(probability, 12, "new entry", "en") == "95 or more of 100 such households: new entry within 12 months"
    )


def test_two_probabilities_are_told_of_as_many_households() -> None:
    assert of_households(0.3, 0.004) == 1000
    assert of_households(0.3, 0.04) == 100


def test_a_reason_tells_group_fact_village_department_date_and_direction() -> None:
    assert reason(BILLS, raises=True, language="zh") == (
        "因病：近12个月自付医疗支出占纯收入的 114%（本村中位数 12%；医保部门，最新信息2025年8月12日），推高风险"
    )
    assert reason(BILLS, raises=False, language="en") == (
        "Health: medical self-pay of 12 months is 114% of net income "
        "(village median 12%; medical insurance office, newest information 2025-08-12), lowers the risk"
    )


@pytest.mark.parametrize(
    ("dated", "zh", "en"),
    [
        ("day", "截至2025年9月1日", "as of 2025-09-01"),
        ("month", "截至2025年9月", "as of 2025-09"),
        ("term", "截至2025年秋季学期", "as of autumn term 2025"),
        ("year", "截至2025年", "as of 2025"),
    ],
)
def test_a_date_is_as_fine_as_its_table(dated: str, zh: str, en: str) -> None:
    fact = replace(BILLS, day=date(2025, 9, 1), dated=dated, when="row")  # type: ignore[arg-type]  # one of the four
    assert behind(fact, "zh").endswith(f"，{zh}）")
    assert behind(fact, "en").endswith(f", {en})")


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ("row", "截至2025年9月1日", "as of 2025-09-01"),
        ("newest", "最新信息2025年9月1日", "newest information 2025-09-01"),
        ("as_of", "截至评估日2025年9月1日", "as of the assessment of 2025-09-01"),
        ("event", "2025年9月1日", "2025-09-01"),
        ("ahead", "2025年9月1日到期", "until 2025-09-01"),
    ],
)
def test_a_date_says_what_it_is(when: str, zh: str, en: str) -> None:
    fact = replace(BILLS, day=date(2025, 9, 1), when=when)  # type: ignore[arg-type]  # one of the five
    assert behind(fact, "zh").endswith(f"医保部门，{zh}）")
    assert behind(fact, "en").endswith(f"office, {en})")


def test_a_median_that_reads_as_the_value_is_left_out() -> None:
    assert behind(replace(BILLS, value=0.121, day=None), "zh") == "（医保部门）"
    assert "中位数" in behind(replace(BILLS, value=0.13, day=None), "zh")


def test_what_is_not_known_is_left_out_of_the_brackets() -> None:
    assert behind(replace(BILLS, typical=None, day=None), "zh") == "（医保部门）"
    assert behind(replace(BILLS, source=None), "en") == " (village median 12%)"
    assert behind(replace(BILLS, source=None, typical_of="county"), "zh") == "（全县中位数 12%）"
    assert behind(INCOME, "zh") == ""


def test_a_ratio_is_told_as_one_amount_being_so_much_of_another() -> None:
    assert told(INCOME, "zh") == "人均纯收入是监测线的 83%"
    assert told(INCOME, "en") == "per-capita net income is 83% of the line"
    more = replace(INCOME, value=1.3)
    assert told(more, "zh") == "人均纯收入是监测线的 1.30 倍"
    assert told(more, "en") == "per-capita net income is 1.30 times the line"
    assert told(replace(BILLS, value=3.0, typical=None), "zh") == "近12个月自付医疗支出是纯收入的 3.00 倍"


def test_a_value_and_the_median_beside_it_are_told_alike() -> None:
    near = replace(INCOME, value=0.834, typical=1.6)
    assert told(near, "zh") == "人均纯收入是监测线的 0.83 倍"
    assert behind(near, "zh") == "（本村中位数 1.60 倍）"


def test_what_is_negative_is_told_so() -> None:
    assert told(replace(INCOME, value=0.0, typical=2.0), "zh") == "人均纯收入是监测线的 0%"
    other = replace(INCOME, feature="support_to_line_6m")
    assert told(replace(other, value=-1.5), "zh") == "人均纯收入为负，是监测线的 -1.50 倍"
    assert told(replace(other, value=-0.5), "en") == "per-capita net income is negative: -50%, measured by the line"


def test_a_negative_income_is_explained() -> None:
    reference = replace(
        INCOME, feature=REFERENCE, label=Words("收入参考范围与监测线之比", "reference income over the line")
    )
    zh, en = (told(replace(reference, value=-0.5), language) for language in LANGUAGES)
    assert zh == "收入参考范围为负，是监测线的 -50%：纯收入加理赔减去合规自付医疗支出后为负，支出超过收入"
    assert en.startswith("reference income is negative: -50%, measured by the line; ")
    assert en.endswith("costs exceed income")
    assert "支出超过收入" not in told(replace(reference, value=0.0), "zh")


def test_a_very_small_median_is_told_in_percent_whatever_it_stands_beside() -> None:
    assert behind(replace(INCOME, value=7.67, typical=0.012), "zh") == "（本村中位数 1%）"


def test_a_count_does_not_say_its_unit_twice() -> None:
    fact = replace(
        INCOME, feature="stays_12m", label=Words("近12个月住院次数", "inpatient stays"), unit="次", value=2.0
    )
    assert told(fact, "zh") == "近12个月住院 2 次"
    assert told(fact, "en") == "inpatient stays: 2"


def test_a_missing_value_says_so() -> None:
    assert told(replace(INCOME, value=None), "zh") == "人均纯收入与监测线之比 数据缺失"
    assert told(replace(INCOME, value=None), "en") == "per-capita net income over the line: not known"
    assert missing("住房安全等级", "住房饮水检查", "housing", 0.92, "village", "zh") == (
        "数据缺失：没有本户可用的“住房饮水检查”记录，无法得知“住房安全等级”"
        "（住建部门提供；本村 92% 的户有此项），请走访核实"
    )
    english = missing("house grade", "dwellings", "housing", 0.92, "county", "en")
    assert "known of 92% of the county's households" in english


def test_the_amount_stands_beside_the_ratio() -> None:
    paid = replace(BILLS, amount=2_815_000, amount_label=Words("自付", "self-pay"))
    assert reason(paid, raises=True, language="zh") == (
        "因病：近12个月自付医疗支出占纯收入的 114%"
        "（自付 28,150 元；本村中位数 12%；医保部门，最新信息2025年8月12日），推高风险"
    )
    assert "(self-pay 28,150 yuan; village median 12%; " in reason(paid, raises=True, language="en")
    assert "元" not in behind(replace(paid, amount=0), "zh")


def test_a_change_tells_the_amount_before_and_now() -> None:
    paid = replace(BILLS, amount=2_815_000, amount_label=Words("自付", "self-pay"))
    told_zh = moved(paid, 0.12, raises=True, language="zh", amount_was=300_050)
    assert "（自付由 3,000.50 元变为 28,150 元；医保部门，" in told_zh
    told_en = moved(paid, 0.12, raises=True, language="en", amount_was=0)
    assert "(self-pay 0 yuan before, 28,150 yuan now; " in told_en
    for known in (None, 2_815_000):
        assert "（自付 28,150 元；医保部门" in moved(paid, 0.12, raises=True, language="zh", amount_was=known)


def test_a_change_tells_both_values_and_which_way_it_moved_the_risk() -> None:
    assert moved(BILLS, 0.12, raises=True, language="zh") == (
        "健康和医疗：近12个月自付医疗支出占纯收入比由 12% 变为 114%（医保部门，最新信息2025年8月12日），推高风险"
    )
    three = replace(INCOME, unit="月", value=3.0)
    assert "由 12 个月变为 3 个月" in moved(three, 12.0, raises=True, language="zh")
    yes = replace(BILLS, feature="on_dibao", unit="是否", value=1.0, source=None)
    assert moved(yes, 0.0, raises=False, language="zh") == "健康和医疗：由“没有享受低保”变为“正在享受低保”，降低风险"


@pytest.mark.parametrize("absent", ["no_record", "not_known", "not_applicable", "either", None])
def test_a_value_that_came_or_went_says_why_it_was_missing(absent: Absent | None) -> None:
    gone = replace(BILLS, value=None)
    words = {"no_record": "没有记录", "not_known": "数据缺失", "not_applicable": "不适用", "either": "没有数据或不适用"}
    came = moved(BILLS, None, raises=True, language="zh", absent=absent)
    assert f"占纯收入比现为 114%，此前{words[absent or 'either']}（" in came
    went = moved(gone, 0.12, raises=False, language="zh", absent=absent)
    assert f"占纯收入比原为 12%，现{words[absent or 'either'].replace('不适用', '不再适用')}（" in went
    assert ("不再适用" in went) == (absent in ("not_applicable", "either", None))
    assert ": 12% before; " in moved(gone, 0.12, raises=True, language="en", absent=absent)
    assert ": 114% now; " in moved(BILLS, None, raises=True, language="en", absent=absent)


def test_a_group_that_no_value_explains_is_told_as_a_whole() -> None:
    assert moved_together("ILL", raises=True, language="zh") == (
        "健康和医疗：没有哪一项单独能说明变化，几项情况合在一起推高风险"
    )
    assert moved_together("AID", raises=False, language="en").endswith("it lowers the risk")


@pytest.mark.parametrize("feature", declared(), ids=lambda feature: feature.name)
def test_every_feature_can_be_told_in_both_languages(feature: Feature) -> None:
    fact = Fact(
        feature.name,
        Words(feature.label, feature.english),
        feature.unit,
        feature.group.value,
        Words(feature.group.zh, feature.group.en),
        1.0,
    )
    for value, beside in ((1.0, 0.5), (0.4, 0.0), (1.0, 12.0), (None, None)):
        if feature.unit in CODED and value not in (1.0, None):
            continue
        one = replace(fact, value=value, typical=beside, source="agri", day=date(2025, 1, 1))
        english, chinese = (reason(one, raises=True, language=language) for language in ("en", "zh"))
        assert not CHINESE.search(english)
        assert not re.search("[B-Zb-z]", chinese)  # A: of a grade of the house
        assert "{" not in english + chinese


@pytest.mark.parametrize("feature", [f for f in declared() if f.unit in CODED], ids=lambda feature: feature.name)
def test_every_code_has_words(feature: Feature) -> None:
    values = range(2) if feature.unit == "是否" else LEVELS.get(feature.name, SCHOOLING)
    keys = {f"is.{feature.name}.{value}" for value in values}
    assert {key for key in TELL.texts if key.startswith(f"is.{feature.name}.")} == keys


def test_no_words_are_left_over_for_features_that_are_gone() -> None:
    names = {f.name for f in declared()}
    assert [key for key in TELL.texts if key.split(".")[0] in ("is", "told") and key.split(".")[1] not in names] == []


def test_every_group_has_words_as_a_side_of_life() -> None:
    codes = {*Cause.codes(), *Background.codes()}
    assert {key.removeprefix("aspect.") for key in TELL.texts if key.startswith("aspect.")} == codes


def test_the_catalogue_says_that_people_decide() -> None:
    assert "核实" in TELL.text("note.order_only", "zh")
    assert "a person decides" in TELL.text("note.order_only", "en")
