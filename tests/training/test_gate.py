from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from riskmodel.policy import Policy
from riskmodel.training.comparison import Trial, compare
from riskmodel.training.gate import Bounds, Missed, decide
from riskmodel.training.intervals import Resampling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskmodel.training.comparison import Comparison

BOUNDS = Bounds(0.01, 0.8, 1.25, 0.10, 0.97, events=50, events_trees=100)
ROWS = 6000


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-x)))


def county(risks: Mapping[str, float], level: float = -4.0) -> Trial:
    """A test of 60 villages in which every kind knows the truth but for noise of its own; `risks`: its size by kind."""
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 1.6, ROWS)
    p = sigmoid(truth + level)
    y = (rng.random(ROWS) < p).astype(np.float64)
    told = {}
    for kind, noise in risks.items():
        seen = truth + rng.normal(0, noise, ROWS) if noise else truth
        slope = 1.6**2 / (1.6**2 + noise**2)  # what is seen, drawn back to what it says of the truth
        told[kind] = sigmoid(_levelled(slope * seen, y))
    place = np.arange(ROWS) % 20
    return Trial(
        y=y,
        risks=told,
        place=place,
        capacity=np.full(ROWS, 30),
        order=rng.permutation(ROWS),
        fired=told["rules"] > np.quantile(told["rules"], 0.95) if "rules" in told else np.zeros(ROWS, dtype=bool),
        sampling=Resampling(np.arange(ROWS) % 60, 0, 200),
    )


def _levelled(margin: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    shift = 0.0
    for _ in range(50):
        p = sigmoid(margin + shift)
        shift += float((y.sum() - p.sum()) / (p * (1 - p)).sum())
    return margin + shift


GOOD = {"rules": 5.0, "rule_pack": 3.0, "naive": 4.0, "logistic": 1.2, "lightgbm": 0.2}


def verdict(tested: Trial, missed: dict[str, Missed] | None = None, bounds: Bounds = BOUNDS) -> tuple[str, set[str]]:
    """The chosen kind, and the demands that LightGBM did not meet."""
    found = decide({"space_time": compare(tested)}, {"space_time": missed or {}}, bounds)
    return found.chosen, {check.demand for check in found.failed("lightgbm")}


def test_lightgbm_that_is_best_calibrated_and_misses_nobody_passes() -> None:
    assert verdict(county(GOOD)) == ("lightgbm", set())


def test_lightgbm_clearly_behind_logistic_regression_is_refused_and_logistic_chosen() -> None:
    chosen, failed = verdict(county(GOOD | {"logistic": 0.2, "lightgbm": 1.6}))
    assert chosen == "logistic"
    assert "average_precision not below that of logistic" in failed


def test_shuffled_labels_let_nothing_pass_and_the_naive_rule_is_chosen() -> None:
    tested = county(GOOD)
    shuffled = replace(tested, y=np.random.default_rng(0).permutation(tested.y))
    found = decide({"space_time": compare(shuffled)}, {}, BOUNDS)
    assert found.chosen == "naive"
    assert "no other kind meets every demand" in found.why
    assert not any(word in found.why_zh for word in ("above", "below", "difference"))
    assert "按收入与监测线的距离排序" in found.why_zh
    assert found.allows("naive")
    assert not found.allows("lightgbm")


@pytest.mark.parametrize("spread", [0.6, 1.6])
def test_a_model_whose_risks_are_spread_wrongly_is_refused(spread: float) -> None:
    tested = county(GOOD)
    odds = np.log(tested.risks["lightgbm"] / (1 - tested.risks["lightgbm"]))
    wrong = sigmoid(_levelled(spread * odds, tested.y))
    chosen, failed = verdict(replace(tested, risks={**tested.risks, "lightgbm": wrong}))
    assert "calibration slope within the bounds" in failed
    assert chosen == "logistic"


@pytest.mark.parametrize("factor", [0.5, 1.7])
def test_a_model_whose_level_is_wrong_at_the_top_is_refused(factor: float) -> None:
    tested = county(GOOD)
    wrong = np.minimum(tested.risks["lightgbm"] * factor, 0.999)
    _, failed = verdict(replace(tested, risks={**tested.risks, "lightgbm": wrong}))
    assert "observed over expected events of the top tenth within the bounds" in failed


def test_a_model_that_is_too_good_to_be_true_is_refused() -> None:
    tested = county(GOOD)
    seen = np.where(tested.y == 1, 0.97, 0.001)
    _, failed = verdict(replace(tested, risks={**tested.risks, "lightgbm": seen}))
    assert "ROC AUC at most 0.97: better is too good to be true, look for a leak" in failed


def test_a_model_that_misses_a_group_is_refused() -> None:
    chosen, failed = verdict(county(GOOD), {"lightgbm": Missed(["township=990301002"], [])})
    assert (chosen, failed) == ("logistic", {"no group's recall more than 0.1 below the overall one"})


def test_a_group_that_only_looks_worse_is_told_and_refuses_nobody() -> None:
    found = decide({"space_time": compare(county(GOOD))}, {"space_time": {"lightgbm": Missed([], ["sex=f"])}}, BOUNDS)
    assert found.chosen == "lightgbm"
    assert any(check.found == "0 fail; to be looked at: sex=f" for check in found.checks)


def test_a_model_must_not_be_inferior_to_the_present_champion() -> None:
    chosen, failed = verdict(county(GOOD | {"lightgbm": 0.9, "logistic": 0.9, "champion": 0.0}))
    assert chosen == "naive"  # neither may take its place; what is in force stays until a person decides
    assert "average_precision not below that of champion" in failed


def test_with_few_events_trees_are_not_considered_and_with_fewer_nothing_is() -> None:
    few = county(GOOD, level=-6.3)
    assert 20 < few.events < 100
    chosen, failed = verdict(few, bounds=replace(BOUNDS, events=10, inferiority=1.0))
    assert "at least 100 events" in failed
    assert chosen != "lightgbm"
    assert verdict(few, bounds=replace(BOUNDS, events=10_000))[0] == "naive"


def test_every_scheme_has_to_be_passed() -> None:
    good, bad = county(GOOD), county(GOOD | {"lightgbm": 3.0})
    found = decide({"time": compare(good), "space_time": compare(bad)}, {}, BOUNDS)
    assert found.chosen == "logistic"
    assert {check.scheme for check in found.failed("lightgbm")} == {"space_time"}
    assert "space_time" in found.why


def test_the_differences_are_paired() -> None:
    """Two kinds that say the same differ by nothing, however wide each interval is alone."""
    tested = county(GOOD)
    same: Comparison = compare(replace(tested, risks={"a": tested.risks["naive"], "b": tested.risks["naive"]}))
    found = same.differences["a", "b"]["average_precision"]
    assert (found.low, found.value, found.high) == (0, 0, 0)
    alone = same.values["a"]["average_precision"]
    assert alone.high - alone.low > 0.02


def test_the_bounds_are_policy_data_that_the_shipped_policy_has() -> None:
    found = Bounds.of(Policy.load(), "990301", date(2024, 1, 1))
    assert found == BOUNDS
