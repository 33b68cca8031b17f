from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.months import month_at
from riskmodel.sources.synthetic.vocabulary import MEASURE
from riskmodel.sources.synthetic.work import able, away, worked
from sources.synthetic.simulated_county import LAST, NUMBERS, county, fresh, life, with_homes, with_people


def wages_in(year: int, month: int) -> float:
    happened = life()[month_at(year, month)][1]
    return float(happened.money["wage_work"].sum())


def test_wages_are_low_around_the_spring_festival() -> None:
    assert wages_in(2021, 2) < 0.75 * wages_in(2021, 6)
    assert wages_in(2020, 1) < 0.9 * wages_in(2020, 6)


def test_migrants_lose_most_of_it() -> None:
    festival, usual = (life()[month_at(2021, month)][0] for month in (2, 6))

    def mean(state: object, outside: bool) -> float:
        people = state.people  # type: ignore[attr-defined]
        chosen = people.employed & (people.post < 0) & (away(people) == outside) & state.present  # type: ignore[attr-defined]
        return float(people.wage[chosen].mean())

    assert mean(festival, True) / mean(usual, True) < mean(festival, False) / mean(usual, False) - 0.15
    assert mean(usual, True) > mean(usual, False)


def test_people_are_hired_after_the_festival() -> None:
    def hired(month: int) -> int:
        (before, _), (after, _) = life()[month - 1], life()[month]
        n = len(before.people)
        return int((after.people.employed[:n] & ~before.people.employed).sum())

    assert hired(month_at(2021, 3)) > 1.4 * hired(month_at(2021, 11))


def test_only_able_people_work_and_only_they_are_paid() -> None:
    people, here = county().people, county().present
    assert not (people.employed & here & ~able(people, LAST + 1) & ~able(people, LAST)).any()
    assert ((people.wage > 0) <= people.employed).all()


def test_posts_end_with_their_year_and_pay_a_fixed_sum() -> None:
    state = with_people(fresh(), post=2, post_until=24240, employed=True)
    later, money = worked(state, 24241, np.random.default_rng(1), NUMBERS.changed(work__post_renewed=0.0))
    assert not (later.people.post_until[later.people.post >= 0] <= 24240).any()
    held, money = worked(state, 24240, np.random.default_rng(1), NUMBERS)
    paid = held.people.wage[held.people.employed & (held.people.post == 2)]
    assert len(set(paid.tolist())) == 1
    assert money["wage_post_village"].sum() == paid.sum()


def test_help_finds_work() -> None:
    idle = with_people(fresh(2000), employed=False, jobless=3, keen=True)
    helped = with_homes(idle, help=1 << MEASURE["employment"])
    found = [worked(s, month_at(2020, 5), np.random.default_rng(1), NUMBERS)[0].people.employed.sum()
             for s in (idle, helped)]  # fmt: skip
    assert found[1] > 1.4 * found[0] > 0
