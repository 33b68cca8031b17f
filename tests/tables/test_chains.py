from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.tables.chains import last_of, on_a_cycle


@pytest.mark.parametrize(
    ("following", "cycle"),
    [
        ([], []),
        ([-1], []),
        ([0], [0]),
        ([1, 0], [0, 1]),
        ([1, 2, -1], []),
        ([1, 2, 3, 1], [1, 2, 3]),  # 0 only leads into it
        ([-1, 2, 1, 0], [1, 2]),
        ([*range(1, 33), -1], []),
        ([*range(1, 32), 0], [*range(32)]),
    ],
)
def test_only_the_places_of_a_cycle_lie_on_it(following: list[int], cycle: list[int]) -> None:
    assert np.flatnonzero(on_a_cycle(np.array(following, dtype=np.int64))).tolist() == cycle


def test_a_chain_ends_where_nothing_follows() -> None:
    assert last_of(np.array([1, 2, -1, 2, -1, 0])).tolist() == [2, 2, 2, 2, 4, 2]
    assert last_of(np.array([], dtype=np.int64)).tolist() == []


@given(st.data(), st.integers(1, 12))
def test_jumping_tells_the_same_as_walking(data: st.DataObject, n: int) -> None:
    following = np.array(data.draw(st.lists(st.integers(-1, n - 1), min_size=n, max_size=n)))
    ways = [walk(following, i) for i in range(n)]
    expected = [following[way[-1]] == i for i, way in enumerate(ways)]
    assert on_a_cycle(following).tolist() == expected
    cut = np.where(expected, -1, following)
    assert last_of(cut).tolist() == [walk(cut, i)[-1] for i in range(n)]


def walk(following: np.ndarray, start: int) -> list[int]:
    """Positions from a start until nothing follows or one would come again."""
    way = [start]
    while (after := int(following[way[-1]])) >= 0 and after not in way:
        way.append(after)
    return way
