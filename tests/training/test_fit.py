from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from riskmodel.errors import DataError, UsageError
from riskmodel.models import LightGBMModel, LogisticModel, RuleModel
from riskmodel.training.calibration_check import weighted
from riskmodel.training.fit import Recipes, Rows, fit_calibrated, judge, thinned
from riskmodel.training.intervals import Resampling
from riskmodel.training.rows import sampled
from riskmodel.training.splits import apart
from training.made_rows import KINDS, RECIPES, made_rows, out_of_time

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.models import RiskModel

ROWS = made_rows()


@dataclass(frozen=True)
class Recording(Recipes):
    """Recipes that remember the rows they were given."""

    learned: list[Rows] = field(default_factory=list)

    def fit(self, kind: str, rows: Rows, seed: int, among: NDArray[np.bool_] | None = None) -> RiskModel:
        self.learned.append(rows if among is None else rows.where(among))
        return super().fit(kind, rows, seed, among)


@pytest.mark.parametrize(
    ("kind", "model"),
    [("rules", RuleModel), ("naive", LogisticModel), ("logistic", LogisticModel), ("lightgbm", LightGBMModel)],
)
def test_every_kind_has_its_model_on_the_columns_of_the_rows(kind: str, model: type[RiskModel]) -> None:
    found = RECIPES.fit(kind, ROWS, 0)
    assert isinstance(found, model)
    assert found.columns == ROWS.columns


def test_the_naive_model_looks_at_the_distance_only() -> None:
    contributions = RECIPES.fit("naive", ROWS, 0).contributions(ROWS.x)
    assert contributions[:, 0].any()
    assert not contributions[:, 1:].any()


@pytest.mark.parametrize("kind", KINDS)
def test_calibration_does_not_change_the_order(kind: str) -> None:
    model = fit_calibrated(RECIPES, kind, ROWS, 0)
    margin, probability = model.margin(ROWS.x), model.probability(ROWS.x)
    order = np.argsort(margin, kind="stable")
    assert (np.diff(probability[order]) >= 0).all()
    assert len(np.unique(probability)) == len(np.unique(margin))
    assert average_precision_score(ROWS.y, margin) == average_precision_score(ROWS.y, probability)


@pytest.mark.parametrize("kind", KINDS)
def test_the_level_is_that_of_the_training_rows(kind: str) -> None:
    model = fit_calibrated(RECIPES, kind, ROWS, 0)
    assert model.probability(ROWS.x).mean() == pytest.approx(ROWS.y.mean(), abs=1e-6)


