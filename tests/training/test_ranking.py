from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from riskmodel.training.ranking import Ranking

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.integers(0, 3)), min_size=2, max_size=50)


@given(ROWS)
def test_weighted_numbers_are_those_of_scikit_learn(rows: list[tuple[int, int, int]]) -> None:
    y, p, w = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    found = Ranking.of(y, p)
    if (w * y).sum() and (w * (1 - y)).sum():
        assert found.average_precision(w) == pytest.approx(average_precision_score(y, p, sample_weight=w))
        assert found.roc_auc(w) == pytest.approx(roc_auc_score(y, p, sample_weight=w))
    else:
        assert np.isnan(found.roc_auc(w))


def test_without_an_event_or_a_row_nothing_can_be_told() -> None:
    for found, weights in (
        (Ranking.of(np.zeros(3), np.arange(3.0)), np.ones(3)),
        (Ranking.of(np.empty(0), np.empty(0)), np.empty(0)),
    ):
        assert np.isnan(found.average_precision(weights))
        assert np.isnan(found.roc_auc(weights))
