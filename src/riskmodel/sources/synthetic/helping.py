"""Help for households under monitoring: measures by cause, and aid at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Floats, Numbers, at
from riskmodel.sources.synthetic.deciding import needs_work
from riskmodel.sources.synthetic.happened import Measures
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.vocabulary import CAUSE, MEASURE, OPTION


@dataclass(frozen=True)
class Offer:
    """A measure that a cause calls for."""

    causes: str
    measure: str
    options: tuple[str, ...]
    share: float
    """Chance a month that it begins, while it has not."""
    months: int = 0
    amount: float = 0.0
    work: bool = False
    """Only where somebody can work."""


OFFERS: Final = (
    Offer("ILL DIS ACC", "health", ("medical_aid", "family_doctor"), 0.55, amount=1500),
    Offer("ILL DIS LAB ACC OTH", "social_security", ("dibao",), 0.5),
    Offer(
        "JOB ILL DIS IND OTH", "employment", ("labour_export", "skills_training", "travel_subsidy"), 0.4, 12, 500, True
    ),
    Offer("JOB ILL DIS LAB OTH", "public_post", ("",), 0.25, 12, 0, True),
    Offer("IND NAT LAB", "industry", ("award_subsidy", "asset_income"), 0.4, 12, 2000),
    Offer("IND NAT", "finance", ("small_loan", "insurance"), 0.15, 24, 10000, True),
    Offer("EDU", "other_education", ("yulu", "grant", "student_loan"), 0.4, 12, 1500),
    Offer("EDU", "compulsory_education", ("",), 0.4, 12),
    Offer("HOU", "housing", ("",), 0.7, 6, 20000),
    Offer("WAT", "water", ("",), 0.7, 3, 1000),
    Offer("NAT ACC ILL", "social_help", ("",), 0.3, amount=1000),
)


def helped(
    state: State, month: int, identified: Numbers, rng: np.random.Generator, parameters: Parameters
) -> tuple[State, Measures, Floats]:
    """Measures that begin this month, and temporary aid in yuan for the newly identified."""
    homes, rows = state.homes, []
    idle = needs_work(state, month)
    help_ = homes.help.copy()
    for offer in OFFERS:
        starts = _starting(state, offer, idle, rng)
        help_[starts] |= 1 << MEASURE[offer.measure]
        rows.append(_rows(np.flatnonzero(starts), offer, rng))
    aid = np.zeros(len(homes))
    gets = identified[rng.random(len(identified)) < parameters["assistance.temporary"]]
    aid[gets] = rng.integers(2, 11, len(gets)) * 500.0
    buffer = homes.buffer + aid + _grants(rows, len(homes))
    return replace(state, homes=homes.but(help=help_, buffer=buffer)), Measures.all(rows), aid


def _starting(state: State, offer: Offer, idle: Flags, rng: np.random.Generator) -> Flags:
    homes = state.homes
    called = np.isin(homes.recorded, [CAUSE[code] for code in offer.causes.split()]).any(axis=1)
    if offer.work:
        called = (called | homes.open) & idle
    has = ((homes.help >> MEASURE[offer.measure]) & 1) == 1
    starts: Flags = homes.open & homes.active & called & ~has & (rng.random(len(homes)) < offer.share)
    return starts


def _rows(who: Numbers, offer: Offer, rng: np.random.Generator) -> Measures:
    options = np.array([OPTION[name] if name else NOBODY for name in offer.options])
    amount = np.rint(offer.amount * rng.uniform(0.5, 1.5, len(who)) / 100) * 100
    return Measures.of(
        len(who), home=who, person=NOBODY, measure=MEASURE[offer.measure], option=rng.choice(options, len(who)),
        months=offer.months, amount=amount,
    )  # fmt: skip


def _grants(rows: list[Measures], homes: int) -> Floats:
    """What of the measures is money in the hand."""
    given = Measures.all(rows)
    paid = np.isin(given.measure, [MEASURE[name] for name in ("industry", "social_help", "employment")])
    return at(homes, given.home, given.amount * paid)
