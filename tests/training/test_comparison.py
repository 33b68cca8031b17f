from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from riskmodel.training.comparison import Trial, compare
from riskmodel.training.intervals import Resampling

ROWS = 900
RNG = np.random.default_rng(5)
P = RNG.beta(0.5, 6, ROWS)
Y = (RNG.random(ROWS) < P).astype(np.float64)
FIRED = np.where(RNG.random(ROWS) < 0.05, 2.0, 0.0)
TRIAL = Trial(
    y=Y,
    risks={"truth": P, "chance": RNG.random(ROWS) * 0.1, "rules": 0.01 + 0.05 * FIRED},
    place=np.arange(ROWS) % 9,
    capacity=np.full(ROWS, 5),
    order=RNG.permutation(ROWS),
    fired=FIRED > 0,
    sampling=Resampling(np.arange(ROWS) // 10, 3, 60),
)
FOUND = compare(TRIAL)


def test_the_numbers_are_those_of_scikit_learn() -> None:
    for kind, risk in TRIAL.risks.items():
        told = {name: found.value for name, found in FOUND.values[kind].items()}
        assert told["average_precision"] == pytest.approx(average_precision_score(Y, risk))
        assert told["roc_auc"] == pytest.approx(roc_auc_score(Y, risk))
        assert told["brier"] == pytest.approx(brier_score_loss(Y, risk))


def test_the_list_at_capacity_is_counted_by_hand() -> None:
    listed = np.zeros(ROWS, dtype=bool)
    for place in range(9):
        here = np.flatnonzero(TRIAL.place == place)
        listed[sorted(here, key=lambda row: (-P[row], TRIAL.order[row]))[:5]] = True
    assert (TRIAL.lists["truth"] == listed).all()
    assert FOUND.values["truth"]["recall_at_capacity"].value == pytest.approx(Y[listed].sum() / Y.sum())
    assert FOUND.values["truth"]["precision_at_capacity"].value == pytest.approx(Y[listed].mean())


def test_the_lift_is_over_a_list_of_the_wires_that_is_as_long_in_every_place() -> None:
    for place in range(9):
        here = TRIAL.place == place
        assert TRIAL.wire_lists["truth"][here].sum() == TRIAL.fired[here].sum()
    assert FOUND.values["rules"]["lift_over_wires"].value == 1.0
    caught = Y[TRIAL.wire_lists["truth"]].sum() / Y[TRIAL.fired].sum()
    assert FOUND.values["truth"]["lift_over_wires"].value == pytest.approx(caught)


def test_observed_over_expected_is_one_where_risks_are_right_and_more_where_they_are_halved() -> None:
    assert FOUND.values["truth"]["top_ratio"].value == pytest.approx(1, abs=0.25)
    assert FOUND.values["truth"]["slope"].value == pytest.approx(1, abs=0.25)
    halved = compare(replace(TRIAL, risks={"half": P / 2})).values["half"]
    assert halved["total_ratio"].value == pytest.approx(2 * FOUND.values["truth"]["total_ratio"].value)


def test_differences_are_those_of_the_values_with_intervals_of_their_own() -> None:
    found = FOUND.differences["truth", "chance"]["average_precision"]
    both = [FOUND.values[kind]["average_precision"].value for kind in ("truth", "chance")]
    assert found.value == pytest.approx(both[0] - both[1])
    assert found.above_zero
    mirrored = FOUND.differences["chance", "truth"]["average_precision"]
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))


def test_what_is_written_holds_every_interval_and_difference() -> None:
    told = FOUND.intervals()
    one = FOUND.differences["truth", "chance"]["roc_auc"]
    assert told["differences"]["truth - chance"]["roc_auc"] == {"value": one.value, "low": one.low, "high": one.high}
    assert {kind: set(values) for kind, values in told["intervals"].items()} == {
        kind: set(values) for kind, values in FOUND.values.items()
    }


def test_without_events_nothing_is_told_of_ranking_and_nothing_breaks() -> None:
    found = compare(replace(TRIAL, y=np.zeros(ROWS)))
    assert np.isnan(found.values["truth"]["recall_at_capacity"].value)
    assert not found.differences["truth", "chance"]["average_precision"].above_zero
