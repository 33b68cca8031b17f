from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.sample_columns import COUNTY_CODE, codes_at, day_of, month_after, subject_ids, village_codes


def test_days_are_counted_from_october_2019() -> None:
    assert day_of(np.array([0, 15]), 25).tolist() == [date(2019, 10, 25), date(2021, 1, 25)]


def test_most_rows_arrive_in_the_month_after_and_none_later_than_two() -> None:
    delays = month_after(np.zeros(10_000, dtype=np.int64), np.random.default_rng(0))
    assert set(delays.tolist()) == {1, 2}
    assert 0.05 < (delays == 2).mean() < 0.09


@given(st.integers(0, 50), st.integers(0, 50))
def test_an_id_depends_on_its_number_only(few: int, more: int) -> None:
    assert subject_ids("H", few + more)[:few].to_list() == subject_ids("H", few).to_list()
    assert subject_ids("P", few + more).is_unique().all()
    assert subject_ids("H", few + more).str.contains("^H[0-9a-f]{24}$").all()


@given(st.integers(1, 400))
def test_every_village_has_a_code_of_its_own_in_the_county(count: int) -> None:
    codes = village_codes(np.arange(count))
    assert codes.is_unique().all()
    assert codes.str.contains(f"^{COUNTY_CODE}[0-9]{{6}}$").all()


def test_no_position_is_a_missing_code() -> None:
    assert codes_at(("a", None, "c"), np.array([2, 1, 0, -1])).to_list() == ["c", None, "a", None]
