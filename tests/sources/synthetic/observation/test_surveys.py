from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.months import calendar_month, month_at
from riskmodel.sources.synthetic.observation.coded import ARRIVAL
from riskmodel.sources.synthetic.observation.surveys import Books, annual, at_stage, told_rest
from riskmodel.tables import check_rows, table, warn_rows
from sources.synthetic.simulated_county import canonical, months_seen

SEPTEMBER = month_at(2021, 9)


@cache
def books() -> Books:
    """Books to the end of September 2021."""
    found = Books()
    for month, seen in months_seen().items():
        if month <= SEPTEMBER:
            found.enter(seen.happened)
    return found


@cache
def survey() -> pl.DataFrame:
    return annual(months_seen()[SEPTEMBER], books())[0].rows


def test_surveys_are_sound_and_say_nothing_odd() -> None:
    good, failures = check_rows(table("income_surveys"), canonical("income_surveys", survey()))
    assert failures.is_empty(), failures
    assert warn_rows(table("income_surveys"), good).is_empty()


def test_the_survey_of_a_year_is_made_in_autumn_only() -> None:
    others = [seen for month, seen in months_seen().items() if calendar_month(month) != 9]
    assert all(annual(seen, books()) == [] for seen in others)
    assert survey()["period_end"].unique().dt.to_string("%Y-%m-%d").to_list() == ["2021-09-30"]
    assert set(survey()[ARRIVAL].to_list()) <= set(range(SEPTEMBER + 2, SEPTEMBER + 7))


def test_all_ex_poor_households_are_asked_and_most_others() -> None:
    homes = months_seen()[SEPTEMBER].state.homes
    asked = np.zeros(len(homes), dtype=bool)
    asked[survey()["household_id"].to_numpy()] = True
    assert asked[homes.ex_poor & homes.active].mean() > 0.97
    assert 0.6 < asked[~homes.ex_poor & homes.active].mean() < 0.76


def test_what_is_told_is_near_what_was_earned() -> None:
    first = survey().unique("household_id", keep="first", maintain_order=True)
    true = books().year(first["household_id"].to_numpy())["wage"] * 100
    told = first["wage"].to_numpy()
    assert abs(told.sum() / true.sum() - 1) < 0.03
    assert np.corrcoef(told, true)[0, 1] > 0.98
    assert (told[true == 0] == 0).all()


def test_a_survey_at_identification_covers_the_year_before_the_month() -> None:
    seen = months_seen()[SEPTEMBER + 1]
    rows = at_stage(seen, books(), np.array([1, 2, 3]), "identification", np.full(3, SEPTEMBER + 1))
    assert rows["period_end"].dt.to_string("%Y-%m-%d").unique().to_list() == ["2021-09-30"]
    assert rows["year"].to_list() == [2021] * 3


def test_money_that_was_told_is_never_below_zero() -> None:
    assert (told_rest(np.array([-50.0, 120.0]), np.random.default_rng(1)) >= 0).all()
