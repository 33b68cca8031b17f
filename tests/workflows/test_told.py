from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.features import REGISTRY, declared
from riskmodel.features.origins import TOLD
from riskmodel.policy import Source
from riskmodel.rendering.values import CODED
from riskmodel.scoring.reasons import LEAST, Reason
from riskmodel.scoring.typical import Typical
from riskmodel.workflows.about import mainly_read
from riskmodel.workflows.told import MISSING, Row

if TYPE_CHECKING:
    from riskmodel.rendering.messages import Language

VALUES = {
    "household_id": "H1",
    "as_of": date(2026, 1, 4),
    "label": "new_entry_12m",
    "horizon_months": 12,
    "probability": 0.23,
    **{f"value_{f.name}": 1.0 for f in declared()},
    **{f"contribution_{f.name}": 0.0 for f in declared()},
    **{f"newest_{table}": date(2025, 8, 1) for table in TOLD},
    **{f"source_{table}": "village" for table in TOLD},
}
COUNTY = {f"typical_{f.name}": 3.0 for f in declared()} | {f"known_{f.name}": 0.95 for f in declared()}
VILLAGE = {f"typical_{f.name}": 2.0 for f in declared()} | {
    "known_head_age": 0.5,
    "newest_surveys": date(2025, 6, 30),
    "source_surveys": "agri",
}


def row(**other: object) -> Row:
    return Row({**VALUES, **other}, Typical(COUNTY, VILLAGE))


def without(table: str, *features: str, weight: float = 0.5, **other: object) -> Row:
    """A household without a row of a table, for want of which features are missing."""
    gone: dict[str, object] = {f"newest_{table}": None, f"source_{table}": None, **other}
    gone |= {f"value_{name}": None for name in features}
    return row(**gone, **{f"contribution_{name}": weight for name in features})


def test_a_fact_has_its_value_its_village_and_where_it_comes_from() -> None:
    fact = row(newest_bills=date(2025, 8, 12), source_bills="med_ins").fact("bills_to_income_12m")
    assert (fact.value, fact.typical, fact.typical_of) == (1.0, 2.0, "village")
    assert (fact.day, fact.dated, fact.source) == (date(2025, 8, 12), "day", "med_ins")


@pytest.mark.parametrize(
    ("feature", "table", "dated"),
    [
        ("bills_to_income_12m", "bills", "day"),
        ("received_to_line_3m", "incomes", "month"),
        ("students", "pupils", "term"),
        ("pensioners", "members", "day"),
        ("ex_poor", "households", "day"),
        ("house_grade", "housing", "day"),
    ],
)
def test_the_main_table_of_a_feature_dates_it(feature: str, table: str, dated: str) -> None:
    assert mainly_read(feature) == table
    assert row().fact(feature).dated == dated


@pytest.mark.parametrize(
    ("feature", "value", "day", "words"),
    [
        ("house_grade", 3.0, "2025-08-01", "截至2025年8月1日"),
        ("bills_to_income_12m", 1.0, "2025-08-01", "最新信息2025年8月1日"),
        ("pensioners", 1.0, "2025-08-01", "最新信息2025年8月1日"),
        ("head_age", 72.0, "2026-01-04", "截至评估日2026年1月4日"),
        ("loans_due_to_income", 0.4, "2026-01-04", "截至评估日2026年1月4日"),
        ("faded_accident_losses_to_line", 0.4, "2026-01-04", "截至评估日2026年1月4日"),
        ("months_since_exit", 72.0, "2019-01-01", "2019年"),
        ("months_since_elimination", 3.0, "2025-10-01", "2025年10月"),
        ("months_since_stay", 5.0, "2025-08-01", "2025年8月"),
        ("days_since_visit", 10.0, "2025-12-25", "2025年12月25日"),
        ("employment_age_days", 35.0, "2025-11-01", "2025年11月"),
        ("post_months_left", 3.0, "2026-04-01", "2026年4月到期"),
    ],
)
def test_the_date_beside_a_value_is_that_of_the_fact_or_says_what_it_is(
    feature: str, value: float, day: str, words: str
) -> None:
    reason = Reason(REGISTRY[feature].group.value, feature, value, 0.4)
    told = row(**{f"value_{feature}": value}).told(reason, raises=True, language="zh")
    assert told.date == day
    assert f"，{words}）" in told.sentence


def test_the_year_that_is_meant_is_named_in_every_month() -> None:
    def told(name: str, as_of: date, language: Language = "zh") -> str:
        reason = Reason("ILL", name, 1.4, 0.4)
        return row(as_of=as_of, **{f"value_{name}": 1.4}).told(reason, raises=True, language=language).sentence

    assert "：2024年累计自付是医保预警线的 1.40 倍（" in told("bills_to_warning", date(2025, 1, 5))
    assert "：2025年累计自付是医保预警线的 1.40 倍（" in told("bills_to_warning", date(2025, 2, 5))
    assert "2025年累计自付是农村人均" in told("bills_to_rural_income_warning", date(2025, 12, 5))
    assert "self-pay of 2024 is 1.40 times the warning" in told("bills_to_warning", date(2025, 1, 5), "en")


