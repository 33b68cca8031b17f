from __future__ import annotations

from dataclasses import fields

import numpy as np

from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.step import MONITORING_BEGINS, step
from sources.synthetic.simulated_county import LAST, NUMBERS, county, fresh, life


def same(one: State, other: State) -> bool:
    parts = ((getattr(one, f.name), getattr(other, f.name)) for f in fields(State) if f.name != "townships")
    return all(
        np.array_equal(value, b.values()[name], equal_nan=value.dtype.kind == "f")
        for a, b in parts
        for name, value in a.values().items()
    )


def test_the_same_chance_gives_the_same_month_and_the_old_state_stays() -> None:
    before = county(LAST - 1)
    buffer = before.homes.buffer.copy()
    first, second = (step(before, LAST, np.random.default_rng([5, LAST]), NUMBERS) for _ in range(2))
    assert same(first[0], second[0])
    assert same(first[0], county(LAST))
    assert (first[1].identified == second[1].identified).all()
    assert (before.homes.buffer == buffer).all()
    other, _ = step(before, LAST, np.random.default_rng(1), NUMBERS)
    assert not same(first[0], other)


def test_nobody_is_identified_before_monitoring_begins() -> None:
    state, happened = step(fresh(), MONITORING_BEGINS - 1, np.random.default_rng(1), NUMBERS)
    assert len(happened.visits) == len(happened.identified) == 0
    _, happened = step(state, MONITORING_BEGINS, np.random.default_rng(1), NUMBERS)
    assert len(happened.visits) > 0


def test_about_one_household_in_a_hundred_is_identified_in_a_year_and_more_among_the_ex_poor() -> None:
    """On a fixed seed; the bounds are those of domain.md 16 with room for 1,000 households over two years."""
    homes = county().homes
    identified = np.concatenate([happened.identified for _, happened in life().values()])
    years = len(life()) / 12
    everybody = len(identified) / homes.active.sum() / years
    ex_poor = homes.ex_poor[identified].sum() / (homes.active & homes.ex_poor).sum() / years
    assert 0.004 < everybody < 0.022
    assert 0.007 < ex_poor < 0.04
    assert 0.002 < homes.open[homes.active].mean() < 0.04


def test_who_is_identified_was_poorer_and_deeper_in_debt_a_year_before() -> None:
    entered = np.concatenate([h.identified for month, (_, h) in life().items() if month > LAST - 12])
    before = county(LAST - 12).homes
    entered = np.unique(entered[entered < len(before)])
    assert before.buffer[entered].mean() < 0.6 * before.buffer[before.active].mean()


def test_money_is_whole_and_members_are_consistent() -> None:
    for _, happened in life().values():
        assert all((value >= 0).all() for value in happened.money.values())
    state = county()
    assert state.people.home.max() < len(state.homes)
    assert (state.size[~state.homes.active] == 0).all()
