from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from riskmodel.sources.synthetic.months import (
    FIRST_MONTHLY,
    HISTORY_START,
    MONTHS_MAX,
    calendar_month,
    days,
    delivery_day,
    festival_share,
    first_day,
    last_day,
    month_at,
    month_of,
    year_of,
)


def test_a_month_is_a_number_that_knows_its_year() -> None:
    month = month_at(2024, 2)
    assert (year_of(month), calendar_month(month), first_day(month), last_day(month)) == (
        2024, 2, date(2024, 2, 1), date(2024, 2, 29),
    )  # fmt: skip


def test_files_of_a_month_arrive_early_in_the_next_one() -> None:
    assert delivery_day(month_at(2022, 12)) == date(2023, 1, 4)
    assert delivery_day(FIRST_MONTHLY - 1) == date(2022, 1, 4)


def test_days_beyond_the_end_of_a_month_are_its_last_day() -> None:
    months = np.array([month_at(2023, 2), month_at(2023, 3)])
    assert days(months, 31).tolist() == [date(2023, 2, 28), date(2023, 3, 31)]
    assert (month_of(days(months, 31)) == months).all()


@pytest.mark.parametrize("year", range(2017, 2032))
def test_the_spring_festival_takes_three_weeks_of_january_to_march(year: int) -> None:
    weeks = [festival_share(month_at(year, month)) * (28, 31)[month != 2] for month in range(1, 13)]
    assert 20 <= sum(weeks[:3]) <= 23
    assert weeks[3:11] == [0] * 8


def test_the_festivals_reach_as_far_as_the_longest_simulation() -> None:
    last = HISTORY_START + 24 + MONTHS_MAX - 1
    assert festival_share(month_at(year_of(last), 1)) + festival_share(month_at(year_of(last), 2)) > 0
