from __future__ import annotations

import numpy as np
import pytest

from riskmodel.sources.synthetic.columns import at
from riskmodel.sources.synthetic.disasters import HAZARDS, burdened, struck
from riskmodel.sources.synthetic.months import month_at
from riskmodel.sources.synthetic.state import STRESSES
from riskmodel.sources.synthetic.vocabulary import SHOCK
from sources.synthetic.simulated_county import NUMBERS, fresh

NATURAL = [SHOCK[hazard.kind] for hazard in HAZARDS]


def test_disasters_keep_to_their_season() -> None:
    state, rows = struck(fresh(2000), month_at(2020, 1), np.random.default_rng(1), NUMBERS)
    assert not np.isin(rows.kind, NATURAL).any()
    assert (state.homes.crop_ok == 1).all()


def test_neighbours_are_hit_together() -> None:
    """The chance of a household is much larger if another one of its village was hit in the same month."""
    state = fresh(3000)
    hits = []
    for seed in range(25):
        _, rows = struck(state, month_at(2020, 7), np.random.default_rng(seed), NUMBERS)
        hits.append(np.isin(np.arange(3000), rows.home[np.isin(rows.kind, NATURAL)]))
    others = [np.bincount(state.homes.village, weights=hit)[state.homes.village] - hit for hit in hits]
    neighbour_hit = np.concatenate([hit[other > 0] for hit, other in zip(hits, others, strict=True)])
    assert neighbour_hit.mean() > 5 * np.mean(hits) > 0


def test_a_flood_costs_harvest_houses_and_money() -> None:
    state = fresh(3000)
    later = state
    for seed in range(12):
        later, _ = struck(later, month_at(2020, 7), np.random.default_rng(seed), NUMBERS)
    hurt = later.homes.crop_ok < 1
    assert hurt.any()
    assert (later.homes.buffer[hurt] < state.homes.buffer[hurt]).all()
    assert (later.homes.stress[hurt, STRESSES.index("NAT")] > 0).all()
    assert (later.homes.house_grade >= state.homes.house_grade).all()
    assert (state.homes.crop_ok == 1).all()


def test_prices_slump_for_the_whole_county() -> None:
    state = fresh(1000)
    later, rows = struck(state, month_at(2020, 1), np.random.default_rng(1), NUMBERS.changed(markets__slump=12.0))
    assert 4 <= later.markets.slump[0] <= 10
    assert (rows.kind == SHOCK["market_fall"]).all()
    assert (state.homes.stock[rows.home] > 6000).all()


@pytest.mark.parametrize("cash", [True, False])
def test_a_burden_is_remembered_and_paid_if_it_was_cash(cash: bool) -> None:
    homes = fresh(3).homes
    later = burdened(homes, "JOB", at(3, np.array([1]), np.array([500])), 24240, cash=cash)
    assert later.stress[:, STRESSES.index("JOB")].tolist() == [0, 500, 0]
    assert np.allclose(homes.buffer - later.buffer, [0, 500 * cash, 0], atol=0.1)
    assert later.rigid12.sum() == 500 * cash
