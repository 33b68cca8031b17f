from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.happened import Injuries
from riskmodel.sources.synthetic.illness import treated
from riskmodel.sources.synthetic.months import month_at
from riskmodel.sources.synthetic.vocabulary import DISEASE, VISIT
from sources.synthetic.simulated_county import LAST, NUMBERS, county, fresh, life, with_people

NO_INJURY = Injuries.none()


def test_stays_of_a_year_are_about_fourteen_per_hundred_people() -> None:
    bills = [happened.bills for month, (_, happened) in life().items() if month > LAST - 12]
    stays = sum((b.visit == VISIT["inpatient"]).sum() for b in bills) / county().present.sum()
    assert 0.10 < stays < 0.19


def test_the_ill_are_older_and_treated_more_often() -> None:
    people, here = county().people, county().present
    age = (LAST - people.birth) / 12
    assert age[here & people.major].mean() > age[here].mean() + 8
    bills = np.concatenate([happened.bills.person for _, happened in life().values()]).astype(int)
    often = np.bincount(bills, minlength=len(people))
    assert often[here & people.chronic].mean() > 2 * often[here & ~people.chronic].mean()


def test_an_accident_brings_its_victim_to_hospital_once() -> None:
    hurt = Injuries(person=np.array([4, 9]), cost=np.array([8000.0, 9000.0]))
    _, bills = treated(fresh(), 24241, hurt, np.random.default_rng(1), NUMBERS)
    trauma = bills.take(bills.group == DISEASE["trauma"])
    assert sorted(trauma.person.tolist()) == [4, 9]
    assert trauma.total.min() >= 8000


def test_in_january_the_sums_of_the_year_begin_again() -> None:
    state = with_people(fresh(), compliant_ytd=5000.0)
    state = replace(state, homes=state.homes.but(inpatient_ytd=np.full(200, 9000.0)))
    january, _ = treated(state, month_at(2021, 1), NO_INJURY, np.random.default_rng(1), NUMBERS)
    may, _ = treated(state, month_at(2021, 5), NO_INJURY, np.random.default_rng(1), NUMBERS)
    assert january.people.compliant_ytd.min() == 0 < may.people.compliant_ytd.min()
    assert january.homes.inpatient_ytd.min() == 0 < may.homes.inpatient_ytd.min()


def test_treatment_ends_and_leaves_some_cured_and_some_ill_for_long() -> None:
    state = with_people(fresh(1000), major=True, treatment=1, chronic=False)
    later, _ = treated(state, 24241, NO_INJURY, np.random.default_rng(1), NUMBERS)
    assert 0.4 < (~later.people.major).mean() < 0.6
    assert later.people.chronic[later.people.major].all()
