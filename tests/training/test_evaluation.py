from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.training.evaluation import METRICS, ece, metrics, reliability, top_tenth

# few different risks, so that ties are common
CASES = st.lists(st.tuples(st.booleans(), st.integers(0, 12).map(lambda k: k / 12)), min_size=1, max_size=60)


@given(CASES)
def test_metrics_are_the_reference_definitions(cases: list[tuple[bool, float]]) -> None:
    y, p = np.array([float(c[0]) for c in cases]), np.array([c[1] for c in cases])
    found = metrics(y, p)
    assert found["n"] == len(cases)
    assert found["prevalence"] == pytest.approx(y.mean())
    assert found["brier"] == pytest.approx(np.mean((p - y) ** 2))
    assert found["ece"] == pytest.approx(reference_ece(y, p))
    top = sorted(range(len(p)), key=lambda i: (-p[i], i))[: math.ceil(len(p) / 10)]
    assert found["precision_top10"] == pytest.approx(y[top].mean())
    assert found["recall_top10"] == (pytest.approx(y[top].sum() / y.sum()) if y.any() else None)
    if 0 < y.sum() < len(y):
        assert found["roc_auc"] == pytest.approx(reference_roc_auc(y, p))
        assert found["average_precision"] == pytest.approx(reference_average_precision(y, p))


@pytest.mark.parametrize("outcome", [0, 1])
def test_what_needs_both_outcomes_is_none_where_one_occurs(outcome: int) -> None:
    found = metrics([outcome] * 4, [0.1, 0.2, 0.3, 0.4])
    assert (found["roc_auc"], found["average_precision"]) == (None, None)
    assert found["recall_top10"] == (1 / 4 if outcome else None)
    assert found["precision_top10"] == outcome
    assert found["prevalence"] == outcome
    assert found["brier"] is not None


def test_no_rows_have_no_metrics() -> None:
    assert metrics([], []) == {"n": 0, "prevalence": None, **dict.fromkeys(METRICS)}


@pytest.mark.parametrize(("rows", "chosen"), [(1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_the_top_tenth_is_rounded_up_and_ties_keep_the_order_of_the_rows(rows: int, chosen: int) -> None:
    assert top_tenth(np.full(rows, 0.5), np.ones(rows)).tolist() == list(range(chosen))
    assert top_tenth(np.arange(rows) / rows, np.ones(rows)).tolist() == list(range(rows))[::-1][:chosen]


def test_groups_of_reliability_are_almost_equal_and_ordered_by_risk() -> None:
    p = np.random.default_rng(0).random(103)
    groups = reliability((p > 0.5).astype(float), p, np.ones(103))
    assert sorted(n for n, _, _ in groups) == [*[10] * 7, 11, 11, 11]
    assert [mean for _, mean, _ in groups] == sorted(mean for _, mean, _ in groups)


@given(CASES, st.integers(0, 99))
def test_a_weight_is_how_often_a_row_is_there(cases: list[tuple[bool, float]], seed: int) -> None:
    y, p = np.array([float(c[0]) for c in cases]), np.array([c[1] for c in cases])
    weight = np.random.default_rng(seed).integers(1, 4, len(y))
    found, expected = metrics(y, p, weight), metrics(y.repeat(weight), p.repeat(weight))
    for name in ("n", "prevalence", "roc_auc", "average_precision", "brier"):
        assert found[name] == (None if expected[name] is None else pytest.approx(expected[name])), name


def test_fewer_rows_than_groups_make_fewer_groups() -> None:
    assert reliability(np.array([1.0, 0.0]), np.array([0.7, 0.2]), np.ones(2)) == [(1, 0.2, 0.0), (1, 0.7, 1.0)]
    assert ece(np.array([1.0, 0.0]), np.array([0.7, 0.2]), np.ones(2)) == pytest.approx((0.3 + 0.2) / 2)


def reference_ece(y: np.ndarray, p: np.ndarray) -> float:
    """Row number i of n, from 0 on, is in group floor((i + 1/2) 10 / n)."""
    total, number = 0.0, ((np.arange(len(p)) * 2 + 1) * 10) // (2 * len(p))
    for group in (np.argsort(p, kind="stable")[number == one] for one in range(10)):
        if len(group):
            total += len(group) / len(y) * abs(y[group].mean() - p[group].mean())
    return total


def reference_roc_auc(y: np.ndarray, p: np.ndarray) -> float:
    """Share of pairs of an event and a non-event in which the event has the higher risk; a tie counts half."""
    more = p[y == 1][:, None] - p[y == 0][None, :]
    return float(((more > 0) + 0.5 * (more == 0)).mean())


def reference_average_precision(y: np.ndarray, p: np.ndarray) -> float:
    """Sum over the thresholds of the gain in recall times the precision."""
    total, before = 0.0, 0.0
    for threshold in sorted(set(p.tolist()), reverse=True):
        chosen = p >= threshold
        recall = y[chosen].sum() / y.sum()
        total += (recall - before) * y[chosen].mean()
        before = recall
    return total
