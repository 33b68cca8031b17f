"""Work for wages: who loses and who finds it, public-benefit posts, and what a month pays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Floats, Numbers
from riskmodel.sources.synthetic.disasters import burdened
from riskmodel.sources.synthetic.months import calendar_month, festival_share
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import People, State
from riskmodel.sources.synthetic.vocabulary import LABOUR, MEASURE, PLACE, SECTOR

POSTS = ("wage_post_dept", "wage_post_town", "wage_post_village")
_AWAY = (PLACE["prefecture"], PLACE["province"], PLACE["outside"], PLACE["abroad"])


def worked(
    state: State, month: int, rng: np.random.Generator, parameters: Parameters
) -> tuple[State, dict[str, Floats]]:
    """A month of work: yuan per household and component, and wages lost as the burden of unstable work."""
    people = _posted(state, month, rng, parameters)
    people = _employed(replace(state, people=people), month, rng, parameters)
    wage = _wages(people, state.present, month, rng, parameters)
    people = people.but(wage=wage)
    state = replace(state, people=people)
    money = {"wage_work": state.by_home(wage * (people.post < 0))}
    money |= {name: state.by_home(wage * (people.post == number)) for number, name in enumerate(POSTS)}
    missing = state.present & able(people, month) & people.keen & ~people.employed & (people.jobless <= 12)
    usual = parameters["work.wage_local"] * parameters.growth(month) * np.exp(people.skill)
    homes = burdened(state.homes, "JOB", state.by_home(missing * usual * 0.7), month, cash=False)
    return replace(state, homes=homes), money


def able(people: People, month: int) -> Flags:
    """Able to work for a wage: of age, with some labour ability, not at school."""
    years = (month - people.birth) / 12
    found: Flags = (years >= 16) & (years < 71) & (people.labour <= LABOUR["weak"]) & (people.stage < 0)
    return found


def away(people: People) -> Flags:
    """Works outside the county."""
    found: Flags = people.employed & np.isin(people.place, _AWAY)
    return found


def _posted(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> People:
    """Posts are given for a year, mostly from January to March, to able people of households entitled to them."""
    people, homes = state.people, state.homes
    chance = rng.random(len(people), dtype=np.float32)
    over = (people.post >= 0) & (people.post_until < month)
    renewed = over & (chance < parameters["work.post_renewed"]) & state.present
    helped = ((homes.help >> MEASURE["public_post"]) & 1)[people.home] == 1
    early = calendar_month(month) <= 3
    rate = np.where(homes.ex_poor[people.home] & early, parameters["work.post_rate"], 0.0)
    rate = np.where(helped, parameters["work.post_if_helped"], rate)
    years = (month - people.birth) / 12
    free = state.present & able(people, month) & ~people.employed & (people.post < 0) & (years >= 30)
    gets = free & (chance < rate)
    post = np.where(over & ~renewed, NOBODY, people.post)
    post = np.where(gets, rng.choice(3, len(people), p=[0.2, 0.3, 0.5]), post)
    until = np.where(gets | renewed, np.where(early, 12 * (month // 12) + 11, month + 11), people.post_until)
    lost = over & ~renewed
    return people.but(
        post=post,
        post_until=until,
        employed=(people.employed | gets) & ~lost,
        jobless=np.where(gets, 0, np.where(lost, 1, people.jobless)),
    )


def _employed(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> People:
    """Jobs are lost more easily by the weak, the old, carers and in some branches, and found in the hiring season."""
    people, homes = state.people, state.homes
    chance = rng.random(len(people), dtype=np.float32)
    years = (month - people.birth) / 12
    fit = state.present & able(people, month) & (people.treatment == 0)
    weak = people.labour == LABOUR["weak"]
    caring = state.by_home((people.treatment > 0) | (people.birth > month - 9))[people.home] > 0
    loss = parameters["work.loss"] * parameters.row("work.loss_by_sector")[people.sector] * np.exp(-0.3 * people.skill)
    loss = loss * np.where(weak, parameters["work.loss_if_weak"], 1) * np.where(caring, parameters["work.loss_care"], 1)
    loss = loss * np.where(years > 58, 1.8, 1)
    keeps = people.employed & fit & ((people.post >= 0) | (chance >= loss))
    season = parameters.row("work.hiring_season")[calendar_month(month) - 1]
    helped = ((homes.help >> MEASURE["employment"]) & 1)[people.home] == 1
    hire = parameters["work.hire"] * season * np.exp(0.3 * people.skill) * np.where(people.jobless > 6, 0.45, 1)
    hire = hire * np.where(weak, 0.4, 1) * np.where(years > 60, 0.35, 1) * np.where(helped, 1.8, 1)
    found = fit & people.keen & ~people.employed & (people.jobless > 0) & (chance < hire)
    employed = keeps | found
    out = parameters["work.place_changes"]
    place = np.where(found & (rng.random(len(people), dtype=np.float32) < out), _places(people, rng), people.place)
    jobless = np.where(employed, 0, np.minimum(people.jobless + 1, 999))
    post = np.where(employed, people.post, NOBODY)
    sector = np.where(post >= 0, SECTOR["services"], people.sector)
    place = np.where(post >= 0, PLACE["township"], place)
    return people.but(employed=employed, jobless=jobless, post=post, place=place, sector=sector)


def _places(people: People, rng: np.random.Generator) -> Numbers:
    return rng.choice(6, len(people), p=[0.17, 0.26, 0.09, 0.14, 0.335, 0.005])


def _wages(people: People, here: Flags, month: int, rng: np.random.Generator, parameters: Parameters) -> Floats:
    """Wages of a month in tens of yuan; migrants earn little around the Spring Festival, and posts pay a fixed sum."""
    level = parameters.growth(month)
    factor = parameters.row("work.wage_by_place")[people.place]
    usual = parameters["work.wage_local"] * level * factor * np.exp(people.skill)
    usual = usual * np.where(people.labour == LABOUR["weak"], 0.7, 1) * rng.lognormal(0, 0.12, len(people))
    share = festival_share(month)
    lost = np.where(away(people), parameters["work.festival_away"], parameters["work.festival_home"]) * share
    post = parameters["work.wage_post"] * level
    amount = np.where(people.post >= 0, post, usual * (1 - lost))
    paid: Floats = np.rint(amount / 10) * 10 * (people.employed & here)
    return paid
