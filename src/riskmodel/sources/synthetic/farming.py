"""Own production: harvests and sales with their seasons, costs, prices, and what shocks have left of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import Floats
from riskmodel.sources.synthetic.disasters import burdened
from riskmodel.sources.synthetic.months import calendar_month
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.vocabulary import MEASURE
from riskmodel.sources.synthetic.work import able, away

BRANCHES = ("crop", "livestock", "forest", "other")
_FIELDS = ("crop", "stock", "fruit", "trade")


def farmed(
    state: State, month: int, rng: np.random.Generator, parameters: Parameters
) -> tuple[State, dict[str, Floats]]:
    """Takings and costs of a month per household and component; what is missing is the burden of failed business."""
    homes = state.homes
    season = calendar_month(month) - 1
    takings, costs = (parameters.row(f"farming.{name}").reshape(4, 12)[:, season] for name in ("sales", "spending"))
    price = _prices(state)
    hands = _hands(state, month)
    left = (homes.crop_ok, homes.stock_ok, homes.crop_ok, np.sqrt(homes.stock_ok))
    helped = ((homes.help >> MEASURE["industry"]) & 1) == 1
    money: dict[str, Floats] = {}
    missing = np.zeros(len(homes))
    for number, (branch, field) in enumerate(zip(BRANCHES, _FIELDS, strict=True)):
        size = getattr(homes, field) * parameters.growth(month) * homes.active * np.where(helped, 1.15, 1)
        luck = rng.lognormal(-0.02, 0.2, len(homes)) if takings[number] else 1.0
        usual = size * takings[number]
        real = usual * hands * left[number] * price[number] * luck
        money[f"op_{branch}"] = np.rint(real / 10) * 10
        money[f"cost_{branch}"] = np.rint(size * costs[number] * np.minimum(hands, 1) / 10) * 10
        missing += (0.8 * usual - real).clip(0)
    fresh = np.ones(len(homes)) if season == 10 else homes.crop_ok
    homes = homes.but(crop_ok=fresh, stock_ok=np.minimum(homes.stock_ok + parameters["farming.recovery"], 1))
    return replace(state, homes=burdened(homes, "IND", missing, month, cash=False)), money


def _prices(state: State) -> list[Floats]:
    """Prices of the four branches in each household's county."""
    market = state.villages.market[state.homes.village]
    crop = np.exp(state.markets.crop)[market]
    stock = np.where(state.markets.slump > 0, 0.62, 1.0)[market] * np.exp(state.markets.stock)[market]
    return [crop, stock, crop, np.ones(len(market))]


def _hands(state: State, month: int) -> Floats:
    """Share of the usual work that those at home can do."""
    people = state.people
    years = (month - people.birth) / 12
    old = (years >= 60) & (years < 76) & (people.labour <= 3) & ~people.major
    home = state.by_home(state.present & ((able(people, month) & ~away(people)) | old))
    hands: Floats = np.interp(home, [0, 1, 2, 3], [0.35, 0.85, 1.0, 1.05])
    return hands
