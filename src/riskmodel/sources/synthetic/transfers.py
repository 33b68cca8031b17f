"""Transfers and property income: pensions, subsidies, allowances, dibao, rent for land, dividends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Floats, Numbers
from riskmodel.sources.synthetic.happened import Terms
from riskmodel.sources.synthetic.lines import line
from riskmodel.sources.synthetic.months import calendar_month, year_of
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import Homes, State
from riskmodel.sources.synthetic.vocabulary import MEASURE, PENSION


def received(
    state: State, month: int, terms: Terms, rng: np.random.Generator, parameters: Parameters
) -> tuple[State, dict[str, Floats]]:
    """What comes without work, yuan per household and component, after the month's decisions on dibao."""
    state = _assessed(state, month, rng, parameters)
    people, homes, here = state.people, state.homes, state.present
    level, season = parameters.growth(month), calendar_month(month)
    pensioners = state.by_home(here & (people.pension == PENSION["receiving"]))
    severe = state.by_home(here & people.certified & (people.grade <= 2) & (people.grade > 0))
    size = state.size
    aid = np.bincount(
        people.home[terms.person.astype(np.int64)], weights=terms.aid.astype(np.float64), minlength=len(homes)
    )
    farm = (homes.crop > 0) * np.rint(80 + homes.crop * 0.05) * (season == 4)
    money = {
        "tr_pension": pensioners * np.rint(parameters["transfers.pension"] * level),
        "tr_dibao": homes.dibao.astype(np.float64),
        "tr_tekun": homes.tekun * np.rint(line("dibao_standard", year_of(month), parameters) * 1.3 / 12),
        "tr_disability": severe * np.rint(parameters["transfers.disability"] * level),
        "tr_farm": farm,
        "tr_eco": (homes.fruit > 0) * 60.0 * size * (season == 12),
        "tr_education": aid,
        "tr_support": np.rint(homes.support * level / 10) * 10,
        "prop_land": np.rint(homes.rent / 10) * 10 * (season == 11),
        "prop_dividend": np.rint(homes.dividend / 10) * 10 * (season == 12),
    }
    there = homes.active & (size > 0)
    return state, {name: value * there for name, value in money.items()}


def _assessed(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Households below the standard come into dibao after a while; each is reviewed a year later."""
    homes, size = state.homes, state.size.clip(1)
    per_head = homes.income12.sum(axis=1) / size
    standard = line("dibao_standard", year_of(month), parameters)
    chance = rng.random(len(homes), dtype=np.float32)
    helped = ((homes.help >> MEASURE["social_security"]) & 1) == 1
    could = homes.active & (homes.dibao == 0) & ~homes.tekun & (homes.buffer < 1500 * size)
    rate = np.where(helped, parameters["assistance.dibao_if_helped"], parameters["assistance.dibao"])
    gets = could & (per_head < standard * np.where(helped, 1.1, 0.9)) & (chance < rate)
    due = (homes.dibao > 0) & ((month - homes.dibao_since) % 12 == 0) & (month > homes.dibao_since)
    grant = homes.dibao * 12 / size
    ends = due & (per_head - grant > standard * 1.1)
    gap = (standard - (per_head - grant)).clip(standard * 0.2, standard * 0.75)
    amount = np.rint(gap * size / 12 / 10) * 10
    dibao = np.where(gets | (due & ~ends), amount, np.where(ends | ~homes.active, 0, homes.dibao))
    since = np.where(gets, month, np.where(dibao > 0, homes.dibao_since, NOBODY))
    return replace(
        state, homes=homes.but(dibao=dibao, dibao_since=since, marginal=_marginal(homes, per_head, standard, chance))
    )


def _marginal(homes: Homes, per_head: Numbers, standard: float, chance: Numbers) -> Flags:
    """On the list of those just above dibao (低保边缘): entered and left with a delay."""
    just = homes.active & (homes.dibao == 0) & (per_head < standard * 1.5)
    entered = just & (homes.buffer < 3000) & (chance > 0.98)
    stays: Flags = (homes.marginal & (per_head < standard * 1.8) & homes.active & (homes.dibao == 0)) | entered
    return stays
