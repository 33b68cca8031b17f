from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.months import FIRST_MONTHLY, HISTORY_START
from riskmodel.sources.synthetic.observation.coded import ARRIVAL
from riskmodel.sources.synthetic.observation.identities import Identities
from riskmodel.sources.synthetic.observation.register import Register
from riskmodel.tables import check_rows, table
from sources.synthetic.simulated_county import LAST, canonical, county, life


@cache
def kept() -> tuple[Register, pl.DataFrame, pl.DataFrame]:
    """A register kept through the two years, and all its rows of households and of members."""
    identities = Identities(1, county().villages)
    register = Register(identities)
    households, members = [], []
    for month, (state, _) in life().items():
        identities.grow(state)
        found = register.update(state, month, np.random.default_rng([3, month]))
        if month == HISTORY_START - 1:
            rows = register.begin(state, month)
        else:
            rows = register.households(state, found[0], month), register.members(state, found[1], month)
        households.append(rows[0])
        members.append(rows[1])
    return register, pl.concat(households), pl.concat(members)


def test_every_row_passes_the_checks_of_its_table() -> None:
    for name, rows in zip(("households", "members"), kept()[1:], strict=True):
        loaded = rows.with_columns(pl.lit(FIRST_MONTHLY - 1).alias(ARRIVAL))  # all of it comes with the history
        good, failures = check_rows(table(name), canonical(name, loaded))
        assert failures.is_empty(), failures
        assert good.height == rows.height > 1000


def test_states_of_one_subject_follow_each_other_in_time() -> None:
    for rows, key in zip(kept()[1:], ("household_id", "person_id"), strict=True):
        assert not rows.select(key, "valid_from").is_duplicated().any()
        later = pl.col("valid_from").diff().over(key).dt.total_days() > 0
        assert rows.select(later.all()).item()


def test_the_register_lags_behind_the_truth_and_does_not_lose_sight_of_it() -> None:
    register, _, _ = kept()
    people = county().people
    here = register.listed & county().present
    behind = (register.home[here] != people.home[here]).mean()
    assert 0 <= behind < 0.02
    assert here.sum() / county().present.sum() > 0.985
    assert (register.size[register.active] != county().size[register.active]).mean() < 0.1


def test_size_is_the_number_of_members_that_are_listed() -> None:
    register, _, _ = kept()
    households, members = register.export(county(), LAST)
    here = members.filter(pl.col("leave_reason").is_null())["household_id"].to_numpy()
    count = np.bincount(here, minlength=len(county().homes))
    active = households.filter(pl.col("status") == 0)
    assert (count[active["household_id"].to_numpy()] == active["size"].to_numpy()).all()
    assert active["size"].min() > 0  # type: ignore[operator]  # the least of whole numbers is one


def test_every_household_has_a_head_but_for_a_few_months() -> None:
    register, _, _ = kept()
    heads = register.head_of(county())
    assert (heads[register.active] >= 0).mean() > 0.97


def test_who_left_is_listed_for_a_year_with_the_reason() -> None:
    register, _, members = kept()
    left = members.filter(pl.col("leave_reason").is_not_null())
    exported = register.export(county(), LAST)[1].filter(pl.col("leave_reason").is_not_null())
    assert 0 < exported.height < left.height
    assert set(exported["person_id"].to_list()) <= set(left["person_id"].to_list())


def test_who_left_poverty_in_2020_is_registered_since_the_end_of_that_year() -> None:
    late = kept()[1].filter(pl.col("exit_year") == 2020)
    assert late.height > 0
    assert (late["valid_from"].dt.to_string("%Y-%m-%d") >= "2020-12-31").all()
