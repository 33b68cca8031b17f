"""Surveys of a year's income: every autumn, at identification and at elimination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.policy import SurveyStage
from riskmodel.sources.synthetic.months import calendar_month, days, year_of
from riskmodel.sources.synthetic.observation.coded import Posting, facts
from riskmodel.sources.synthetic.vocabulary import positions

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Floats, Ints
    from riskmodel.sources.synthetic.happened import Happened
    from riskmodel.sources.synthetic.observation.coded import Month

_BLOCKS: Final = (
    "wage",
    "post",
    "business",
    "cost",
    "property",
    "transfer",
    "assistance",
    "pension",
    "claims",
    "self_pay",
)
_STAGE: Final = positions(SurveyStage)


class Books:
    """The last twelve months of every household, by block of the income form."""

    def __init__(self) -> None:
        self._amounts = np.zeros((0, 12, len(_BLOCKS)), dtype=np.float32)

    def enter(self, happened: Happened) -> None:
        """Add a month; the one a year before it is forgotten."""
        money = happened.money
        of = {
            name: [key for key in money if key.startswith(name)] for name in ("wage_", "op_", "cost_", "prop_", "tr_")
        }
        total = {name: np.sum([money[key] for key in keys], axis=0) for name, keys in of.items()}
        posts = np.sum([money[key] for key in of["wage_"] if "post" in key], axis=0)
        helped = money["tr_dibao"] + money["tr_tekun"]
        blocks = [
            total["wage_"], posts, total["op_"], total["cost_"], total["prop_"], total["tr_"], helped,
            money["tr_pension"], happened.claims, happened.self_pay,
        ]  # fmt: skip
        more = np.zeros((len(posts) - len(self._amounts), 12, len(_BLOCKS)), dtype=np.float32)
        self._amounts = np.concatenate([self._amounts, more])
        self._amounts[:, happened.month % 12] = np.stack(blocks, axis=1)

    def year(self, which: Ints) -> dict[str, Floats]:
        """Sums of the last twelve months, yuan; zero for a household that is not in the books yet."""
        sums, there = np.zeros((len(which), len(_BLOCKS))), which < len(self._amounts)
        sums[there] = self._amounts[which[there]].sum(axis=1, dtype=np.float64)
        return {name: sums[:, number] for number, name in enumerate(_BLOCKS)}


def annual(seen: Month, books: Books) -> list[Posting]:
    """In September: income of the twelve months to its end, collected in November, a few corrected by March.

    All ex-poor and monitored households are asked, and two thirds of the others.
    """
    if calendar_month(seen.number) != 9:
        return []
    homes, rng = seen.state.homes, seen.rng
    chance = rng.random(len(homes))
    asked = homes.active & (seen.state.size > 0) & (chance < np.where(homes.ex_poor | homes.open, 0.99, 0.68))
    who = np.flatnonzero(asked)
    rows = _rows(seen, books, who, "annual", seen.number, np.full(len(who), seen.number + 2))
    again = who[rng.random(len(who)) < 0.04]
    later = seen.number + rng.integers(4, 7, len(again))
    corrected = _rows(seen, books, again, "annual", seen.number, later)
    return [Posting("income_surveys", pl.concat([rows, corrected]))]


def at_stage(seen: Month, books: Books, who: Ints, stage: str, arrival: Ints) -> pl.DataFrame:
    """Income of the twelve months before this one; the books do not hold this month yet."""
    return _rows(seen, books, who, stage, seen.number - 1, arrival)


def _rows(seen: Month, books: Books, who: Ints, stage: str, last: int, arrival: Ints) -> pl.DataFrame:
    """What people say they had: about right, and round; parts never exceed their whole."""
    rng, year = seen.rng, books.year(who)

    def told(name: str) -> Floats:
        return np.rint(year[name] * rng.lognormal(0, 0.07, len(who)) / 10) * 10

    persons = np.maximum(seen.register.size[who], seen.state.size[who] * (seen.register.size[who] == 0)).clip(1, 30)
    posts = np.rint(year["post"])
    wage = posts + told_rest(year["wage"] - year["post"], rng)
    business, cost, property_, claims, self_pay = (
        told(n) for n in ("business", "cost", "property", "claims", "self_pay")
    )
    pension, assistance = np.rint(year["pension"]), np.rint(year["assistance"])
    transfer = pension + assistance + told_rest(year["transfer"] - year["pension"] - year["assistance"], rng)
    net = wage + business + property_ + transfer - cost
    amounts = {
        "wage": wage, "wage_public_post": posts, "business": business, "business_cost": cost, "property": property_,
        "transfer": transfer, "transfer_assistance": assistance, "transfer_pension": pension, "claims": claims,
        "compliant_self_pay": self_pay, "net_total": net, "net_per_capita": net / persons,
        "reference_per_capita": (net + claims - self_pay) / persons,
    }  # fmt: skip
    return facts(
        "income_surveys",
        arrival,
        household_id=who,
        year=year_of(last) if stage == "annual" else year_of(seen.number),
        stage=_STAGE[stage],
        period_end=days(last, 31),
        persons=persons,
        **{name: np.rint(value * 100) for name, value in amounts.items()},
    )


def told_rest(amount: Floats, rng: np.random.Generator) -> Floats:
    """An amount as people remember it, in tens of yuan, never below zero."""
    return np.rint(amount.clip(0) * rng.lognormal(0, 0.07, len(amount)) / 10) * 10
