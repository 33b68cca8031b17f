from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.hardship import judged, ranked
from riskmodel.sources.synthetic.months import month_at
from riskmodel.sources.synthetic.state import STRESSES, State
from riskmodel.sources.synthetic.vocabulary import CAUSE
from sources.synthetic.simulated_county import NUMBERS, fresh, with_homes

MONTH = month_at(2020, 5)


def safe(**columns: object) -> State:
    given = {"house_grade": 0, "income12": np.full((200, 12), 9000.0), "buffer": 5e4} | columns
    return with_homes(fresh(), **given)


def test_a_household_with_income_savings_and_guarantees_is_not_in_hardship() -> None:
    state, began = judged(safe(), MONTH, NUMBERS)
    assert not began.any()
    assert not state.homes.hard.any()


def test_low_income_is_hardship_only_when_the_savings_are_used_up() -> None:
    low = np.full((200, 12), 200.0)
    assert not judged(safe(income12=low), MONTH, NUMBERS)[1].any()
    state, began = judged(safe(income12=low, buffer=-2e4), MONTH, NUMBERS)
    assert began.all()
    assert state.homes.below.all()
    assert (state.homes.onset == MONTH).all()


def test_an_unsafe_house_or_unsafe_water_is_hardship_whatever_the_income() -> None:
    house, _ = judged(safe(house_grade=3), MONTH, NUMBERS)
    water, _ = judged(safe(water_safe=False, outage=20), MONTH, NUMBERS)
    assert (house.homes.causes[:, 0] == CAUSE["HOU"]).all()
    assert (water.homes.causes[:, 0] == CAUSE["WAT"]).all()
    assert not house.homes.below.any()


def test_spending_that_cannot_be_borne_is_hardship() -> None:
    rigid = np.zeros((200, 12))
    rigid[:, 3] = 90_000
    stress = np.zeros((200, len(STRESSES)))
    stress[:, STRESSES.index("ILL")] = 90_000
    state, began = judged(safe(rigid12=rigid, buffer=-1.0, stress=stress), MONTH, NUMBERS)
    assert began.all()
    assert (state.homes.causes[:, 0] == CAUSE["ILL"]).all()


def test_hardship_is_over_after_some_months_without_it() -> None:
    state, _ = judged(safe(house_grade=3), MONTH, NUMBERS)
    state = with_homes(state, house_grade=0)
    for ahead in range(1, int(NUMBERS["hardship.calm"]) + 1):
        assert state.homes.hard.all()
        state, began = judged(state, MONTH + ahead, NUMBERS)
        assert not began.any()
    assert not state.homes.hard.any()
    assert (state.homes.causes == -1).all()
    assert (state.homes.onset == -1).all()


def test_causes_stand_in_order_of_weight_and_the_light_ones_are_left_out() -> None:
    weights = np.zeros((2, 10))
    weights[0, [0, 3, 6]] = [0.5, 0.9, 0.05]
    found = ranked(weights, 0.12, 0.3)
    assert found[0].tolist() == [CAUSE["JOB"], CAUSE["ILL"], -1, -1, -1]
    assert found[1].tolist() == [CAUSE["OTH"], -1, -1, -1, -1]
