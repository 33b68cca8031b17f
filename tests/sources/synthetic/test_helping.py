from __future__ import annotations

import numpy as np

from riskmodel.policy import Cause, Measure, MeasureOption
from riskmodel.sources.synthetic.helping import OFFERS, helped
from riskmodel.sources.synthetic.vocabulary import CAUSE, MEASURE
from sources.synthetic.simulated_county import NUMBERS, fresh, with_homes

NOBODY_NEW = np.zeros(0, dtype=np.int64)


def recorded(code: str) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.tile([CAUSE[code], -1, -1, -1, -1], (200, 1))


def test_every_offer_is_in_the_words_of_the_domain() -> None:
    assert {code for offer in OFFERS for code in offer.causes.split()} == set(Cause.codes())
    assert {offer.measure for offer in OFFERS} <= set(Measure.codes())
    assert {option for offer in OFFERS for option in offer.options if option} <= set(MeasureOption.codes())


def test_unsafe_housing_is_answered_with_housing() -> None:
    state = with_homes(fresh(), identified=24240, recorded=recorded("HOU"))
    later, rows, _ = helped(state, 24241, NOBODY_NEW, np.random.default_rng(1), NUMBERS)
    begun = (later.homes.help >> MEASURE["housing"]) & 1 == 1
    assert 0.6 < begun.mean() < 0.8
    assert sorted(rows.home[rows.measure == MEASURE["housing"]].tolist()) == np.flatnonzero(begun).tolist()


def test_a_measure_in_force_does_not_begin_again() -> None:
    everything = (1 << len(Measure)) - 1
    state = with_homes(fresh(), identified=24240, recorded=recorded("ILL"), help=everything)
    assert len(helped(state, 24241, NOBODY_NEW, np.random.default_rng(1), NUMBERS)[1]) == 0


def test_households_that_are_not_monitored_receive_nothing() -> None:
    later, rows, aid = helped(
        with_homes(fresh(), recorded=recorded("ILL")), 24241, NOBODY_NEW, np.random.default_rng(1), NUMBERS
    )
    assert len(rows) == aid.sum() == later.homes.help.sum() == 0


def test_most_of_the_newly_identified_receive_temporary_aid() -> None:
    state = with_homes(fresh(), identified=24241)
    later, _, aid = helped(state, 24241, np.arange(200), np.random.default_rng(1), NUMBERS)
    assert 0.45 < (aid > 0).mean() < 0.75
    assert (later.homes.buffer >= state.homes.buffer + aid - 1).all()
