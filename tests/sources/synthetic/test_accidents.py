from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.accidents import met
from riskmodel.sources.synthetic.vocabulary import LEAVE, SHOCK
from sources.synthetic.simulated_county import NUMBERS, fresh

MANY = NUMBERS.changed(accidents__deadly=0.3, accidents__fire=2.0, farming__failure=3.0)


def test_the_dead_are_gone_and_the_hurt_are_treated() -> None:
    state, rows, hurt = met(fresh(20_000), 24240, np.random.default_rng(1), MANY)
    dead = state.people.left == LEAVE["died"]
    assert dead.sum() == rows.deaths.sum() > 0
    assert len(hurt) == rows.injured.sum() > 0
    assert not dead[hurt.person].any()
    assert (hurt.cost > 0).all()


def test_failed_projects_lose_their_animals_and_most_are_reported() -> None:
    before = fresh(2000)
    state, rows, _ = met(before, 24240, np.random.default_rng(1), MANY)
    failed = state.homes.stock_ok < 1
    reported = rows.home[rows.kind == SHOCK["project_failure"]]
    assert 0.6 < len(reported) / failed.sum() < 0.95
    assert failed[reported].all()
    assert (before.homes.stock + before.homes.trade > 2000)[failed].all()


def test_some_burnt_houses_are_unsafe() -> None:
    state, rows, _ = met(fresh(500), 24240, np.random.default_rng(2), MANY)
    burnt = rows.home[rows.kind == SHOCK["fire"]]
    assert 0.2 < (state.homes.house_grade[burnt] == 3).mean() < 0.7
    assert (rows.claim <= rows.loss).all()
