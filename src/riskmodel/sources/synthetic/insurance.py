"""From the cost of a treatment down to what the patient pays: basic, major-illness and supplementary insurance, aid."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from riskmodel.sources.synthetic.columns import Flags, Floats, Numbers, at
from riskmodel.sources.synthetic.disasters import burdened
from riskmodel.sources.synthetic.happened import Bills, Rows
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.vocabulary import VISIT


@dataclass(frozen=True)
class Treatments(Rows):
    """Treatments before anybody paid."""

    person: Numbers
    visit: Numbers
    group: Numbers
    inside: Numbers
    """In a hospital of the county."""
    cost: Numbers


def settled(state: State, given: Treatments, month: int, parameters: Parameters) -> tuple[State, Bills]:
    """The bills of treatments, each person at most once, and the state after they were paid."""
    bills = _bills(state, given, parameters)
    people, homes = state.people, state.homes
    ytd = people.compliant_ytd + at(len(people), bills.person, bills.compliant)
    inpatient = np.where(bills.visit == VISIT["inpatient"], bills.self_pay, 0)
    home = people.home[bills.person]
    compliant = homes.compliant12.copy()
    compliant[:, month % 12] += at(len(homes), home, bills.compliant).astype(np.float32)
    homes = burdened(homes, "ILL", at(len(homes), home, bills.self_pay), month)
    homes = homes.but(inpatient_ytd=homes.inpatient_ytd + at(len(homes), home, inpatient), compliant12=compliant)
    return replace(state, people=people.but(compliant_ytd=ytd), homes=homes), bills


def _bills(state: State, given: Treatments, parameters: Parameters) -> Bills:
    person = given.person.astype(np.int64)
    home = state.people.home[person]
    entitled = state.homes.entitled[home]
    helped = (state.homes.dibao[home] > 0) | state.homes.tekun[home]
    watched = state.homes.open[home]
    inpatient = given.visit == VISIT["inpatient"]
    total = given.cost.astype(np.float64)
    excluded = np.rint(total * np.where(given.inside, *parameters.row("insurance.excluded")))
    covered = total - excluded
    floor = np.where(given.inside, *parameters.row("insurance.deductible")) * inpatient
    rates = parameters.row("insurance.rates")
    rate = np.where(inpatient, np.where(given.inside, rates[0], rates[1]), rates[2])
    rate = np.where(given.visit == VISIT["outpatient_special"], rates[3], rate) * state.people.insured[person]
    basic = np.rint((covered - floor).clip(0) * rate)
    rest = covered - basic
    major = _major(state, person, rest, entitled | helped, parameters)
    supplement = _above(rest - major, parameters["insurance.supplement_from"], parameters["insurance.supplement"])
    supplement = np.where((entitled | watched) & inpatient, supplement, 0)
    share = np.select([helped, watched, entitled], parameters.row("insurance.aid").tolist(), 0.0)
    floor = np.select([helped, watched], [0.0, parameters["insurance.aid_from"]], 2 * parameters["insurance.aid_from"])
    left = rest - major - supplement
    aid = np.where(inpatient | (given.visit == VISIT["outpatient_special"]), _above(left, floor, share), 0)
    compliant = rest - major - supplement - aid
    return Bills(
        person=person, visit=given.visit, group=given.group, inside=given.inside, total=total, basic=basic,
        major=major, supplement=supplement, aid=aid, self_pay=compliant + excluded, compliant=compliant,
    )  # fmt: skip


def _major(state: State, person: Numbers, rest: Floats, favoured: Flags, parameters: Parameters) -> Floats:
    """Major-illness insurance pays a share of what is left above a threshold of the year."""
    start = parameters["insurance.major_from"] * np.where(favoured, 0.5, 1)
    before = state.people.compliant_ytd[person]
    over = (before + rest - start).clip(0) - (before - start).clip(0)
    paid: Floats = np.rint(over * np.where(favoured, *parameters.row("insurance.major"))) * state.people.insured[person]
    return paid


def _above(amount: Floats, floor: Floats | float, share: Floats | float) -> Floats:
    paid: Floats = np.rint((amount - floor).clip(0) * share)
    return paid
