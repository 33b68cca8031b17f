from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.deciding import decided, needs_work
from riskmodel.sources.synthetic.vocabulary import CATEGORY, CAUSE, MEASURE
from sources.synthetic.simulated_county import LAST, NUMBERS, county, fresh, life, with_homes

MONTH = 24244
SURE = NUMBERS.changed(visits__confirmed=1.0, visits__confirmed_calm=0.0)


def test_a_clue_is_decided_in_its_month_and_confirmed_where_the_hardship_lasts() -> None:
    hard = np.arange(200) % 2 == 0
    state = with_homes(fresh(), clue=MONTH - 1, due=MONTH, hard=hard)
    later, identified, _ = decided(state, MONTH, np.random.default_rng(1), SURE)
    assert identified.tolist() == np.flatnonzero(hard).tolist()
    assert (later.homes.identified[hard] == MONTH).all()
    assert (later.homes.clue[hard] == MONTH - 1).all()
    assert (later.homes.clue[~hard] == -1).all()


def test_a_clue_waits_until_it_is_due() -> None:
    state = with_homes(fresh(), clue=MONTH - 1, due=MONTH + 1, hard=True)
    assert len(decided(state, MONTH, np.random.default_rng(1), SURE)[1]) == 0


def test_the_category_says_why_and_who() -> None:
    below = np.arange(200) % 2 == 0
    causes = np.tile([CAUSE["ILL"], -1, -1, -1, -1], (200, 1))
    state = with_homes(fresh(), clue=MONTH, due=MONTH, hard=True, below=below, causes=causes)
    homes = decided(state, MONTH, np.random.default_rng(1), SURE)[0].homes
    assert (homes.category[~below] == CATEGORY["sudden_hardship"]).all()
    ex_poor = np.where(homes.ex_poor[below], CATEGORY["unstable_ex_poor"], CATEGORY["marginal"])
    assert (homes.category[below] == ex_poor).all()


def test_recorded_causes_are_mostly_true_without_gaps_and_repeats() -> None:
    causes = np.tile([CAUSE["ILL"], CAUSE["LAB"], CAUSE["DIS"], -1, -1], (200, 1))
    state = with_homes(fresh(), clue=MONTH, due=MONTH, hard=True, causes=causes)
    recorded = decided(state, MONTH, np.random.default_rng(1), SURE)[0].homes.recorded
    assert 0.8 < (recorded == CAUSE["ILL"]).any(axis=1).mean() < 0.99
    assert ((recorded[:, 1:] >= 0) <= (recorded[:, :-1] >= 0)).all()
    assert all(len(set(row)) == len(row) for row in ([c for c in r if c >= 0] for r in recorded.tolist()))


def test_elimination_takes_half_a_year_and_the_end_of_the_hardship() -> None:
    sure = NUMBERS.changed(elimination__rate=1.0, elimination__too_early=0.0)
    for since, hard, ends in ((6, False, True), (5, False, False), (9, True, False)):
        state = with_homes(fresh(), identified=MONTH - since, hard=hard, help=1)
        _, _, ended = decided(state, MONTH, np.random.default_rng(1), sure)
        assert (len(ended) == 200) == ends
        assert len(ended) in (0, 200)
    assert (
        decided(with_homes(fresh(), identified=1, help=1), MONTH, np.random.default_rng(1), sure)[2].by_help.mean()
        > 0.7
    )


def test_months_between_onset_clue_and_identification_are_few() -> None:
    delays = []
    for month, (state, happened) in life().items():
        new = happened.identified
        clue = state.homes.clue[new]
        assert (clue <= month).all()
        delays += (month - clue).tolist()
    assert max(delays) <= 3
    assert 0.5 < np.mean(delays) < 2


def test_who_has_a_development_measure_needs_no_other() -> None:
    state = county()
    assert needs_work(with_homes(state, help=0), LAST).mean() > 0.5
    assert not needs_work(with_homes(state, help=1 << MEASURE["employment"]), LAST).any()
