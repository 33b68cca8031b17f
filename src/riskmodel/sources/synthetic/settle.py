"""The first households of the simulated county, and households that move in later."""

from __future__ import annotations

from typing import Final

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Numbers
from riskmodel.sources.synthetic.families import families
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import STRESSES, Homes, Loans, Markets, People, State, Villages
from riskmodel.sources.synthetic.vocabulary import LABOUR

VILLAGE_SIZE: Final = 50
_TOWNSHIPS: Final = 13
_STRESS: Final = len(STRESSES)


def settled(households: int, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """The county at the beginning: villages of 40 to 60 households, nobody monitored, nobody in hardship yet."""
    villages, townships = _villages(max(1, round(households / VILLAGE_SIZE)), rng, parameters)
    weights = rng.uniform(40, 60, len(villages))
    bounds = np.rint(np.cumsum(weights) / weights.sum() * households)
    village = np.searchsorted(bounds, np.arange(households), side="right")
    homes, people = new_homes(village, villages, month, rng, parameters)
    markets = Markets(crop=np.zeros(1), stock=np.zeros(1), slump=np.zeros(1, dtype=np.int16))
    return State(people, homes, _no_loans(), villages, markets, townships)


def new_homes(
    village: Numbers, villages: Villages, month: int, rng: np.random.Generator, parameters: Parameters
) -> tuple[Homes, People]:
    """Households with their members; `People.home` counts from 0."""
    n = len(village)
    level = 0.9 * rng.standard_normal(n) + villages.wealth[village]
    poor = rng.random(n) < 1 / (1 + np.exp(-parameters["homes.ex_poor_logit"] + 1.1 * level))
    homes = _homes(n, village, level, poor, month, rng, parameters)
    people = families(level, homes.ex_poor, month, rng, parameters)
    people = people.but(ethnicity=np.where(villages.minority[village][people.home], 14, 0))
    return _livelihood(homes, people, month, rng, parameters), people


def _villages(count: int, rng: np.random.Generator, parameters: Parameters) -> tuple[Villages, int]:
    townships = int(np.clip(round(count / 8), 1, _TOWNSHIPS))
    wealth = 0.3 * rng.standard_normal(count)
    poor = rng.random(count) < parameters["villages.poor"] * np.exp(-wealth)
    return Villages(
        township=(np.arange(count) * townships // count).astype(np.int32),
        market=np.zeros(count, dtype=np.int32),
        poor=poor,
        exit_year=np.where(poor, rng.integers(2015, 2020, count), NOBODY).astype(np.int16),
        danger=rng.gamma(2.0, 0.5, count).astype(np.float32),
        wealth=wealth.astype(np.float32),
        minority=rng.random(count) < parameters["villages.minority"],
    ), townships


def _homes(
    n: int,
    village: Numbers,
    level: Numbers,
    poor: Numbers,
    month: int,
    rng: np.random.Generator,
    parameters: Parameters,
) -> Homes:
    """Households without money and work yet."""
    none, zero, no = np.full(n, NOBODY), np.zeros(n), np.zeros(n, dtype=bool)
    year = rng.choice(np.arange(2014, 2021), n, p=parameters.row("homes.exit_years"))
    grade = 3 - np.digitize(rng.random(n) + 0.05 * level.clip(-2, 2), parameters.row("housing.first_grades"))
    water = np.digitize(rng.random(n), parameters.row("housing.first_water"))
    types = _types()
    given = {
        "village": village, "status": zero, "since": np.full(n, month), "predecessor": none, "ex_poor": poor,
        "entitled": poor & (rng.random(n) < parameters["homes.entitled"]),
        "exit_year": np.where(poor, year, NOBODY),
        "relocated": poor & (rng.random(n) < parameters["homes.relocated"]),
        "cadre": village * 3 + rng.integers(0, 3, n), "level": level, "crop": zero, "stock": zero, "fruit": zero,
        "trade": zero, "crop_ok": zero + 1, "stock_ok": zero + 1, "rent": zero, "dividend": zero, "support": zero,
        "buffer": zero, "income12": np.zeros((n, 12)), "compliant12": np.zeros((n, 12)),
        "rigid12": np.zeros((n, 12)), "stress": np.zeros((n, _STRESS)), "inpatient_ytd": zero, "house_grade": grade,
        "house_area": np.rint(40 + 22 * (level.clip(-1, 3) + 1) + 10 * rng.random(n)), "rebuilt": none,
        "water": water, "water_safe": ~no, "outage": zero, "dibao": zero, "dibao_since": none, "marginal": no,
        "tekun": no, "wired": no, "hard": no, "onset": none, "calm": zero, "below": no,
        "causes": np.full((n, 5), NOBODY), "clue": none, "due": none, "mistaken": no, "channel": none,
        "identified": none, "category": none, "recorded": np.full((n, 5), NOBODY), "help": zero, "ended": none,
        "visited": none,
    }  # fmt: skip
    return Homes(**{name: np.asarray(value).astype(types[name]) for name, value in given.items()})


def _types() -> dict[str, type[np.generic]]:
    """Stored types, as small as the values allow."""
    flags = "ex_poor entitled relocated water_safe marginal tekun wired hard below mistaken"
    small = "status house_grade water calm channel category causes recorded"
    whole = "village since predecessor cadre rebuilt dibao_since onset clue due identified ended visited help"
    return {
        **dict.fromkeys(Homes.__dataclass_fields__, np.float32),
        **dict.fromkeys(flags.split(), np.bool_),
        **dict.fromkeys(small.split(), np.int8),
        **dict.fromkeys(whole.split(), np.int32),
        **dict.fromkeys(("exit_year", "outage"), np.int16),
    }


def _livelihood(homes: Homes, people: People, month: int, rng: np.random.Generator, parameters: Parameters) -> Homes:
    """Land, animals, trade, and savings in keeping with the level."""
    n, level = len(homes), homes.level
    age = (month - people.birth) / 12
    size = np.bincount(people.home, minlength=n)
    elders = np.bincount(people.home, weights=age >= 60, minlength=n)
    grown = (people.labour <= LABOUR["weak"]) & (age < 72)
    farmers = np.bincount(people.home, weights=grown & ~people.keen, minlength=n)
    scale = parameters["farming.least"] + (1 - parameters["farming.least"]) * np.minimum(farmers, 3)
    shares = parameters.row("farming.shares")
    amounts = parameters.row("farming.amounts")
    crop, stock, fruit, trade = (
        (rng.random(n) < share) * amount * scale * np.exp(0.35 * level + 0.45 * rng.standard_normal(n))
        for share, amount in zip(shares, amounts, strict=True)
    )
    growth = parameters.growth(month)
    income = size * parameters["money.first_income"] * growth * np.exp(0.4 * level)
    alone = (elders > 0) & (elders == size)
    least, most = parameters.row("money.support").tolist()
    support = alone * rng.uniform(least, most, n) * np.exp(0.2 * level)
    tekun = alone & (size == 1) & (rng.random(n) < parameters["assistance.tekun"])
    return homes.but(
        crop=crop, stock=stock, fruit=fruit, trade=trade,
        rent=(rng.random(n) < parameters["farming.rents"]) * rng.uniform(300, 2500, n),
        dividend=homes.ex_poor * (rng.random(n) < parameters["money.dividends"]) * rng.uniform(200, 900, n),
        support=np.where(tekun, 0, support), tekun=tekun,
        buffer=income * rng.lognormal(-0.6, 0.8, n), income12=np.repeat(income[:, None] / 12, 12, axis=1),
    )  # fmt: skip


def _no_loans() -> Loans:
    whole, small, real = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.float32)
    no = np.zeros(0, dtype=bool)
    return Loans(
        home=whole, product=small, purpose=small, started=whole, due=whole, day=small, principal=real, balance=real,
        late=small, status=small, closed=whole, renewed=no, extended=no,
    )  # fmt: skip
