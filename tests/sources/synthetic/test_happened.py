from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.happened import Endings, Shocks


def test_single_values_are_repeated_and_parts_are_joined() -> None:
    rows = Shocks.of(2, home=np.array([1, 2]), kind=3, day=4, loss=np.array([5.0, 6.0]), deaths=0, injured=1, claim=0)
    both = Shocks.all([rows, Shocks.none(), rows])
    assert both.kind.tolist() == [3, 3, 3, 3]
    assert both.loss.tolist() == [5, 6, 5, 6]


def test_no_row_is_a_row_of_nothing() -> None:
    assert len(Endings.none()) == len(Endings.all([])) == 0
