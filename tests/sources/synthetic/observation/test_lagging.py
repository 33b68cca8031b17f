from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.observation.lagging import NEVER, Copy, Lag

LAG = Lag(("job",), least=1, chance=0.3, most=4)
CALM = np.zeros(300, dtype=bool)


def listed() -> Copy:
    copy = Copy((LAG,))
    copy.grow({"job": np.zeros(300)})
    copy.enlist(np.ones(300, dtype=bool), LAG, np.random.default_rng(1), all_now=True)
    return copy


def months_until_written(at_once: bool = False) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    copy, rng = listed(), np.random.default_rng(2)
    written = np.zeros(300, dtype=np.int64)
    for month in range(1, 7):
        changed, age = copy.follow({"job": np.ones(300)}, rng, ~CALM if at_once else CALM)
        assert (age[changed] == month).all()
        written[changed] = month
    return written


def test_a_change_is_written_between_the_least_and_the_most_months() -> None:
    written = months_until_written()
    assert set(written.tolist()) == {2, 3, 4}
    assert 0.2 < (written == 2).mean() < 0.4


def test_a_change_can_be_written_at_once() -> None:
    assert set(months_until_written(at_once=True).tolist()) == {1}


def test_new_subjects_are_entered_after_a_while_and_grow_with_what_is_true() -> None:
    copy = listed()
    copy.grow({"job": np.concatenate([np.zeros(300), np.full(50, 7.0)])})
    assert copy.columns["job"][300:].tolist() == [7.0] * 50
    rng, may = np.random.default_rng(1), np.ones(350, dtype=bool)
    first, _ = copy.enlist(may, LAG, rng, all_now=False)
    assert not first.any()
    for _ in range(4):
        copy.enlist(may, LAG, rng, all_now=False)
    assert copy.listed.all()


def test_who_is_gone_stays_gone_since_the_same_month() -> None:
    copy = listed()
    copy.gone(np.arange(300) < 3, 10)
    copy.gone(np.arange(300) < 5, 12)
    assert copy.gone_in[:6].tolist() == [10, 10, 10, 12, 12, NEVER]
