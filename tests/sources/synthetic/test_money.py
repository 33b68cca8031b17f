from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.money import net, opened, spent
from sources.synthetic.simulated_county import LAST, NUMBERS, county, fresh, life, with_homes


def test_costs_count_against_income() -> None:
    assert net({"wage_work": np.array([5.0]), "cost_crop": np.array([2.0]), "tr_dibao": np.array([1.0])}).tolist() == [
        4
    ]


def test_the_books_hold_the_last_twelve_months() -> None:
    year = [happened.money for month, (_, happened) in life().items() if month > LAST - 12]
    assert len(year) == 12
    n = min(len(net(money)) for money in year)
    paid = np.sum([net({k: v for k, v in money.items() if k != "tr_relief"})[:n] for money in year], axis=0)
    unbroken = (county().homes.since[:n] < LAST - 12) & (county(LAST).homes.predecessor[:n] < 0)
    parted = np.isin(np.arange(n), county().homes.predecessor)
    same = unbroken & ~parted & county().homes.active[:n]
    assert np.allclose(county().homes.income12[:n].sum(axis=1)[same], paid[same], atol=2)


def test_more_income_leaves_more_savings_and_poor_households_spend_little_more_than_the_basics() -> None:
    def saved(amount: float) -> float:
        state = with_homes(fresh(300), buffer=0.0, income12=np.full((300, 12), amount))
        money = {"wage_work": np.full(300, amount)}
        return float(spent(state, 24240, money, np.zeros(300), NUMBERS).homes.buffer.mean())

    assert saved(500) < saved(2000) < saved(6000)
    assert saved(500) > -2000


def test_a_new_month_forgets_the_bills_of_a_year_ago() -> None:
    state = with_homes(fresh(10), compliant12=np.ones((10, 12)), rigid12=np.ones((10, 12)))
    later = opened(state, 24243)
    assert later.homes.compliant12.sum(axis=1).tolist() == [11] * 10
    assert (later.homes.rigid12[:, 3] == 0).all()


def test_most_households_save_and_few_are_in_debt() -> None:
    homes = county().homes
    assert 0.005 < (homes.buffer[homes.active] < 0).mean() < 0.06


def test_income_per_head_is_that_of_a_poor_county() -> None:
    state = county()
    income = state.homes.income12.sum() / state.size.sum()
    assert 11_000 < income < 19_000
