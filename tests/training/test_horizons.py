from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.training.fit import Rows, fit_calibrated
from riskmodel.training.folds import Fold, folds, places
from riskmodel.training.horizons import NO_LIMIT, Longer, as_told
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


def longer(shorter: Collected, gap: int, unit: str) -> Longer:
    """The same rows, but the newest, told of a longer horizon; its households are numbered in another way."""
    kept = shorter.rows.time < shorter.rows.time.max()
    rows = shorter.rows.where(kept)
    return Longer(
        Collected(replace(rows, gap=gap, group=rows.group[::-1]), shorter.keys.filter(pl.Series(kept))), "naive", unit
    )


def cut(shorter: Collected) -> tuple[list[Fold], str]:
    dealt = places(shorter.keys["village_code"], shorter.keys["household_id"], 0)
    return folds(shorter.rows, dealt), dealt.unit


@settings(max_examples=25)
@given(st.integers(4, 14), st.integers(1, 4), st.integers(1, 8), st.integers(1, 14), st.sampled_from([1, 12]))
def test_the_longer_horizon_teaches_a_fold_only_what_was_known_then_and_of_other_places(
    times: int, gap: int, more: int, stay: int, villages: int
) -> None:
    shorter = collected(made_rows(households=60, times=times, gap=gap, stay=stay), villages)
    found, unit = cut(shorter)
    asked = longer(shorter, gap + more, unit)
    other, keys = asked.collected.rows, asked.collected.keys
    for fold in found:
        learned = asked.taught(shorter, fold)
        tested, taught = shorter.keys.filter(pl.Series(fold.test)), keys.filter(pl.Series(learned))
        if fold.scheme != "area":
            assert (other.time[learned] + other.gap <= shorter.rows.time[fold.test].min()).all()
        if fold.scheme != "time":
            assert not set(taught["household_id"]) & set(tested["household_id"])
        if fold.scheme != "time" and villages > 1:
            assert not set(taught["village_code"]) & set(tested["village_code"])
        if fold.scheme == "area":
            assert learned.any()


def test_the_limit_is_what_the_longer_horizon_could_have_said_then() -> None:
    shorter = collected(made_rows(households=200, times=16, gap=2), 12)
    found, unit = cut(shorter)
    asked, last = longer(shorter, 4, unit), [fold for fold in found if fold.scheme == "space_time"][-3:]
    limit = asked.limit(RECIPES, shorter, last, 0)
    assert (~np.isnan(limit) == np.any([fold.test for fold in last], axis=0)).all()
    model = fit_calibrated(RECIPES, "naive", asked.collected.rows.where(asked.taught(shorter, last[-1])), 0)
    here = last[-1].test
    np.testing.assert_array_equal(limit[here], model.probability(shorter.rows.x[here]))
    assert limit[here].max() < NO_LIMIT


def test_a_longer_horizon_that_could_teach_nothing_yet_limits_nothing() -> None:
    shorter = collected(made_rows(households=60, times=8, gap=2), 12)
    found, unit = cut(shorter)
    limit = longer(shorter, 40, unit).limit(RECIPES, shorter, [f for f in found if f.scheme == "space_time"], 0)
    assert set(limit[~np.isnan(limit)]) == {NO_LIMIT}


def test_only_what_may_be_chosen_is_told_below_the_limit() -> None:
    risk, limit = np.array([0.1, 0.6, 0.3]), np.array([0.2, 0.4, np.nan])
    told = as_told({"lightgbm": risk, "champion": risk, "rules": risk, "naive": risk}, limit)
    np.testing.assert_array_equal(told["lightgbm"], [0.1, 0.4, np.nan])
    np.testing.assert_array_equal(told["champion"], told["lightgbm"])
    assert told["rules"] is risk
    assert told["naive"] is risk
    assert as_told({"lightgbm": risk}, None)["lightgbm"] is risk
