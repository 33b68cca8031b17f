from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.copies import compacted, tiled
from riskmodel.sources.synthetic.step import step
from sources.synthetic.simulated_county import LAST, NUMBERS, county, fresh


def test_only_what_exists_is_kept_and_in_its_order() -> None:
    state = county()
    small = compacted(state)
    kept = np.flatnonzero(state.homes.active)
    assert len(small.homes) == len(kept) < len(state.homes)
    assert (small.homes.buffer == state.homes.buffer[kept]).all()
    assert (small.size == state.size[kept]).all()
    assert small.present.all()
    assert (small.loans.closed < 0).all()


def test_copies_are_counties_of_their_own() -> None:
    state = fresh(100)
    many = tiled(state, 3)
    n = len(state.homes)
    assert many.people.home.max() == 3 * n - 1
    assert (many.size.reshape(3, n) == state.size).all()
    assert many.townships == 3 * state.townships
    assert np.unique(many.villages.market).tolist() == [0, 1, 2]
    assert set(many.homes.village[2 * n :].tolist()) == {v + 2 * len(state.villages) for v in set(state.homes.village)}


def test_copies_live_on_differently() -> None:
    state = compacted(county())
    n = len(state.homes)
    later, _ = step(tiled(state, 2), LAST + 1, np.random.default_rng(1), NUMBERS)
    assert (later.homes.buffer[:n] != later.homes.buffer[n : 2 * n]).mean() > 0.9
