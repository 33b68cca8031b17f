from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from riskmodel.errors import UsageError
from riskmodel.features import REGISTRY, declared
from riskmodel.features.origins import TOLD
from riskmodel.policy import Source
from riskmodel.rendering.values import CODED
from riskmodel.scoring.reasons import LEAST, Reason
from riskmodel.scoring.typical import Typical
from riskmodel.workflows.told import MISSING, Row, mainly_read

VALUES = {
    "household_id": "H1",
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


def without(table: str, *features: str, weight: float = 0.5) -> Row:
    """A household without a row of a table, for want of which features are missing."""
    gone: dict[str, object] = {f"newest_{table}": None, f"source_{table}": None}
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
        ("head_age", "members", "since"),
        ("ex_poor", "households", "since"),
        ("house_grade", "housing", "day"),
    ],
)
def test_the_main_table_of_a_feature_dates_it(feature: str, table: str, dated: str) -> None:
    assert mainly_read(feature) == table
    assert row().fact(feature).dated == dated


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
    found = without("housing", "house_grade", "lives_in_unsafe_house").missing("zh")
    assert [(told.feature, told.value) for told in found] == [("house_grade", None)]
    assert "住房饮水检查" in found[0].sentence
    assert "住建部门" in found[0].sentence
    assert "全县 95%" in found[0].sentence


def test_what_weighs_nothing_or_few_have_or_has_rows_is_not_missed() -> None:
    assert without("housing", "house_grade", weight=LEAST / 2).missing("zh") == []
    assert without("members", "head_age").missing("zh") == []  # known of half the village
    has_rows = row(value_house_grade=None, contribution_house_grade=0.5)
    assert has_rows.missing("zh") == []


def test_at_most_two_things_are_missed_the_weightiest_first() -> None:
    household = without("housing", "house_grade")
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
    before = {"value_bills_to_income_12m": 0.1, "amount_self_pay_12m": 200_000}
    moved = paid.moved("bills_to_income_12m", before, 0.2, "zh")
    assert "自付由 2,000 元变为 18,400 元" in moved.sentence
    of_an_older_version = row().told(Reason("ILL", "bills_to_income_12m", 1.0, 0.2), raises=True, language="zh")
    assert of_an_older_version.amount is None


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
        assert "变为" in household.moved(name, {f"value_{name}": was}, -0.2, "zh").sentence
        assert reason.contribution == 0.2
