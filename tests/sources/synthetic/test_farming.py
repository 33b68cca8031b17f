from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.farming import farmed
from riskmodel.sources.synthetic.months import calendar_month, month_at
from riskmodel.sources.synthetic.state import STRESSES
from sources.synthetic.simulated_county import NUMBERS, fresh, life, with_homes


def test_most_of_the_harvest_comes_in_june_and_autumn() -> None:
    crops = np.zeros(13)
    for month, (_, happened) in life().items():
        crops[calendar_month(month)] += happened.money["op_crop"].sum()
    assert crops[[6, 9, 10]].sum() > 0.55 * crops.sum()
    assert crops[2] < 0.2 * crops[10]


def test_a_damaged_harvest_brings_less_and_weighs_on_the_household() -> None:
    month = month_at(2020, 10)
    whole = with_homes(fresh(500), crop_ok=1.0)
    half = with_homes(whole, crop_ok=0.5)
    (a, good), (b, bad) = (farmed(s, month, np.random.default_rng(1), NUMBERS) for s in (whole, half))
    assert bad["op_crop"].sum() < 0.55 * good["op_crop"].sum()
    burden = [s.homes.stress[:, STRESSES.index("IND")].sum() for s in (a, b)]
    assert burden[1] > burden[0]
    assert b.homes.buffer.tolist() == half.homes.buffer.tolist()


def test_fields_are_whole_again_in_november_and_animals_grow_back_slowly() -> None:
    state = with_homes(fresh(100), crop_ok=0.3, stock_ok=0.3)
    later, _ = farmed(state, month_at(2020, 11), np.random.default_rng(1), NUMBERS)
    assert (later.homes.crop_ok == 1).all()
    assert np.allclose(later.homes.stock_ok, 0.3 + NUMBERS["farming.recovery"])


def test_low_prices_and_missing_hands_bring_less() -> None:
    state = fresh(1000)
    slump = state.markets.but(slump=np.array([5]))
    usual, low = (
        farmed(s, 24240, np.random.default_rng(1), NUMBERS)[1]["op_livestock"].sum()
        for s in (state, type(state)(**{**vars(state), "markets": slump}))
    )
    assert low < 0.7 * usual
