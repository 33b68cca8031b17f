from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.features.windows import PREPARED, Moment, Seen, first_open_month, months_before
from riskmodel.tables import View
from riskmodel.tables.catalogue import TABLES
from scenario import rows_of

AS_OF = date(2025, 3, 5)
HEAD = {"person_id": "P1", "relation": "head", "birth_month": date(1985, 4, 1)}


def prepared(name: str, as_of: date = AS_OF, **tables: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    view = View.of({table: rows_of(table, *rows) for table, rows in tables.items()}, as_of)
    return PREPARED[name].rows(Seen(view, Moment(as_of))).collect()


@pytest.mark.parametrize(
    ("as_of", "open_month"),
    [
        (date(2025, 3, 5), date(2025, 3, 1)),
        (date(2025, 3, 30), date(2025, 3, 1)),
        (date(2025, 3, 31), date(2025, 4, 1)),
        (date(2024, 2, 28), date(2024, 2, 1)),
        (date(2024, 2, 29), date(2024, 3, 1)),
        (date(2024, 12, 31), date(2025, 1, 1)),
    ],
)
def test_a_month_is_complete_at_the_end_of_its_last_day(as_of: date, open_month: date) -> None:
    assert first_open_month(as_of) == open_month


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 500))
def test_months_before_goes_back_and_forth(day: date, months: int) -> None:
    assert months_before(months_before(day, months), -months) == day.replace(day=1)


def test_an_age_counts_full_years_by_month() -> None:
    born = pl.DataFrame({"birth_month": [date(1985, 3, 1), date(1985, 4, 1), date(2025, 3, 1)]})
    assert born.select(Moment(AS_OF).age()).to_series().to_list() == [40, 39, 0]


@pytest.mark.parametrize(
    ("as_of", "august"),
    [
        (date(2025, 3, 5), date(2024, 8, 1)),
        (date(2025, 8, 31), date(2024, 8, 1)),
        (date(2025, 9, 1), date(2025, 8, 1)),
        (date(2025, 12, 31), date(2025, 8, 1)),
    ],
)
def test_ages_of_schooling_count_in_the_august_before_the_running_school_year(as_of: date, august: date) -> None:
    assert Moment(as_of).school_august == august


def test_months_ago_starts_with_1_for_the_last_complete_month() -> None:
    months = [date(2025, 3, 1), date(2025, 2, 1), date(2023, 12, 1), date(2023, 11, 1)]
    rows = prepared("incomes", incomes=[{"month": month, "amount": 1, "known_at": AS_OF} for month in months])
    assert rows.sort("month").select("month", "months_ago").rows() == [(months[2], 15), (months[1], 1)]


def test_costs_count_negative() -> None:
    rows = [{"month": date(2025, 2, 1), "component": c, "amount": 3} for c in ("op_crop", "cost_crop")]
    assert sorted(prepared("incomes", incomes=rows)["net"]) == [-300, 300]


@pytest.mark.parametrize(
    ("period_end", "counts"),
    [
        (date(2022, 2, 28), False),
        (date(2022, 3, 1), True),
        (date(2025, 3, 5), True),
        (date(2025, 3, 6), False),  # an annual survey may be known before its 12 months are over
    ],
)
def test_a_survey_counts_from_its_last_day_for_three_years(period_end: date, counts: bool) -> None:
    survey = {"period_end": period_end, "known_at": date(2025, 3, 1)}
    assert bool(prepared("surveys", income_surveys=[survey]).height) == counts


def test_of_surveys_that_end_on_one_day_the_later_year_then_the_later_stage_counts() -> None:
    day = date(2024, 12, 31)
    rows = [
        {"period_end": day, "year": 2025, "stage": "annual", "net_total": 1},
        {"period_end": day, "year": 2025, "stage": "elimination", "net_total": 2},
        {"period_end": day, "year": 2025, "stage": "identification", "net_total": 3},
        {"period_end": day, "year": 2024, "stage": "elimination", "net_total": 4},
        {"period_end": date(2024, 11, 30), "year": 2026, "stage": "elimination", "net_total": 5},
    ]
    assert prepared("surveys", income_surveys=rows)["net_total"].to_list() == [200]


