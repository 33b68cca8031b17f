from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from riskmodel.sources.sample_columns import KNOWN
from riskmodel.sources.sample_county import County, simulate
from riskmodel.sources.sample_states import STATE_DELAY, households, members, villages
from riskmodel.tables import TABLES

STATES = {"households": households, "members": members}


@cache
def county() -> County:
    return simulate(300, 36, np.random.default_rng(5))


@pytest.mark.parametrize("name", STATES)
def test_a_later_state_says_something_new_and_is_never_known_earlier(name: str) -> None:
    subject = TABLES[name].key[0]
    rows = STATES[name](county()).sort(subject, "valid_from")
    follows = pl.col(subject) == pl.col(subject).shift(1)
    content = [c for c in rows.columns if c not in ("valid_from", KNOWN)]
    repeats = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in content)
    assert rows.filter(follows & repeats).is_empty()
    assert rows.filter(follows & (pl.col(KNOWN) < pl.col(KNOWN).shift(1))).is_empty()
    assert rows[subject].n_unique() < rows.height


def test_the_size_of_a_household_is_the_number_of_its_present_members() -> None:
    last = {name: STATES[name](county()).sort("valid_from").unique(TABLES[name].key[0], keep="last") for name in STATES}
    present = last["members"].filter(pl.col("leave_reason").is_null()).group_by("household_id").len()
    both = last["households"].join(present, on="household_id", how="left")
    assert both.height == county().homes.count
    assert (both["size"] == both["len"]).all()


@pytest.mark.parametrize("name", STATES)
def test_a_change_is_known_after_the_same_delay_everywhere(name: str) -> None:
    rows = STATES[name](county())
    since = (rows["valid_from"].dt.year() - 2019) * 12 + rows["valid_from"].dt.month() - 10
    assert set((rows[KNOWN] - since).filter(since > 0)) == {STATE_DELAY}


def test_nobody_has_a_state_after_leaving() -> None:
    rows = members(county()).sort("person_id", "valid_from")
    last = pl.col("person_id") != pl.col("person_id").shift(-1)
    assert rows.filter(pl.col("leave_reason").is_not_null() & ~last).is_empty()


def test_every_household_lives_in_a_village_that_is_there() -> None:
    there = villages(county())
    assert set(households(county())["village_code"]) == set(there["village_code"])
    assert there["registered_households"].sum() == county().homes.count
