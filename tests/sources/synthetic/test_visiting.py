from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.happened import Shocks, Terms
from riskmodel.sources.synthetic.visiting import NO_RISK, NOT_HOME, RISK, visit_day, visited, wired
from riskmodel.sources.synthetic.vocabulary import REASON, SHOCK
from sources.synthetic.simulated_county import NUMBERS, county, fresh, life, with_homes

NOTHING = (Shocks.none(), Terms.none())


def test_a_wire_fires_when_the_threshold_is_crossed_and_only_then() -> None:
    state = with_homes(fresh(), ex_poor=True, inpatient_ytd=6000.0)
    crossed = wired(state, np.full(200, 4000.0), *NOTHING, NUMBERS)
    known = wired(state, np.full(200, 5500.0), *NOTHING, NUMBERS)
    ordinary = wired(with_homes(state, ex_poor=False), np.full(200, 4000.0), *NOTHING, NUMBERS)
    assert crossed.homes.wired.all()
    assert not known.homes.wired.any()
    assert not ordinary.homes.wired.any()


def test_a_disaster_fires_the_wire_of_those_it_hit() -> None:
    rows = Shocks.of(1, home=7, kind=SHOCK["flood"], day=3, loss=9000.0, deaths=0, injured=0, claim=0)
    state = wired(fresh(), np.zeros(200), rows, Terms.none(), NUMBERS)
    assert np.flatnonzero(state.homes.wired).tolist() == [7]


def test_hardship_is_seen_more_often_than_not_after_an_alert_and_never_always() -> None:
    hard = with_homes(fresh(4000), hard=True, wired=True)
    later, rows = visited(hard, 24244, np.random.default_rng(1), NUMBERS)
    alerted = rows.home[(rows.reason == REASON["alert"]) & (rows.finding != NOT_HOME)].astype(int)
    assert 0.7 < (later.homes.clue[alerted] == 24244).mean() < 0.9
    assert not later.homes.mistaken[later.homes.clue >= 0].any()


def test_mistakes_are_rare_and_marked() -> None:
    later, rows = visited(fresh(30_000), 24244, np.random.default_rng(1), NUMBERS)
    clues = later.homes.clue >= 0
    assert 0 < clues.sum() < 0.02 * len(rows)
    assert later.homes.mistaken[clues].all()


def test_ex_poor_and_monitored_households_are_visited_more_often() -> None:
    often = dict.fromkeys(("ordinary", "ex_poor", "open"), 0.0)
    for month, (state, happened) in life().items():
        went = np.bincount(happened.visits.home.astype(int), minlength=len(state.homes)) > 0
        homes = state.homes
        groups = {"ordinary": ~homes.ex_poor & ~homes.open, "ex_poor": homes.ex_poor & ~homes.open, "open": homes.open}
        for name, which in groups.items():
            often[name] += went[which & homes.active].mean() / len(life())
        assert month
    assert often["open"] > often["ex_poor"] > 2 * often["ordinary"] > 0


def test_a_visit_that_finds_no_risk_names_no_cause() -> None:
    rows = life()[24251][1].visits
    assert (rows.cause_1[rows.finding != RISK] == -1).all()
    assert (rows.cause_1[rows.finding == RISK] >= 0).all()
    assert (rows.finding == NO_RISK).mean() > 0.7


def test_the_day_of_a_visit_can_be_asked_again() -> None:
    home = np.arange(len(county().homes))
    assert (visit_day(home, 24250) == visit_day(home, np.full(len(home), 24250))).all()
    assert visit_day(home, 24250).min() >= 1
    assert visit_day(home, 24250).max() <= 27
