from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from riskmodel.sources.sample_columns import KNOWN, day_of
from riskmodel.sources.sample_county import simulate
from riskmodel.sources.sample_rows import rows_of
from riskmodel.tables import TABLES

TABLES_OF_THE_SAMPLE = [
    *("villages", "households", "members", "incomes", "income_surveys", "employment", "enrolments", "dwellings"),
    "monitoring_episodes",
]


@cache
def sample() -> dict[str, pl.DataFrame]:
    rng = np.random.default_rng(5)
    return rows_of(simulate(300, 36, rng), rng)


def test_the_sample_has_these_tables() -> None:
    assert list(sample()) == TABLES_OF_THE_SAMPLE


@pytest.mark.parametrize("name", TABLES_OF_THE_SAMPLE)
def test_no_row_arrives_before_it_happened(name: str) -> None:
    rows = sample()[name]
    arrival = pl.Series(day_of(rows[KNOWN].to_numpy(), 25))
    assert (rows[TABLES[name].event] <= arrival).all()
    for column in ("eliminated_month", "clue_on", "inspected_on", "birth_month"):
        if column in rows.columns:
            assert (rows[column] <= arrival).all()


@pytest.mark.parametrize("name", TABLES_OF_THE_SAMPLE)
def test_every_version_of_a_key_arrives_on_a_day_of_its_own(name: str) -> None:
    assert not sample()[name].select(*TABLES[name].key, KNOWN).is_duplicated().any()


def test_nothing_is_told_of_members_who_left() -> None:
    left = sample()["members"].filter(pl.col("leave_reason").is_not_null()).select("person_id", "valid_from")
    assert left.height > 0
    for name, day in (("employment", "month"), ("enrolments", "term")):
        facts = sample()[name].join(left, on="person_id")
        assert facts.filter(pl.col(day) > pl.col("valid_from")).is_empty()


def test_monitoring_becomes_known_one_or_two_months_after_its_month() -> None:
    rows = sample()["monitoring_episodes"].filter(pl.col("eliminated_month").is_null())
    delay = pl.Series(day_of(rows[KNOWN].to_numpy())).dt.month_start() - rows["identified_month"]
    assert set((delay.dt.total_days() / 30).round()) == {1.0, 2.0}
