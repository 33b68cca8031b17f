from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from riskmodel.models import Column
from riskmodel.models.rules import Wire
from riskmodel.policy import Policy
from riskmodel.training.comparison import compare
from riskmodel.training.fit import Recipes, Rows
from riskmodel.training.folds import Places, folds
from riskmodel.training.gate import Bounds, decide
from riskmodel.training.rows import Collected
from riskmodel.training.trial import predicted, trial
from training.made_rows import RECIPES, made_rows

POLICY = Policy.load()


def collected(rows: Rows) -> Collected:
    """The rows as if of 30 villages in 6 townships, one as-of date per time."""
    days = [date(2020 + (t - 1) // 12, (t - 1) % 12 + 1, 5) for t in range(1, 25)]
    village = rows.group % 30
    keys = pl.DataFrame(
        {
            "household_id": [f"H{g:06}" for g in rows.group],
            "village_code": [f"990301{v % 6:03}{v:03}" for v in village],
            "as_of": [days[int(t)] for t in rows.time],
        }
    )
    return Collected(rows, keys)


def test_every_row_of_the_folds_is_predicted_and_no_other() -> None:
    rows = made_rows()
    cut = [fold for fold in folds(rows, Places(rows.group % 3, "household")) if fold.scheme == "time"]
    risk = predicted(RECIPES, "naive", rows, cut, 0)
    tested = np.any([fold.test for fold in cut], axis=0)
    assert (~np.isnan(risk) == tested).all()
    with pytest.raises(ValueError, match="another fold tests already"):
        predicted(RECIPES, "naive", rows, [*cut, cut[0]], 0)


def test_a_list_is_made_per_township_and_date_by_the_policy_in_force() -> None:
    given = collected(made_rows())
    risk = given.rows.x[:, 1].copy()
    risk[np.isnan(risk)] = 0.0
    risk = np.where(given.rows.time == 3, np.nan, 1 / (2 + risk))
    found, here = trial(given, {"one": risk}, RECIPES, POLICY, 0)
    assert (here == (given.rows.time != 3)).all()
    assert len(np.unique(found.place)) == 6 * 11
    assert set(found.capacity) == {40}
    assert found.lists["one"].sum() <= 40 * 6 * 11
    assert (found.fired == (given.rows.x[here, 1] >= 2)).all()


def test_what_other_places_tell_of_the_test_dates_is_a_leak_that_folds_in_space_and_time_catch() -> None:
    """Every date has a shock of its own that its past does not tell, and the model is shown the date.

    Held-out places alone do not notice: the shock of the test date is learned from the other places, whose outcomes
    were not known on that date. In later months and other places at once there is nothing to learn it from.
    """
    random, times, households = np.random.default_rng(3), 14, 900
    shock = np.array([0.02, 0.25, 0.1])[np.arange(times) % 3]  # the last date of every training is a quiet one
    time = np.repeat(np.arange(times, dtype=np.int64), households)
    y = (random.random(len(time)) < shock[time]).astype(np.int8)
    x = np.column_stack([time.astype(np.float64), random.lognormal(0.3, 0.5, len(time)), np.zeros(len(time))])
    columns = (Column("date"), Column("income", -1, log=True), Column("wire", 1))
    rows = Rows(x, y, columns, time, np.tile(np.arange(households), times), gap=2)
    given = collected(rows)
    recipes = Recipes("income", (Wire("W", "wire", 1.0),), RECIPES.trees)
    dealt = Places(rows.group % 30 % 3, "village")
    comparisons = {}
    for scheme in ("area", "space_time"):
        cut = [fold for fold in folds(rows, dealt) if fold.scheme == scheme]
        risks = {kind: predicted(recipes, kind, rows, cut, 0) for kind in ("rules", "naive", "lightgbm")}
        found, _ = trial(given, risks, recipes, POLICY, 0)
        found = replace(found, sampling=replace(found.sampling, replicates=100))
        comparisons[scheme] = compare(found)
    leak = {s: c.differences["lightgbm", "naive"]["average_precision"] for s, c in comparisons.items()}
    assert leak["area"].above_zero
    assert not leak["space_time"].above_zero
    bounds = Bounds.of(POLICY, "990301", date(2024, 1, 1))
    verdict = decide(comparisons, {}, bounds)
    assert verdict.chosen == "naive"
    missed = {
        check.scheme for check in verdict.failed("lightgbm") if check.demand == "average_precision above that of naive"
    }
    assert missed == {"space_time"}
