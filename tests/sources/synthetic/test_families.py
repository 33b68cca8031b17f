from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.families import families, labour_of
from riskmodel.sources.synthetic.state import People
from riskmodel.sources.synthetic.vocabulary import LABOUR, PENSION, RELATION, STAGE
from sources.synthetic.simulated_county import NUMBERS

MONTH = 24240


def people(count: int = 3000) -> People:
    level = np.random.default_rng(1).standard_normal(count)
    return families(level, level < -0.5, MONTH, np.random.default_rng(2), NUMBERS)


def test_every_household_has_one_head_who_comes_first() -> None:
    found = people()
    first = np.flatnonzero(np.diff(found.home, prepend=-1))
    assert (found.relation[first] == RELATION["head"]).all()
    assert (found.relation == RELATION["head"]).sum() == 3000


def test_families_are_of_a_size_and_age_that_occur() -> None:
    found = people()
    years = (MONTH - found.birth) / 12
    assert 2.8 < len(found) / 3000 < 4.2
    assert years.min() > -1.1
    assert years.max() < 105
    assert 0.12 < (years < 15).mean() < 0.25
    assert 0.18 < (years >= 60).mean() < 0.35


def test_a_spouse_is_of_the_other_sex_and_children_are_younger() -> None:
    found = people()
    head = found.take(found.relation == RELATION["head"])
    spouse = found.take(found.relation == RELATION["spouse"])
    child = found.take(found.relation == RELATION["child"])
    assert (spouse.female != head.female[spouse.home]).all()
    assert (child.birth - head.birth[child.home] > 14 * 12).all()


def test_children_go_to_school_and_do_not_work_and_the_old_draw_a_pension() -> None:
    found = people()
    years = (MONTH - found.birth) / 12
    pupils = (years >= 7) & (years < 11)
    assert (found.stage[pupils] == STAGE["primary"]).all()
    assert not found.employed[years < 15].any()
    assert (found.pension[years > 61] == PENSION["receiving"]).mean() > 0.9


def test_illness_and_age_take_away_the_ability_to_work() -> None:
    three = people().take(np.arange(3)).but(
        major=np.array([0, 1, 0]), chronic=np.zeros(3), disability=np.full(3, -1), grade=np.full(3, -1),
        stage=np.full(3, -1), education=np.zeros(3),
    )  # fmt: skip
    assert labour_of(three, np.array([40, 40, 80])).tolist() == [LABOUR["ordinary"], LABOUR["weak"], LABOUR["none"]]
