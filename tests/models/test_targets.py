from __future__ import annotations

import numpy as np
import pytest

from riskmodel.errors import DataError
from riskmodel.models.targets import row_weights, targets


def test_weights_have_mean_one_and_keep_their_ratios() -> None:
    weights = row_weights([1, 1, 4], np.array([0.0, 1.0, 1.0]))
    np.testing.assert_allclose(weights, [0.5, 0.5, 2.0])


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1], [0, 1], [0, 1, 2], [0, 1, np.nan]])
def test_labels_that_nothing_can_be_learned_from_are_refused(y: list[float]) -> None:
    with pytest.raises(DataError):
        targets(y, 3)


@pytest.mark.parametrize("weight", [[1, 1], [1, -1, 1], [1, np.inf, 1], [1, np.nan, 1], [0, 1, 1], [1, 0, 0]])
def test_weights_that_make_no_sense_are_refused(weight: list[float]) -> None:
    with pytest.raises(DataError):
        row_weights(weight, np.array([0.0, 1.0, 1.0]))