def test_an_unknown_kind_is_refused_and_is_no_lightgbm() -> None:
    with pytest.raises(UsageError, match="no kind of model 'lightbgm'"):
        RECIPES.fit("lightbgm", ROWS, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_shuffled_labels_cannot_be_foreseen(kind: str) -> None:
    shuffled = made_rows(y=np.random.default_rng(5).permutation(ROWS.y))
    train, test = out_of_time(shuffled, 8)
    found = judge(RECIPES, kind, shuffled, apart(train, test, shuffled.group, 0), 0)
    assert roc_auc_score(shuffled.y[test], found.risk[test]) == pytest.approx(0.5, abs=0.06)


def test_what_can_be_foreseen_is_foreseen_and_in_level() -> None:
    train, test = out_of_time(ROWS, 8)
    for kind in ("logistic", "lightgbm"):
        risk = judge(RECIPES, kind, ROWS, apart(train, test, ROWS.group, 0), 0).risk[test]
        assert roc_auc_score(ROWS.y[test], risk) > 0.72
        assert risk.mean() == pytest.approx(ROWS.y[test].mean(), abs=0.06)


def test_a_validation_block_is_predicted_from_labels_that_were_known_before_it() -> None:
    recipes = Recording(RECIPES.distance, RECIPES.wires, RECIPES.trees)
    fit_calibrated(recipes, "naive", ROWS, 0)
    *folds, everything = recipes.learned
    assert len(everything) == len(ROWS)
    assert [int(rows.time.max()) <= first - ROWS.gap for rows, first in zip(folds, (6, 8, 10), strict=True)] == [
        True
    ] * 3


def test_rows_of_too_few_times_are_calibrated_on_folds_by_household() -> None:
    rows = made_rows(times=2)
    recipes = Recording(RECIPES.distance, RECIPES.wires, RECIPES.trees)
    model = fit_calibrated(recipes, "logistic", rows, 0)
    *folds, _ = recipes.learned
    assert sum(len(rows) - len(learned) for learned in folds) == len(rows)  # each row was left out once
    assert model.probability(rows.x).mean() == pytest.approx(rows.y.mean(), abs=1e-6)


def test_the_training_rows_of_a_test_household_are_not_learned() -> None:
    rows = made_rows(stay=3)
    train, test = out_of_time(rows, 8)  # its households are seen from time 6 on, training ends with time 6
    recipes = Recording(RECIPES.distance, RECIPES.wires, RECIPES.trees)
    found = judge(recipes, "naive", rows, apart(train, test, rows.group, 0), 0)
    assert set(recipes.learned[-1].time.tolist()) == {0, 1, 2, 3, 4, 5}
    assert all(set(learned.group.tolist()).isdisjoint(rows.group[test].tolist()) for learned in recipes.learned)
    assert found.n_train == len(recipes.learned[-1])
    assert (~np.isnan(found.risk) == test).all()


@pytest.mark.parametrize("rows", [made_rows(households=1), made_rows(y=np.zeros_like(ROWS.y))], ids=["few", "no event"])
def test_too_few_events_are_an_error_that_says_what_to_do(rows: Rows) -> None:
    message = rf"{len(rows)} training rows with {rows.y.sum()} events .*(more as-of dates|more labels)"
    with pytest.raises(DataError, match=message):
        fit_calibrated(RECIPES, "logistic", rows, 0)


def test_where_households_stay_until_they_fall_the_training_rows_are_not_those_that_fell() -> None:
    everybody = made_rows(households=800, stay=12)
    few = ((everybody.y == 1) & (np.random.default_rng(1).random(len(everybody)) < 0.2)).astype(np.int8)
    last = np.full(800, everybody.time.max())
    np.minimum.at(last, everybody.group[few == 1], everybody.time[few == 1])
    rows = made_rows(households=800, stay=12, y=few).where(everybody.time <= last[everybody.group])
    train, test = out_of_time(rows, 8)
    risk = judge(RECIPES, "lightgbm", rows, apart(train, test, rows.group, 0), 0).risk[test]
    assert risk.mean() == pytest.approx(rows.y[train].mean(), rel=0.3)
    assert roc_auc_score(rows.y[test], risk) > 0.6


def test_the_same_seed_gives_the_same_model_and_another_seed_another() -> None:
    one, again, other = (RECIPES.fit("lightgbm", ROWS, seed).to_files() for seed in (3, 3, 4))
    assert one == again
    assert one != other


def test_rows_can_be_cut() -> None:
    part = ROWS.where(ROWS.time == 3)
    assert (len(part), part.gap, part.columns) == (250, ROWS.gap, ROWS.columns)
    assert set(part.time.tolist()) == {3}
    assert part.x.shape == (250, len(ROWS.columns))


# --- a part of those without the event, see `rows.sampled` ---


def rare(seed: int) -> Rows:
    """18,000 rows, one in twenty with the event."""
    rows = made_rows(1_500, seed=seed)
    return replace(rows, y=(rows.y * (np.random.default_rng(100 + seed).random(len(rows)) < 0.1)).astype(np.int8))


def part_of(rows: Rows) -> Rows:
    """Of every time all rows with the event, and a third of the others."""
    frame = pl.DataFrame({"row": np.arange(len(rows)), "time": rows.time, "event": rows.y == 1})
    found = pl.concat(sampled(of_time, ["event"], 1 / 3, [1]) for of_time in frame.partition_by("time"))
    place = found["row"].to_numpy()
    chosen = rows.where(np.isin(np.arange(len(rows)), place))
    return replace(chosen, weight=found.sort("row")["weight"].to_numpy())


@pytest.mark.parametrize("kind", ["logistic", "lightgbm"])
def test_a_weighted_part_gives_the_probabilities_of_all_within_the_interval(kind: str) -> None:
    """Judged on all rows of another draw: the same shares as foreseen, in all and in the tenth of highest risk."""
    rows, test = rare(0), rare(1).where(np.arange(18_000) < 9_000)
    part = part_of(rows)
    assert len(part) < 0.4 * len(rows)
    draws = Resampling(test.group, 0, 40)
    risks = [fit_calibrated(RECIPES, kind, learned, 0).probability(test.x) for learned in (rows, part)]
    full, told = (draws.intervals(weighted(test.y.astype(float), risk, draws.weight)) for risk in risks)
    assert told["ratio"].low < 1 < told["ratio"].high
    for name in ("ratio", "ratio_top", "slope", "intercept"):
        assert full[name].low <= told[name].value <= full[name].high, name


def test_the_level_is_that_of_all_the_households_that_the_rows_stand_for() -> None:
    part = part_of(rare(0))
    risk = fit_calibrated(RECIPES, "naive", part, 0).probability(part.x)
    assert np.average(risk, weights=part.weight) == pytest.approx(rare(0).y.mean(), abs=1e-6)


# --- thinned ---

FEW = made_rows(y=((ROWS.y == 1) & (np.random.default_rng(1).random(len(ROWS)) < 0.1)).astype(np.int8))


def test_thinning_keeps_every_event_and_the_order() -> None:
    found = thinned(FEW, 3, seed=0)
    assert found.y.sum() == FEW.y.sum()
    assert len(found) == 4 * FEW.y.sum()
    kept = set(zip(found.time, found.group, strict=True))
    same = FEW.where(np.array([row in kept for row in zip(FEW.time, FEW.group, strict=True)]))
    np.testing.assert_array_equal(found.x, same.x)
    np.testing.assert_array_equal(found.y, same.y)


def test_where_there_are_few_without_the_event_nothing_is_thinned() -> None:
    assert thinned(ROWS, 3, seed=0) is ROWS
    assert replace(RECIPES, most_per_event=3).fit("lightgbm", ROWS, 0) == RECIPES.fit("lightgbm", ROWS, 0)


def test_thinning_among_some_rows_is_thinning_them() -> None:
    among = np.arange(len(FEW)) % 2 == 0
    for most in (3, 10**6):
        np.testing.assert_array_equal(thinned(FEW, most, 0, among).x, thinned(FEW.where(among), most, 0).x)


def test_the_same_seed_thins_in_the_same_way() -> None:
    one, again, other = (thinned(FEW, 3, seed).x for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("kind", ["logistic", "lightgbm"])
def test_a_model_of_thinned_rows_learns_from_them_alone_and_tells_the_level_of_all(kind: str) -> None:
    recipes = replace(RECIPES, most_per_event=3)
    model = fit_calibrated(recipes, kind, FEW, 0)
    np.testing.assert_array_equal(model.margin(FEW.x), RECIPES.fit(kind, thinned(FEW, 3, 0), 0).margin(FEW.x))
    assert model.probability(FEW.x).mean() == pytest.approx(FEW.y.mean(), abs=1e-6)
    whole = fit_calibrated(RECIPES, kind, FEW, 0)
    assert np.corrcoef(model.margin(FEW.x), whole.margin(FEW.x))[0, 1] > 0.9
