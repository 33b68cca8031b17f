"""What one county knew on a day."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from lake_rows import amounts, day, income, many, state
from riskmodel.errors import UsageError
from riskmodel.tables import View
from worked_example import full_id


def test_a_table_without_rows_is_empty_and_an_unknown_one_an_error() -> None:
    view = View.of({}, day(0))
    assert view.canonical("visits").is_empty()
    with pytest.raises(UsageError, match="no table 'visit'"):
        view.table("visit")


def test_rows_come_sorted_by_household_and_event_date() -> None:
    months = [(2, 3), (1, 2), (2, 1), (1, 1)]
    rows = many(
        "incomes",
        {
            "household_id": [full_id(f"H{h}") for h, _ in months],
            "month": [day(0).replace(month=m) for _, m in months],
            "known_at": [day(n) for n in range(4)],
        },
    )
    seen = View.of({"incomes": rows}, day(9)).canonical("incomes")
    assert [(int(h[1:]), m.month) for h, m in seen.select("household_id", "month").iter_rows()] == sorted(months)


def test_the_state_of_a_day_and_the_state_of_today() -> None:
    rows = {
        "households": many("households", {"valid_from": [day(0), day(5)], "size": [3, 4], "known_at": [day(9)] * 2})
    }
    view = View.of(rows, day(9))
    assert view.states("households").collect()["size"].to_list() == [4]
    assert view.states("households", day(4)).collect()["size"].to_list() == [3]


def test_a_view_does_not_look_at_event_dates() -> None:
    view = View.of({"households": state(1, day(99), 3, day(1))}, day(5))
    assert view.canonical("households").height == 1
    assert view.states("households").collect().is_empty()


def test_retracted_rows_are_not_seen() -> None:
    view = View.of({"incomes": income(1, 5, day(1), retracted=True)}, day(5))
    assert amounts(view.canonical("incomes")) == []


def test_a_view_tells_which_tables_have_no_row() -> None:
    view = View.of({"incomes": income(1, 5, day(1)), "households": state(1, day(0), 3, day(0)).clear()}, day(5))
    assert [view.lacks(name) for name in ("incomes", "households", "visits")] == [False, True, True]


def test_what_a_view_has_worked_out_is_not_taken_over_by_one_of_another_day() -> None:
    rows = {
        "households": many("households", {"valid_from": [day(0), day(5)], "size": [3, 4], "known_at": [day(0)] * 2})
    }
    view = View.of(rows, day(9))
    assert [view.states("households").collect()["size"].item() for _ in range(2)] == [4, 4]
    assert replace(view, as_of=day(4)).states("households").collect()["size"].to_list() == [3]


def test_a_shared_plan_is_worked_through_once_in_memory() -> None:
    view, made = View.of({"incomes": income(1, 5, day(1))}, day(5)), []

    def plan() -> pl.LazyFrame:
        made.append(1)
        return view.table("incomes")

    first, second = (view.collect(view.once(("mine",), plan)) for _ in range(2))
    assert first.equals(second)
    assert len(made) == 1