def test_a_member_is_present_by_the_newest_state_in_whatever_household() -> None:
    moved = HEAD | {"household_id": "H2", "valid_from": date(2025, 1, 1)}
    later = HEAD | {"household_id": "H3", "valid_from": date(2025, 3, 6)}
    rows = prepared(
        "members", households=[{"household_id": h} for h in ("H1", "H2", "H3")], members=[HEAD, moved, later]
    )
    assert rows["household_id"].to_list() == [1]  # the codes follow the alphabet: H2
    left = moved | {"leave_reason": "died"}
    assert prepared("members", members=[HEAD, left]).is_empty()


def test_the_facts_of_a_person_follow_the_person() -> None:
    moved = HEAD | {"household_id": "H2", "valid_from": date(2025, 1, 1)}
    before = {"person_id": "P1", "household_id": "H1"}
    work, school = before | {"month": date(2024, 12, 1)}, before | {"term": date(2024, 9, 1)}
    for name in ("workers", "employment", "pupils"):
        rows = prepared(name, members=[HEAD, moved], employment=[work], enrolments=[school])
        assert rows["household_id"].to_list() == [1]
        assert rows["age"].to_list() == [39]


@pytest.mark.parametrize(("month", "counts"), [(date(2024, 8, 1), False), (date(2024, 9, 1), True)])
def test_work_is_read_from_a_month_at_most_six_months_old(month: date, counts: bool) -> None:
    rows = prepared("workers", members=[HEAD], employment=[{"person_id": "P1", "month": month}])
    assert bool(rows.height) == counts


def test_each_person_has_one_newest_month_and_one_newest_term() -> None:
    months = [{"person_id": "P1", "month": date(2024, m, 1), "wage": m} for m in (9, 12, 10)]
    terms = [{"person_id": "P1", "term": date(y, m, 1)} for y, m in ((2024, 3), (2025, 3), (2024, 9))]
    rows = prepared("workers", members=[HEAD], employment=months)
    assert rows.select("month", "wage").rows() == [(date(2024, 12, 1), 1200)]
    assert prepared("pupils", members=[HEAD], enrolments=terms)["term"].to_list() == [date(2025, 3, 1)]


def test_a_term_that_has_not_begun_does_not_count() -> None:
    enrolled_ahead = {"person_id": "P1", "term": date(2025, 3, 1), "known_at": date(2025, 1, 20)}
    assert prepared("pupils", date(2025, 2, 28), members=[HEAD], enrolments=[enrolled_ahead]).is_empty()


def test_house_and_water_have_their_own_newest_inspection() -> None:
    rows = [
        {"inspected_on": date(2024, 6, 1), "house_grade": "C"},
        {"inspected_on": date(2015, 6, 1), "house_grade": "A"},
        {"inspected_on": date(2024, 7, 1), "water_safe": True},
    ]
    assert prepared("housing", dwellings=rows)["house_grade"].to_list() == ["C"]
    assert prepared("water", dwellings=rows)["inspected_on"].to_list() == [date(2024, 7, 1)]


@pytest.mark.parametrize(
    ("name", "table", "row"),
    [
        ("housing", "dwellings", {"inspected_on": date(2025, 3, 6), "house_grade": "A"}),
        ("water", "dwellings", {"inspected_on": date(2025, 3, 6), "water_safe": True}),
        ("episodes", "monitoring_episodes", {"identified_month": date(2025, 4, 1)}),
    ],
)
def test_what_is_dated_after_the_as_of_date_does_not_count(name: str, table: str, row: Mapping[str, Any]) -> None:
    view = View.of({table: rows_of(table, {**row, "known_at": AS_OF})}, AS_OF)
    assert PREPARED[name].rows(Seen(view, Moment(AS_OF))).collect().is_empty()


def test_every_prepared_table_reads_tables_that_exist_and_says_its_window() -> None:
    for item in PREPARED.values():
        assert set(item.tables) <= set(TABLES)
        assert item.window
