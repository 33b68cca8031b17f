from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.happened import Terms
from riskmodel.sources.synthetic.months import calendar_month, month_at
from riskmodel.sources.synthetic.schooling import out_of_school, school_fees, taught
from riskmodel.sources.synthetic.vocabulary import SCHOOLING, STAGE
from sources.synthetic.simulated_county import NUMBERS, fresh, life, with_homes, with_people

SEPTEMBER, MAY = month_at(2020, 9), month_at(2020, 5)


def test_in_autumn_everybody_of_school_age_is_in_the_right_stage() -> None:
    state, _ = taught(fresh(1000), SEPTEMBER, np.random.default_rng(1), NUMBERS)
    years = (SEPTEMBER - 1 - state.people.birth) // 12
    stages = {6: "primary", 11: "primary", 12: "junior", 14: "junior", 4: "preschool"}
    for age, stage in stages.items():
        assert set(state.people.stage[years == age].tolist()) == {STAGE[stage]}, age
    assert 0.7 < (state.people.stage[years == 15] >= 0).mean() <= 1


def test_fees_fall_due_when_a_term_begins_and_at_no_other_time() -> None:
    for month, (_, happened) in life().items():
        begins = calendar_month(month) in (3, 9)
        assert (happened.terms.fee.sum() > 0) == begins
        assert (len(happened.terms) > 200) == begins


def test_hardship_drives_children_out_of_school_and_schools_bring_them_back() -> None:
    often = NUMBERS.changed(schooling__dropout=0.5)
    calm, _ = taught(with_homes(fresh(2000), buffer=9e4), MAY, np.random.default_rng(1), often)
    hard, rows = taught(with_homes(fresh(2000), buffer=-9e4), MAY, np.random.default_rng(1), often)
    out = [(s.people.schooling == SCHOOLING["suspected_dropout"]).sum() for s in (calm, hard)]
    assert out[1] > 3 * out[0] > 0
    assert len(rows) >= out[1]
    assert out_of_school(hard, MAY).sum() > out_of_school(calm, MAY).sum()
    back, _ = taught(hard, MAY + 1, np.random.default_rng(2), NUMBERS.changed(schooling__returns=1.0))
    assert not (back.people.schooling[hard.people.schooling > 0] == SCHOOLING["suspected_dropout"]).any()


def test_only_ex_poor_vocational_students_have_yulu_aid() -> None:
    state = with_people(fresh(500), stage=STAGE["vocational"], schooling=0, left=-1)
    _, terms = taught(state, month_at(2021, 3), np.random.default_rng(1), NUMBERS)
    ex_poor = state.homes.ex_poor[state.people.home[terms.person]]
    assert ((terms.aid_type == 0) == ex_poor).all()


def test_compulsory_schooling_costs_nothing_that_wires_would_count() -> None:
    people = fresh().people
    rows = Terms.of(
        2, person=np.array([0, 1]), stage=np.array([STAGE["primary"], STAGE["senior"]]), status=0, fee=900.0, aid=0,
        aid_type=-1, loan=0, boarding=0,
    )  # fmt: skip
    assert school_fees(rows, people, 200).sum() == 900
