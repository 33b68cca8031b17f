from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.happened import Terms
from riskmodel.sources.synthetic.lines import line
from riskmodel.sources.synthetic.months import calendar_month, month_at
from riskmodel.sources.synthetic.transfers import received
from riskmodel.sources.synthetic.vocabulary import PENSION
from sources.synthetic.simulated_county import NUMBERS, fresh, life, with_homes

MONTH = month_at(2020, 5)


def test_subsidies_come_once_a_year_and_pensions_every_month() -> None:
    for month, (_, happened) in life().items():
        assert (happened.money["tr_farm"].sum() > 0) == (calendar_month(month) == 4)
        assert (happened.money["prop_dividend"].sum() > 0) == (calendar_month(month) == 12)
        assert happened.money["tr_pension"].sum() > 0


def test_every_pensioner_receives_the_same() -> None:
    state = fresh(500)
    _, money = received(state, MONTH, Terms.none(), np.random.default_rng(1), NUMBERS)
    count = state.by_home(state.present & (state.people.pension == PENSION["receiving"]))
    each = np.unique(money["tr_pension"][count > 0] / count[count > 0])
    assert len(each) == 1


def test_dibao_goes_to_the_poor_without_savings_and_ends_when_they_are_not_any_more() -> None:
    often = NUMBERS.changed(assistance__dibao=1.0)
    poor = with_homes(fresh(500), income12=np.full((500, 12), 100.0), buffer=0.0, dibao_since=-1)
    granted, money = received(poor, MONTH, Terms.none(), np.random.default_rng(1), often)
    gets = granted.homes.dibao > 0
    assert (gets | granted.homes.tekun).all()
    per_head = granted.homes.dibao[gets] * 12 / granted.size[gets]
    assert per_head.max() <= line("dibao_standard", 2020, NUMBERS)
    assert (money["tr_dibao"] == granted.homes.dibao).all()
    rich = with_homes(granted, income12=np.full((500, 12), 90_000.0))
    after, _ = received(rich, MONTH + 12, Terms.none(), np.random.default_rng(2), often)
    assert not (after.homes.dibao > 0).any()


def test_who_has_savings_gets_no_dibao() -> None:
    rich = with_homes(fresh(500), income12=np.full((500, 12), 100.0), buffer=9e5)
    later, _ = received(rich, MONTH, Terms.none(), np.random.default_rng(1), NUMBERS.changed(assistance__dibao=1.0))
    assert not (later.homes.dibao > 0).any()
