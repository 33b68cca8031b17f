from __future__ import annotations

import numpy as np
import pytest

from riskmodel.sources.synthetic.happened import Bills
from riskmodel.sources.synthetic.insurance import Treatments, settled
from riskmodel.sources.synthetic.vocabulary import DISEASE, VISIT
from sources.synthetic.simulated_county import NUMBERS, fresh, life, with_homes

MONTH = 24241


def bill(cost: float = 40_000.0, inside: bool = True, visit: str = "inpatient", **home: object) -> Bills:
    """The bill of the first person of a household as told."""
    state = with_homes(fresh(), **({"entitled": False, "tekun": False} | home))
    given = Treatments(
        person=np.array([0]), visit=np.array([VISIT[visit]]), group=np.array([DISEASE["other"]]),
        inside=np.array([inside]), cost=np.array([cost]),
    )  # fmt: skip
    return settled(state, given, MONTH, NUMBERS)[1]


def test_every_bill_of_two_years_adds_up() -> None:
    for _, happened in life().values():
        bills = happened.bills
        paid = bills.basic + bills.major + bills.supplement + bills.aid + bills.self_pay
        assert (paid == bills.total).all()
        assert (bills.compliant <= bills.self_pay).all()
        parts = (bills.basic, bills.major, bills.supplement, bills.aid, bills.compliant)
        assert min(part.min(initial=0) for part in parts) >= 0


@pytest.mark.parametrize("better", [{"entitled": True}, {"tekun": True}, {"identified": 24200}, {"dibao": 100.0}])
def test_help_lowers_what_is_left_to_pay(better: dict[str, object]) -> None:
    assert bill(**better).self_pay[0] < bill().self_pay[0]  # type: ignore[arg-type]


def test_treatment_elsewhere_leaves_more_to_pay() -> None:
    assert bill(inside=False).self_pay[0] > bill().self_pay[0]


def test_more_cost_is_never_less_to_pay() -> None:
    paid = [bill(cost=cost).self_pay[0] for cost in np.arange(500, 90_000, 2500.0)]
    assert (np.diff(paid) >= 0).all()


def test_the_patient_pays_from_the_savings_of_the_household() -> None:
    state = fresh()
    given = Treatments(*(np.array([value]) for value in (0, VISIT["inpatient"], DISEASE["other"], True, 30_000.0)))
    later, bills = settled(state, given, MONTH, NUMBERS)
    home = state.people.home[0]
    assert state.homes.buffer[home] - later.homes.buffer[home] == pytest.approx(bills.self_pay[0], abs=0.5)
    assert later.homes.inpatient_ytd[home] == bills.self_pay[0]
    assert later.people.compliant_ytd[0] == bills.compliant[0] == later.homes.compliant12[home].sum()
