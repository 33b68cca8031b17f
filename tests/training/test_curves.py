from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from riskmodel.errors import DataError
from riskmodel.training.curves import POINTS, precision_recall
from riskmodel.training.intervals import Resampling

RANDOM = np.random.default_rng(3)
RISK = RANDOM.beta(1, 8, 2_000)
Y = (RANDOM.random(2_000) < RISK).astype(np.float64)
VILLAGES = RANDOM.integers(0, 40, 2_000).astype(str)
DRAWS = Resampling.of(VILLAGES, np.arange(2_000).astype(str), seed=1, replicates=100)


def test_a_point_is_the_list_of_all_rows_above_its_threshold() -> None:
    order = np.argsort(-RISK)
    for point in precision_recall(Y, RISK, DRAWS):
        share, recall, precision = (point[name] for name in ("share", "recall", "precision"))
        assert share is not None
        listed = order[: round(share * len(Y))]
        assert recall == pytest.approx(Y[listed].sum() / Y.sum())
        assert precision == pytest.approx(Y[listed].mean())


def test_the_curve_grows_to_all_rows_and_its_band_holds_the_precision() -> None:
    points = precision_recall(Y, RISK, DRAWS)
    shares = [point["share"] for point in points]
    assert len(points) <= POINTS
    assert shares == sorted(shares, key=float)  # type: ignore[arg-type]  # no share is None
    assert (points[-1]["share"], points[-1]["recall"]) == (1, 1)
    assert points[-1]["precision"] == pytest.approx(Y.mean())
    inside = [p for p in points if p["precision_low"] is not None]
    assert inside
    assert all(p["precision_low"] <= p["precision"] <= p["precision_high"] for p in inside)  # type: ignore[operator]


def test_the_area_below_it_is_near_the_average_precision() -> None:
    points = precision_recall(Y, RISK, DRAWS)
    recall, precision = (np.array([p[name] for p in points], dtype=float) for name in ("recall", "precision"))
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    assert area == pytest.approx(average_precision_score(Y, RISK), abs=0.03)


def test_equal_risks_are_never_parted() -> None:
    risk = np.repeat([0.1, 0.2, 0.3], [600, 800, 600])
    points = precision_recall(Y, risk, DRAWS)
    assert [point["share"] for point in points] == [0.3, 0.7, 1.0]


def test_without_events_recall_is_not_known() -> None:
    points = precision_recall(np.zeros(2_000), RISK, DRAWS)
    assert {point["recall"] for point in points} == {None}
    assert {point["precision"] for point in points} == {0.0}


def test_risks_that_are_no_probabilities_are_refused() -> None:
    with pytest.raises(DataError):
        precision_recall(Y, RISK * 20, DRAWS)