def test_a_change_between_two_years_names_both() -> None:
    before = {**VALUES, "as_of": date(2025, 1, 5), "value_bills_to_warning": 0.71}
    now = row(as_of=date(2025, 2, 5), value_bills_to_warning=0.03)
    told = now.moved("bills_to_warning", before, -0.2, "zh").sentence
    assert "2024年、2025年各自累计自付与医保预警线之比由 71% 变为 3%（" in told
    assert "self-pay of 2024, then of 2025, over" in now.moved("bills_to_warning", before, -0.2, "en").sentence
    within = row(as_of=date(2025, 1, 20), value_bills_to_warning=0.03).moved("bills_to_warning", before, -0.2, "zh")
    assert "：2024年累计自付与医保预警线之比由" in within.sentence


def test_the_care_of_a_household_is_told_in_people() -> None:
    household = row(value_care_load=2.0, value_able_members=1.0)
    told = household.told(Reason("LAB", "care_load", 2.0, 0.4), raises=True, language="zh").sentence
    assert "需抚养照料 4 人，劳动年龄内有劳动能力 1 人，负担（按加1人计）2.00 倍" in told


def test_without_the_event_the_department_stands_alone() -> None:
    told = row(value_months_since_exit=0.0).told(
        Reason("HISTORY", "months_since_exit", 0.0, 0.4), raises=True, language="zh"
    )
    assert told.date is None  # in January: of the year before, or of the one that began
    assert "村乡上报）" in told.sentence


def test_a_feature_of_the_neighbours_is_that_of_the_village_and_compared_with_the_county() -> None:
    fact = row().fact("village_below_line_share")
    assert (fact.day, fact.source, fact.dated) == (date(2025, 6, 30), "agri", "day")
    assert (fact.typical, fact.typical_of) == (3.0, "county")
    assert row().fact("village_uninsured_share").dated == "day"


def test_without_a_row_the_usual_department_stands_alone() -> None:
    fact = without("bills").fact("stays_12m")
    assert (fact.day, fact.source) == (None, Source.MED_INS.value)


def test_the_department_is_that_which_delivers_the_table_there() -> None:
    county = {**COUNTY, "newest_water": date(2025, 1, 1), "source_water": "water"}
    household = replace(without("water", "water_unsafe"), typical=Typical(county, VILLAGE))
    assert household.fact("water_unsafe").source == "water"
    assert "水利部门" in household.missing("zh")[0].sentence


def test_yes_and_no_and_grades_are_not_compared() -> None:
    for f in declared():
        assert (row().fact(f.name).typical is None) == (f.unit in CODED)


def test_a_small_village_is_told_of_the_county() -> None:
    told = replace(row(), typical=Typical(COUNTY, {"households": 4})).told(
        Reason("LAB", "head_age", 1.0, 0.4), raises=True, language="zh"
    )
    assert (told.typical, told.typical_of) == (3.0, "county")
    assert "全县中位数" in told.sentence


def test_a_missing_table_is_told_once_by_its_weightiest_feature() -> None:
    found = without("housing", "house_grade", "lives_in_unsafe_house", newest_water=None).missing("zh")
    assert [(told.feature, told.value) for told in found] == [("house_grade", None)]
    assert "住房饮水检查" in found[0].sentence
    assert "住建部门" in found[0].sentence
    assert "全县 95%" in found[0].sentence


def test_the_table_that_is_told_is_the_one_for_want_of_which_a_value_is_missing() -> None:
    household = without("surveys", "assistance_to_income_12m", newest_assistance=None, source_assistance=None)
    (told,) = household.missing("zh")  # no assistance is a value, 0; no survey is none
    assert (told.table, told.source, told.date) == ("income_surveys", "agri", None)
    assert "“收入采集”记录，无法得知“近12个月民政救助金额占纯收入比”（农业农村部门提供" in told.sentence


def test_a_table_that_counts_as_nothing_there_is_not_missed() -> None:
    assert without("episodes", "stay_to_warning").missing("zh") == []
    (told,) = without("bills", "stay_to_warning", newest_episodes=None).missing("zh")
    assert told.table == "medical_settlements"


def test_one_table_is_missed_once_whatever_is_prepared_from_it() -> None:
    household = without("employment", "work_months_share_12m", newest_workers=None, value_workers_employed=None)
    weighs = {**household.values, "contribution_workers_employed": 0.9}
    found = Row(weighs, household.typical).missing("en")
    assert [(told.table, told.feature) for told in found] == [("employment", "workers_employed")]


def test_a_table_with_rows_of_its_other_part_is_not_said_to_have_none() -> None:
    (water,) = without("water", "water_supply").missing("zh")
    assert water.table == "dwellings"
    assert "没有本户可用的“饮水检测”记录" in water.sentence
    assert "住房饮水检查" not in water.sentence
    (work,) = without("workers", "workers_employed").missing("en")
    assert "a usable row of employment of the last 6 months" in work.sentence


