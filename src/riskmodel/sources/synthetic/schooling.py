"""Schooling: stages by age, fees and aid per term, and children who leave school in hardship."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Numbers, at
from riskmodel.sources.synthetic.disasters import burdened
from riskmodel.sources.synthetic.happened import Terms
from riskmodel.sources.synthetic.months import calendar_month
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import People, State
from riskmodel.sources.synthetic.vocabulary import EDUCATION, MEASURE, SCHOOLING, STAGE

_BOARDING = (STAGE["junior"], STAGE["senior"], STAGE["vocational"], STAGE["vocational_college"], STAGE["bachelor"])
_VOCATIONAL = (STAGE["vocational"], STAGE["vocational_college"])
_AID = {"none": NOBODY, "yulu": 0, "grant": 1, "fee_waiver": 2, "boarding_aid": 3}
_OUT = (SCHOOLING["suspected_dropout"], SCHOOLING["dropout"])


def taught(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Terms]:
    """A month of school. A term begins in March and September: stages change in autumn, fees fall due in both."""
    season = calendar_month(month)
    people, here = state.people, state.present
    if season == 9:
        people = _promoted(people, here, month, rng, parameters)
    people, changed = _attending(replace(state, people=people), month, rng, parameters)
    state = replace(state, people=people)
    if season in (3, 9):
        return _billed(state, month, rng, parameters)
    who = np.flatnonzero(changed)
    return state, Terms.of(
        len(who), person=who, stage=people.stage[who], status=people.schooling[who], fee=0, aid=0, aid_type=NOBODY,
        loan=0, boarding=np.isin(people.stage[who], _BOARDING),
    )  # fmt: skip


def _promoted(people: People, here: Flags, month: int, rng: np.random.Generator, parameters: Parameters) -> People:
    """Stages of the new school year, by full years on 31 August and by who goes on."""
    years = (month - 1 - people.birth) // 12
    chance = rng.random(len(people), dtype=np.float32)
    old = people.stage
    way = np.where(people.vocational, STAGE["vocational"], STAGE["senior"])
    college = np.where(people.vocational, STAGE["vocational_college"], STAGE["bachelor"])
    goes_on = (old == STAGE["junior"]) & (chance < parameters["schooling.senior"])
    studies = np.isin(old, [STAGE["senior"], STAGE["vocational"]]) & (chance < parameters["schooling.college"])
    stage = np.select(
        [years < 3, years < 6, years < 12, years < 15, years == 15, years < 18, years == 18, years < 21],
        [
            NOBODY, STAGE["preschool"], STAGE["primary"], STAGE["junior"], np.where(goes_on, way, NOBODY), old,
            np.where(studies, college, NOBODY), old,
        ],
        NOBODY,
    )  # fmt: skip
    stage = np.where(here, stage, old)
    reached = np.select(
        [years < 12, years < 15, years < 18],
        [people.education, EDUCATION["primary"], EDUCATION["junior"]],
        np.where(
            np.isin(old, [STAGE["senior"], STAGE["vocational"]]),
            EDUCATION["senior"],
            np.where(old >= STAGE["vocational_college"], EDUCATION["college"], people.education),
        ),
    )
    grown = here & (years < 23)
    back = np.where(stage != old, SCHOOLING["enrolled"], people.schooling)
    return people.but(stage=stage, education=np.where(grown, reached, people.education), schooling=back)


def _attending(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[People, Flags]:
    """Who stays away and who comes back. Hardship and a missing carer raise the first, help the second."""
    people, homes = state.people, state.homes
    years = (month - people.birth) / 12
    chance = rng.random(len(people), dtype=np.float32)
    at_school = state.present & (people.stage >= STAGE["primary"])
    poor = homes.hard[people.home] | (homes.buffer[people.home] < 0)
    risk = parameters["schooling.dropout"] / 12 * np.where(poor, parameters["schooling.dropout_if_poor"], 1)
    risk = risk * np.where(years < 12, 0.1, 1)
    leaves = at_school & (people.schooling == SCHOOLING["enrolled"]) & (chance < risk)
    sick = at_school & (people.schooling == SCHOOLING["enrolled"]) & (chance > 1 - parameters["schooling.suspended"])
    helped = (homes.help[people.home] >> MEASURE["compulsory_education"]) & 1
    back = parameters["schooling.returns"] * np.where(helped == 1, 2.5, 1)
    returns = at_school & (people.schooling > 0) & (chance < back)
    firm = at_school & (people.schooling == SCHOOLING["suspected_dropout"]) & ~returns & (chance > 0.8)
    status = np.select(
        [leaves, sick, returns, firm],
        [SCHOOLING["suspected_dropout"], SCHOOLING["suspended"], SCHOOLING["enrolled"], SCHOOLING["dropout"]],
        people.schooling,
    )
    return people.but(schooling=status), leaves | sick | returns | firm


def _billed(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Terms]:
    """Fees of a term less aid, and student loans that carry part of them."""
    people, homes = state.people, state.homes
    who = np.flatnonzero(state.present & (people.stage >= 0))
    stage, home = people.stage[who], people.home[who]
    attends = people.schooling[who] == SCHOOLING["enrolled"]
    level = parameters.growth(month)
    fee = parameters.row("schooling.fees")[stage] * level * rng.lognormal(0, 0.25, len(who)) * attends
    poor = homes.ex_poor[home] | homes.open[home] | (homes.dibao[home] > 0)
    boards = np.isin(stage, _BOARDING) & (rng.random(len(who)) < 0.7)
    yulu = np.isin(stage, _VOCATIONAL) & homes.ex_poor[home]
    grant = ~yulu & poor & (stage >= STAGE["senior"])
    boarding_aid = poor & boards & (stage == STAGE["junior"])
    kinds = [yulu, grant, boarding_aid]
    aid = np.select(kinds, parameters.row("schooling.aid").tolist(), 0.0) * attends
    kind = np.select(kinds, [_AID["yulu"], _AID["grant"], _AID["boarding_aid"]], _AID["none"])
    borrows = (stage >= STAGE["vocational_college"]) & attends & (rng.random(len(who)) < 0.3) & (month % 12 == 8)
    loan = np.where(borrows, 8000, 0)
    pays = np.rint((fee - aid).clip(0) / 10) * 10
    homes = burdened(homes, "EDU", at(len(homes), home, (pays - loan).clip(0)), month)
    rows = Terms.of(
        len(who), person=who, stage=stage, status=people.schooling[who], fee=pays, aid=aid,
        aid_type=np.where(attends, kind, NOBODY), loan=loan, boarding=boards,
    )  # fmt: skip
    return replace(state, homes=homes), rows


def out_of_school(state: State, month: int) -> Flags:
    """Households with a child of compulsory age that does not attend."""
    people = state.people
    years = (month - people.birth) / 12
    out = state.present & (years >= 6) & (years < 16) & np.isin(people.schooling, _OUT) & (people.stage >= 0)
    found: Flags = state.by_home(out) > 0
    return found


def school_fees(terms: Terms, people: People, homes: int) -> Numbers:
    """Yuan per household paid for schools of the non-compulsory stages this term."""
    paid = np.where(terms.stage >= STAGE["senior"], terms.fee, 0)
    return at(homes, people.home[terms.person.astype(np.int64)], paid)
