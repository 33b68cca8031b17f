from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest

from riskmodel.sources.sample_county import County, simulate
from riskmodel.sources.sample_rows import KNOWN, day_of, rows_of
from riskmodel.tables import TABLES

TABLES_OF_THE_SAMPLE = [
    *("villages", "households", "members", "incomes", "income_surveys", "employment", "enrolments", "dwellings"),
    "monitoring_episodes",
]


@cache
def sample() -> tuple[County, dict[str, pl.DataFrame]]:
    rng = np.random.default_rng(5)
    county = simulate(300, 36, rng)
    return county, rows_of(county, rng)


def test_the_sample_has_these_tables() -> None:
    assert list(sample()[1]) == TABLES_OF_THE_SAMPLE


def test_days_are_counted_from_october_2019() -> None:
    assert day_of(np.array([0, 15]), 25).tolist() == [date(2019, 10, 25), date(2021, 1, 25)]


@pytest.mark.parametrize("name", TABLES_OF_THE_SAMPLE)
def test_no_row_arrives_before_it_happened(name: str) -> None:
    rows = sample()[1][name]
    arrival = pl.Series(day_of(rows[KNOWN].to_numpy(), 25))
    assert (rows[TABLES[name].event] <= arrival).all()
    for column in ("eliminated_month", "clue_on", "inspected_on", "birth_month"):
        if column in rows.columns:
            assert (rows[column] <= arrival).all()


@pytest.mark.parametrize("name", TABLES_OF_THE_SAMPLE)
def test_every_version_of_a_key_arrives_on_a_day_of_its_own(name: str) -> None:
    assert not sample()[1][name].select(*TABLES[name].key, KNOWN).is_duplicated().any()


@pytest.mark.parametrize("name", ["households", "members"])
def test_a_later_state_says_something_new_and_is_never_known_earlier(name: str) -> None:
    subject = TABLES[name].key[0]
    rows = sample()[1][name].sort(subject, "valid_from")
    follows = pl.col(subject) == pl.col(subject).shift(1)
    content = [c for c in rows.columns if c not in ("valid_from", KNOWN)]
    repeats = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in content)
    assert rows.filter(follows & repeats).is_empty()
    assert rows.filter(follows & (pl.col(KNOWN) < pl.col(KNOWN).shift(1))).is_empty()
    assert rows[subject].n_unique() < rows.height


def test_the_size_of_a_household_is_the_number_of_its_present_members() -> None:
    county, tables = sample()
    last = {
        name: tables[name].sort("valid_from").unique(TABLES[name].key[0], keep="last")
        for name in ("households", "members")
    }
    present = last["members"].filter(pl.col("leave_reason").is_null()).group_by("household_id").len()
    both = last["households"].join(present, on="household_id", how="left")
    assert both.height == county.homes.count
    assert (both["size"] == both["len"]).all()


def test_nothing_is_told_of_members_who_left() -> None:
    left = sample()[1]["members"].filter(pl.col("leave_reason").is_not_null()).select("person_id", "valid_from")
    assert left.height > 0
    for name, day in (("employment", "month"), ("enrolments", "term")):
        facts = sample()[1][name].join(left, on="person_id")
        assert facts.filter(pl.col(day) > pl.col("valid_from")).is_empty()


def test_monitoring_becomes_known_one_or_two_months_after_its_month() -> None:
    rows = sample()[1]["monitoring_episodes"].filter(pl.col("eliminated_month").is_null())
    delay = pl.Series(day_of(rows[KNOWN].to_numpy())).dt.month_start() - rows["identified_month"]
    assert set((delay.dt.total_days() / 30).round()) == {1.0, 2.0}