def test_what_there_is_nothing_to_know_of_is_not_missed() -> None:
    in_debt = without("bills", "bills_to_income_12m", value_income_to_line=-0.1)
    assert in_debt.missing("zh") == []  # of a negative income nothing is a share


def test_what_weighs_nothing_or_few_have_or_has_rows_is_not_missed() -> None:
    assert without("housing", "house_grade", weight=LEAST / 2).missing("zh") == []
    assert without("members", "head_age").missing("zh") == []  # known of half the village
    has_rows = row(value_house_grade=None, contribution_house_grade=0.5)
    assert has_rows.missing("zh") == []


def test_at_most_two_things_are_missed_the_weightiest_first() -> None:
    household = without("checks", "house_problem")
    for table, name, weight in (("water", "water_unsafe", 0.9), ("loans", "loans_overdue", 0.7)):
        more = without(table, name, weight=weight).values
        changed = {key: value for key, value in more.items() if value != VALUES[key]}
        household = Row({**household.values, **changed}, household.typical)
    found = household.missing("en")
    assert [told.feature for told in found] == ["water_unsafe", "loans_overdue"]
    assert len(found) == MISSING


def test_the_amount_of_a_ratio_is_told_in_yuan_with_the_one_before() -> None:
    paid = row(amount_self_pay_12m=1_840_000)
    reason = paid.told(Reason("ILL", "bills_to_income_12m", 1.0, 0.2), raises=True, language="zh")
    assert (reason.amount, "（自付 18,400 元；" in reason.sentence) == (18_400.0, True)
    before = {"value_bills_to_income_12m": 0.1, "amount_self_pay_12m": 200_000, "as_of": date(2025, 12, 4)}
    moved = paid.moved("bills_to_income_12m", before, 0.2, "zh")
    assert "自付由 2,000 元变为 18,400 元" in moved.sentence
    of_an_older_version = row().told(Reason("ILL", "bills_to_income_12m", 1.0, 0.2), raises=True, language="zh")
    assert of_an_older_version.amount is None


def test_what_no_longer_applies_is_told_apart_from_what_is_not_known() -> None:
    before = {**VALUES, "as_of": date(2025, 12, 4)}

    def change(name: str, was: float | None = 0.3, **now: object) -> str:
        values = {f"value_{name}": None, **now}
        return row(**values).moved(name, {**before, f"value_{name}": was}, 0.2, "zh").sentence

    paid_off = change("loans_non_production_share", value_loans_to_line=0.0)
    assert "非生产性贷款占比原为 30%，现不再适用（" in paid_off
    left_school = change("students", 1.0, newest_pupils=None)
    assert "在读学生数原为 1 人，现没有记录（" in left_school
    assert "原为“住房鉴定为B级，基本安全”，现数据缺失（" in change("house_grade", 2.0)
    assert "原为 30%，现没有数据或不再适用（" in change("outside_workers_share")


def test_what_was_missing_before_is_told_by_the_row_of_then() -> None:
    before = {**VALUES, "as_of": date(2025, 12, 4), "value_days_since_visit": None, "newest_visits": None}
    told = row(value_days_since_visit=9.0).moved("days_since_visit", before, 0.2, "zh").sentence
    assert "最近一次走访距今现为 9 天，此前没有记录（" in told
    english = row(value_days_since_visit=1.0).moved("days_since_visit", before, 0.2, "en").sentence
    assert "days since the newest visit: 1 day now; there was no record before (" in english


def test_a_monitored_household_is_not_said_to_be_newly_monitored() -> None:
    assert row(monitored=False).meaning("zh") == "情况相近的农户每 100 户中约 23 户会在 12 个月内新纳入监测"
    watched = row(monitored=True)
    assert watched.only_orders
    assert "对本户不适用" in watched.meaning("zh")
    assert "户会在" not in watched.meaning("zh")
    assert "does not apply to it" in watched.meaning("en")


def test_an_event_that_can_happen_to_monitored_households_is_told_of_them() -> None:
    told = row(monitored=True, label="income_below_line_12m")
    assert not told.only_orders
    assert (
        told.meaning("en") == "About 23 of 100 such households: monthly income per head below the line within 12 months"
    )


def test_a_feature_that_is_gone_asks_to_score_again() -> None:
    with pytest.raises(UsageError, match="harvest_12m, which this version does not declare"):
        row().fact("harvest_12m")


def test_every_feature_can_be_told_as_a_reason_and_as_a_change() -> None:
    household = row()
    for name, f in REGISTRY.items():
        reason = household.told(Reason(f.group.value, name, 1.0, 0.2), raises=True, language="zh")
        assert reason.sentence.startswith(f.group.zh)
        assert reason.date is not None or f.group.value == "PLACE"
        was = 0.0 if f.unit != "级" else 1.0
        before = {**VALUES, "as_of": date(2025, 12, 4), f"value_{name}": was}
        assert "变为" in household.moved(name, before, -0.2, "zh").sentence
        assert reason.contribution == 0.2
