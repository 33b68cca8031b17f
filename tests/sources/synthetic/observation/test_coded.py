from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.months import days, delivery_day, month_at
from riskmodel.sources.synthetic.observation.coded import (
    ARRIVAL,
    NO_AMOUNT,
    Posting,
    after,
    arriving,
    facts,
    fen,
    promptly,
    share,
)


def test_a_fact_comes_with_the_first_delivery_after_it_is_known() -> None:
    known = np.array(["2022-03-04", "2022-03-05", "2022-04-04"], dtype="datetime64[D]")
    assert [delivery_day(month) for month in arriving(known).tolist()] == [
        date(2022, 3, 4), date(2022, 4, 4), date(2022, 4, 4),
    ]  # fmt: skip


def test_no_fact_comes_before_its_delay_is_over() -> None:
    end = days(month_at(2022, 2), 10)
    months = after(end, (5, 32), 500, np.random.default_rng(1))
    assert delivery_day(int(months.min())) >= date(2022, 2, 15)
    assert set(months.tolist()) == {month_at(2022, 2), month_at(2022, 3)}


def test_most_lists_come_at_once_and_a_share_a_month_later() -> None:
    months = promptly(10, 10_000, np.random.default_rng(1), 0.2)
    assert set(months.tolist()) == {10, 11}
    assert 0.18 < (months == 11).mean() < 0.22


def test_nothing_is_minus_one_and_becomes_null() -> None:
    rows = facts(
        "medical_settlements",
        np.array([5, 5]),
        settlement_id=np.array([1, 2]),
        visit_type=np.array([0, -1]),
        admitted_on=np.array(["2022-01-01", "NaT"], dtype="datetime64[D]"),
        aid_paid=np.array([100, NO_AMOUNT]),
        total_cost=np.array([-7, 7]),
        in_county=True,
    )
    assert rows["visit_type"].to_list() == [0, None]
    assert rows["admitted_on"].to_list() == [date(2022, 1, 1), None]
    assert rows["aid_paid"].to_list() == [100, None]
    assert rows["total_cost"].to_list() == [-7, 7]
    assert rows["in_county"].to_list() == [True, True]
    assert rows[ARRIVAL].to_list() == [5, 5]


def test_amounts_are_whole_fen() -> None:
    assert fen(np.array([0.285, 12])).tolist() == [28, 1200]
    assert share(np.array([10.0]), 0.333).tolist() == [300]


def test_a_posting_knows_its_table() -> None:
    assert Posting("incomes-2", pl.DataFrame()).table == "incomes"
