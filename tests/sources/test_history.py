from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.sources.history import known_in_history, with_beginnings
from riskmodel.tables import TABLES, table
from worked_example import load

LOADED = date(2025, 3, 10)


def known(name: str, event: date, loaded: date = LOADED) -> date:
    spec = table(name)
    found: date = pl.DataFrame({spec.event: [event]}).select(known_in_history(spec, loaded)).item()
    return found


@pytest.mark.parametrize(
    ("name", "event", "day"),
    [
        ("incomes", date(2023, 2, 1), date(2023, 4, 9)),  # the end of February + 40 days
        ("monitoring_episodes", date(2021, 8, 1), date(2021, 10, 1)),
        ("enrolments", date(2023, 9, 1), date(2023, 11, 30)),  # the first day of the term + 90 days
        ("shocks", date(2023, 7, 1), date(2023, 9, 29)),
        ("medical_settlements", date(2024, 12, 12), LOADED),  # never later than the load
    ],
)
def test_a_fact_counts_as_known_the_usual_delay_after_its_period(name: str, event: date, day: date) -> None:
    assert known(name, event) == day


@pytest.mark.parametrize("name", TABLES)
def test_no_fact_of_a_history_load_is_known_before_it_is_true_or_after_the_load(name: str) -> None:
    for event in (date(2020, 2, 1), date(2025, 3, 1)):
        assert event <= known(name, event) <= LOADED


def test_an_ended_episode_is_two_versions() -> None:
    name = "monitoring_episodes"
    ended = load()[name][[1]].with_columns(known_at=pl.lit(date(2021, 10, 1)))
    rows = with_beginnings(table(name), ended, LOADED).sort("known_at")
    assert rows.select("eliminated_month", "elimination_mode", "known_at").rows() == [
        (None, None, date(2021, 10, 1)),
        (date(2022, 6, 1), "natural", date(2022, 7, 31)),
    ]


def test_an_end_that_became_known_with_the_beginning_makes_one_version() -> None:
    ended = load()["monitoring_episodes"][[1]].with_columns(known_at=pl.lit(date(2021, 10, 1)))
    (row,) = with_beginnings(table("monitoring_episodes"), ended, date(2021, 10, 1)).rows(named=True)
    assert (row["eliminated_month"], row["known_at"]) == (date(2022, 6, 1), date(2021, 10, 1))


def test_an_open_episode_and_other_tables_stay_as_they_are() -> None:
    for name in ("monitoring_episodes", "incomes"):
        rows = load()[name][[0]]
        assert with_beginnings(table(name), rows, LOADED).equals(rows)
