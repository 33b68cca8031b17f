from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.scoring.ranks import ranks

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=40)


@given(ROWS)
def test_each_place_is_ranked_by_the_last_key_and_then_by_those_before_it(rows: list[tuple[int, int, int]]) -> None:
    place, tie, first = (np.array([row[k] for row in rows], dtype=np.int64) for k in range(3))
    found = ranks(place, tie, first)
    for one in set(place.tolist()):
        here = sorted((row for row in range(len(rows)) if place[row] == one), key=lambda r: (first[r], tie[r], r))
        assert [int(found[row]) for row in here] == list(range(1, len(here) + 1))
