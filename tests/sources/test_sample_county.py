from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from riskmodel.sources.sample_county import STAY, WARM_UP, County, line, simulate, year_of


@cache
def county() -> County:
    """A thousand households over four years; not changed by any test."""
    return simulate(1000, 48, np.random.default_rng(3))


def test_months_are_counted_from_october_2019() -> None:
    assert [year_of(t) for t in (0, 2, 3, 14, WARM_UP)] == [2019, 2019, 2020, 2020, 2021]


def test_the_line_rises_every_year() -> None:
    lines = [line(year) for year in range(2019, 2032)]
    assert lines == sorted(set(lines))
    assert line(2020) == 6000


def test_wages_are_earned_by_those_at_work_only() -> None:
    work = county().work
    assert ((work.wage > 0) == work.employed).all()
    assert not (work.employed & ~work.active).any()
    assert not (work.active & ~county().people.present).any()


def test_monitoring_ends_only_after_its_shortest_time_and_episodes_do_not_overlap() -> None:
    ends: dict[int, int | None] = {}
    for episode in county().episodes:
        assert episode.until is None or episode.until - episode.since >= STAY
        before = ends.get(episode.household, -1)
        assert before is not None
        assert episode.since > before
        ends[episode.household] = episode.until


def test_causes_are_told_apart() -> None:
    causes = [episode.causes for episode in county().episodes]
    assert all(1 <= len(c) <= 3 and len(set(c)) == len(c) for c in causes)
    assert len({c[0] for c in causes}) >= 5


@pytest.mark.parametrize("burden", ["job lost", "major illness", "unsafe house"])
def test_what_weighs_on_a_household_comes_before_its_identification(burden: str) -> None:
    c = county()
    weight = {
        "job lost": c.people.per_household(c.work.lost),
        "major illness": c.people.per_household(c.people.major & c.people.present),
        "unsafe house": (c.homes.grade >= 2).astype(np.int64),
    }[burden]
    before = np.mean([weight[e.since - 1, e.household] > 0 for e in c.episodes])
    assert before > 1.5 * (weight[WARM_UP:] > 0).mean()
