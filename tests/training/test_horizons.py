from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.training.fit import Rows, fit_calibrated
from riskmodel.training.folds import Fold, folds, places
from riskmodel.training.horizons import NO_FLOOR, Shorter, as_told
from riskmodel.training.rows import Collected
from training.made_rows import RECIPES, made_rows


def collected(rows: Rows, villages: int) -> Collected:
    """The households of the rows in so many villages, each of a township of its own."""
    keys = pl.DataFrame(
        {
            "household_id": [f"H{g:06}" for g in rows.group],
            "village_code": [f"990301{g % villages:03}001" for g in rows.group],
        }
    )
    return Collected(rows, keys.with_columns(as_of=pl.lit(date(2026, 1, 5))))


def shorter(longer: Collected, gap: int, unit: str) -> Shorter:
    """The same rows, but the newest, told of a shorter horizon; its households are numbered in another way."""
    kept = longer.rows.time < longer.rows.time.max()
    rows = longer.rows.where(kept)
    return Shorter(
        Collected(replace(rows, gap=gap, group=rows.group[::-1]), longer.keys.filter(pl.Series(kept))), "naive", unit
    )


def cut(longer: Collected) -> tuple[list[Fold], str]:
    dealt = places(longer.keys["village_code"], longer.keys["household_id"], 0)
    return folds(longer.rows, dealt), dealt.unit


@settings(max_examples=25)
@given(st.integers(4, 14), st.integers(1, 4), st.integers(1, 8), st.integers(1, 14), st.sampled_from([1, 12]))
def test_the_shorter_horizon_teaches_a_fold_only_what_was_known_then_and_of_other_places(
    times: int, gap: int, more: int, stay: int, villages: int
) -> None:
    longer = collected(made_rows(households=60, times=times, gap=gap, stay=stay), villages)
    found, unit = cut(longer)
    asked = shorter(longer, gap + more, unit)
    other, keys = asked.collected.rows, asked.collected.keys
    for fold in found:
        learned = asked.taught(longer, fold)
        tested, taught = longer.keys.filter(pl.Series(fold.test)), keys.filter(pl.Series(learned))
        if fold.scheme != "area":
            assert (other.time[learned] + other.gap <= longer.rows.time[fold.test].min()).all()
        if fold.scheme != "time":
            assert not set(taught["household_id"]) & set(tested["household_id"])
        if fold.scheme != "time" and villages > 1:
            assert not set(taught["village_code"]) & set(tested["village_code"])
        if fold.scheme == "area":
            assert learned.any()


def test_the_floor_is_what_the_shorter_horizon_could_have_said_then() -> None:
    longer = collected(made_rows(households=200, times=16, gap=2), 12)
    found, unit = cut(longer)
    asked, last = shorter(longer, 4, unit), [fold for fold in found if fold.scheme == "space_time"][-3:]
    floor = asked.floor(RECIPES, longer, last, 0)
    assert (~np.isnan(floor) == np.any([fold.test for fold in last], axis=0)).all()
    model = fit_calibrated(RECIPES, "naive", asked.collected.rows.where(asked.taught(longer, last[-1])), 0)
    here = last[-1].test
    np.testing.assert_array_equal(floor[here], model.probability(longer.rows.x[here]))
    assert floor[here].min() > NO_FLOOR


def test_a_shorter_horizon_that_could_teach_nothing_yet_floors_nothing() -> None:
    longer = collected(made_rows(households=60, times=8, gap=2), 12)
    found, unit = cut(longer)
    floor = shorter(longer, 40, unit).floor(RECIPES, longer, [f for f in found if f.scheme == "space_time"], 0)
    assert set(floor[~np.isnan(floor)]) == {NO_FLOOR}


def test_only_what_may_be_chosen_is_told_above_the_floor() -> None:
    risk, floor = np.array([0.1, 0.6, 0.3]), np.array([0.2, 0.4, np.nan])
    told = as_told({"lightgbm": risk, "champion": risk, "rules": risk, "naive": risk}, floor)
    np.testing.assert_array_equal(told["lightgbm"], [0.2, 0.6, np.nan])
    np.testing.assert_array_equal(told["champion"], told["lightgbm"])
    assert told["rules"] is risk
    assert told["naive"] is risk
    assert as_told({"lightgbm": risk}, None)["lightgbm"] is risk
