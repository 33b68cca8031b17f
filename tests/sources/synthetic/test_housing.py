from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.housing import A, C, D, housed, unsafe
from riskmodel.sources.synthetic.vocabulary import MEASURE
from sources.synthetic.simulated_county import NUMBERS, county, fresh, with_homes


def test_few_houses_are_unsafe_and_little_water() -> None:
    homes = county().homes
    assert unsafe(county()).mean() < 0.01
    assert (~homes.water_safe[homes.active]).mean() < 0.01


def test_a_house_of_grade_d_is_rebuilt_sooner_with_help() -> None:
    state = with_homes(fresh(2000), house_grade=D, buffer=0.0)
    helped = with_homes(state, help=1 << MEASURE["housing"])
    alone, with_help = (housed(s, 24240, np.random.default_rng(1), NUMBERS).homes for s in (state, helped))
    assert (with_help.house_grade == A).sum() > 4 * (alone.house_grade == A).sum() > 0
    assert ((alone.rebuilt == 24240) == (alone.house_grade == A)).all()


def test_grades_go_down_one_by_one_and_water_fails_more_in_wells() -> None:
    bad = NUMBERS.changed(housing__repair=0.0)
    later = housed(with_homes(fresh(5000), house_grade=C), 24240, np.random.default_rng(1), bad).homes
    assert set(later.house_grade.tolist()) == {C, D}
    state = fresh(20_000)
    homes = housed(state, 24240, np.random.default_rng(1), NUMBERS).homes
    failed = ~homes.water_safe
    assert failed[homes.water > 0].mean() > 2 * failed[homes.water == 0].mean()
    assert (homes.outage[failed] > 0).all()


def test_water_is_mended_in_time() -> None:
    state = with_homes(fresh(2000), water_safe=False)
    later = housed(state, 24240, np.random.default_rng(1), NUMBERS).homes
    assert 0.15 < later.water_safe.mean() < 0.3
