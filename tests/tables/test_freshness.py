from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_rows import batch, day, income, state
from riskmodel.errors import LakeError
from riskmodel.tables import Lake, View
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.freshness import first_known, newest_known, too_new
from riskmodel.training.labels import LABELS
from riskmodel.training.rows import schedule
from scenario import COUNTY, Rows, policy_of, rows_of
from strategies import AS_OF_DATES, histories
from worked_example import full_id


def newest(view: View) -> dict[str, date]:
    return dict(newest_known(view).select("household_id", "known_at").iter_rows())


def test_any_table_makes_a_household_fresher() -> None:
    rows = {"households": state(1, day(0), 3, day(1)), "incomes": income(1, 100, day(7))}
    assert newest(View.of(rows, day(9))) == {full_id("H1"): day(7)}


def test_what_is_known_later_does_not_count_yet() -> None:
    rows = {"households": state(1, day(0), 3, day(1)), "incomes": income(1, 100, day(7))}
    assert newest(View.of(rows, day(6))) == {full_id("H1"): day(1)}


@given(histories(), st.sampled_from(AS_OF_DATES))
def test_it_is_the_last_day_of_all_rows_that_name_the_household(rows: Rows, as_of: date) -> None:
    view = View.of(rows, as_of)
    expected: dict[str, date] = {}
    for name, spec in TABLES.items():
        if spec.has_household:
            for who, known_at in view.canonical(name).select("household_id", "known_at").iter_rows():
                expected[who] = max(known_at, expected.get(who, known_at))
    assert newest(view) == expected


@pytest.mark.parametrize(
    ("since", "as_of", "new"),
    [
        (date(2024, 9, 5), date(2025, 3, 4), True),
        (date(2024, 9, 5), date(2025, 3, 5), False),
        (date(2024, 8, 31), date(2025, 2, 28), False),  # there is no 31 February
        (date(2024, 8, 31), date(2025, 2, 27), True),
    ],
)
def test_a_household_is_too_new_until_the_least_months_have_passed(since: date, as_of: date, new: bool) -> None:
    view = View.of({"households": rows_of("households", {"household_id": "H1", "valid_from": since})}, as_of)
    assert too_new(view, policy_of(min_history_months=6)).to_list() == ([full_id("H1")] if new else [])


def test_a_household_that_was_split_off_is_not_new_and_one_from_elsewhere_is() -> None:
    recent: dict[str, Any] = {"valid_from": date(2025, 1, 1)}
    split = recent | {"household_id": "H2", "predecessor_id": "H1"}
    arrived = recent | {"household_id": "H3", "predecessor_id": "H9"}
    rows = {"households": rows_of("households", {"household_id": "H1"}, split, arrived)}
    view = View.of(rows, date(2025, 3, 5))
    assert too_new(view, policy_of(min_history_months=6)).to_list() == [full_id("H3")]


def test_the_first_load_of_a_county_does_not_make_its_households_new() -> None:
    state = {"household_id": "H1", "valid_from": date(2016, 12, 31), "known_at": date(2025, 3, 1)}
    view = View.of({"households": rows_of("households", state)}, date(2025, 3, 5))
    assert too_new(view, policy_of(min_history_months=6)).is_empty()


@given(st.dates(date(2018, 1, 1), date(2019, 12, 31)), st.integers(0, 12), st.integers(1, 28))
def test_who_was_there_from_the_first_day_is_not_too_new_on_any_date_of_training(
    first: date, history: int, run_day: int
) -> None:
    policy = policy_of(min_history_months=history, run_day=run_day, **{"label.reporting_delay_months": 0})
    dates = schedule(LABELS["new_entry_12m"], policy, COUNTY, first, date(2023, 12, 31))
    assert dates
    for as_of in dates:
        view = View.of({"households": rows_of("households", {"household_id": "H1", "valid_from": first})}, as_of)
        assert too_new(view, policy).is_empty()


def test_the_first_day_is_that_of_the_first_household_and_not_of_an_earlier_income(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.receive([batch("incomes", day(2), income(1, 100, day(1)))])
    with pytest.raises(LakeError, match="holds no households yet"):
        first_known(lake)
    lake.receive([batch("households", day(9), state(1, day(0), 3, day(5)), state(2, day(0), 2, day(4)))])
    assert first_known(lake) == day(4)


def test_an_empty_lake_knows_nobody(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="empty"):
        first_known(Lake(tmp_path))
