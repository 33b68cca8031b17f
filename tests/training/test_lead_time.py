from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from riskmodel.training.lead_time import event_months, lead_times

KEYS = pl.DataFrame(
    {
        "household_id": ["A", "B", "C", "A", "B", "C"],
        "as_of": [date(2024, 3, 5)] * 3 + [date(2024, 6, 5)] * 3,
    }
)
Y = np.array([1.0, 0, 1, 1, 0, 1])
HAPPENED = pl.DataFrame(
    {
        "household_id": ["A", "A", "C", "B"],
        "month": [date(2023, 5, 1), date(2024, 8, 1), date(2024, 6, 1), date(2025, 9, 1)],
    }
)


def test_the_event_of_a_row_is_the_first_one_of_its_horizon() -> None:
    """M0 of a date is its own month; an event before it belongs to no row, and a row without an event has none."""
    found = event_months(KEYS, Y, HAPPENED)
    aug, jun = date(2024, 8, 1), date(2024, 6, 1)
    assert found.to_list() == [aug, None, jun, aug, None, jun]


def test_rows_may_come_in_any_order() -> None:
    order = [5, 0, 3, 1, 4, 2]
    found = event_months(KEYS[order], Y[order], HAPPENED)
    assert found.to_list() == event_months(KEYS, Y, HAPPENED)[order].to_list()


def test_the_lead_counts_from_the_first_listing_and_an_event_counts_once() -> None:
    """A is listed in March, five months before, and by a wire in June; C in June only, in the month of the event."""
    lists = {"m": np.array([True, True, False, True, False, True]), "none": np.zeros(6, dtype=bool)}
    fired = np.array([False, True, False, True, False, False])
    found = lead_times(KEYS, event_months(KEYS, Y, HAPPENED), lists, fired)
    assert found["m"] == {
        "events": 2, "listed": 1.0, "early": 0.5, "median_months": 2.5, "wired": 0.5, "listed_before_wire": 1.0,
        "median_gained": 3.0,
    }  # fmt: skip
    assert found["none"]["listed"] == 0
    assert found["none"]["median_months"] is None


def test_without_events_there_is_no_lead() -> None:
    found = lead_times(
        KEYS, event_months(KEYS, np.zeros(6), HAPPENED), {"m": np.ones(6, dtype=bool)}, np.ones(6, dtype=bool)
    )
    assert found["m"]["events"] == 0
    assert found["m"]["listed"] is None
