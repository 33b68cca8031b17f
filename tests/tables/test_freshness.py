from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_rows import batch, day, income, state
from riskmodel.errors import LakeError
from riskmodel.tables import Lake, View
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.freshness import first_known, newest_known
from scenario import Rows
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
