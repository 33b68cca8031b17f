"""The life of the invented sample county, month by month: people, work, money, houses, and who is identified.

Nothing here is estimated from real data. Households differ in a lasting level of earning; what happens to them (a job
lost, an illness, a bad harvest, an unsafe house) lowers what they have, and that raises the hazard of identification.
Arrays are (months, households) or (months, people); month 0 is October 2019. The first `WARM_UP` months only give the
county a past.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sample.people import settle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sample.people import Flags, Floats, Ints, People

FIRST_YEAR: Final = 2019
WARM_UP: Final = 15
"""Months before January 2021, the first month that files speak of."""
ENTRIES_A_YEAR: Final = 0.028
"""Share of households newly identified in a year; a little less comes out, for who is monitored cannot enter."""
STAY: Final = 6
"""Months of monitoring before an elimination."""
CAUSES: Final = ("ILL", "JOB", "DIS", "LAB", "HOU", "NAT", "WAT", "EDU", "OTH")


def line(year: int) -> int:
    """Invented monitoring line of a year, yuan per person."""
    return int(round(6000 * 1.07 ** (year - 2020), -2))


def year_of(month: int) -> int:
    """Calendar year of a month counted from October 2019."""
    return FIRST_YEAR + (month + 9) // 12


@dataclass(frozen=True)
class Homes:
    """Households: what stays, then what changes by month."""

    village: Ints
    level: Floats
    """Lasting level of earning, about standard normal."""
    ex_poor: Flags
    entitled: Flags
    exit_year: Ints
    farm: Flags
    grade: Ints
    """(T, n) grade of the house: 0 A ... 3 D."""
    water: Ints
    """Position in central, well, spring."""
    unsafe_water: Flags
    disaster: Flags
    """(T, n) a disaster struck the village in the last 6 months."""

    @property
    def count(self) -> int:
        """Number of households."""
        return len(self.village)


@dataclass(frozen=True)
class Work:
    """Work of the people (T, p); wages in fen of the month."""

    active: Flags
    employed: Flags
    wage: Ints
    post: Flags
    """(p) holds a public-benefit post of the village when at work."""
    lost: Flags
    """At work some time in the last 6 months, now not."""
    place: Ints
    sector: Ints


@dataclass(frozen=True)
class Episode:
    """One household's time under monitoring; months counted from October 2019, `until` None while open."""

    household: int
    since: int
    until: int | None
    causes: tuple[str, ...]
    above_line: bool


@dataclass(frozen=True)
class County:
    """All that happened."""

    months: int
    homes: Homes
    people: People
    work: Work
    money: dict[str, Ints]
    """Component or block -> fen of the month (T, n)."""
    episodes: list[Episode]


def simulate(households: int, months: int, rng: np.random.Generator) -> County:
    """Let the county live for `WARM_UP` + `months` months."""
    total = WARM_UP + months
    homes = _homes(rng, households, total)
    people = settle(rng, homes.level, total)
    work = _work(rng, homes, people)
    money = _money(rng, homes, people, work)
    return County(total, homes, people, work, money, _episodes(rng, homes, people, work, money))


def _homes(rng: np.random.Generator, n: int, total: int) -> Homes:
    village = np.arange(n) // 100
    villages = int(village[-1]) + 1
    level = 0.9 * rng.standard_normal(n) + 0.35 * rng.standard_normal(villages)[village]
    ex_poor = rng.random(n) < 1 / (1 + np.exp(0.3 + 1.1 * level))
    grade = np.digitize(rng.random(n) + 0.06 * level.clip(-2, 2), [0.012, 0.05, 0.6])
    grade = 3 - grade  # A is the best third, D the rare worst
    struck = rng.random((total, villages)) < 1 / 80
    recent = np.stack([struck[max(0, t - 6) : t].any(axis=0) for t in range(total)])
    water = np.digitize(rng.random(n) + 0.05 * level.clip(-2, 2), [0.1, 0.3])
    return Homes(
        village=village,
        level=level,
        ex_poor=ex_poor,
        entitled=rng.random(n) < 0.7,
        exit_year=rng.integers(2014, 2021, n),
        farm=rng.random(n) < 0.75,
        grade=_ageing(rng, grade, total),
        water=2 - water,
        unsafe_water=(water == 0) & (rng.random(n) < 0.2),
        disaster=recent[:, village] & (rng.random((total, n)) < 0.98),
    )


def _ageing(rng: np.random.Generator, grade: Ints, total: int) -> Ints:
    """Houses decay slowly; unsafe ones are rebuilt after a while."""
    path = np.empty((total, len(grade)), dtype=np.int64)
    for t in range(total):
        chance = rng.random(len(grade))
        decays = (grade < 2) & (chance < 0.0006)
        rebuilt = (grade >= 2) & (chance < 0.04)
        grade = np.where(decays, 2, np.where(rebuilt, 0, grade))
        path[t] = grade
    return path


def _work(rng: np.random.Generator, homes: Homes, people: People) -> Work:
    total, p = people.present.shape
    years, level = people.age(total), homes.level[people.household]
    keen = rng.random(p) < np.where(people.female, 0.6, 0.85)
    active = people.present & (years >= 17) & (years < 64) & (people.labour <= 2) & ~people.school & keen
    weak = people.labour == 2
    struck = homes.disaster[:, people.household]
    loss = (0.012 * np.exp(-0.35 * level) * (1 + 1.5 * weak + 2.0 * struck)).clip(0, 0.2)
    employed = np.empty((total, p), dtype=bool)
    before = rng.random(p) < 0.9
    for t in range(total):
        chance = rng.random(p)
        before = active[t] & np.where(before, chance >= loss[t], chance < 0.22)
        employed[t] = before
    post = homes.ex_poor[people.household] & (rng.random(p) < 0.1)
    steady = rng.standard_normal(p)
    skill = 0.24 * level + 0.06 * people.education + 0.15 * steady - 0.3 * weak - 0.12 * people.female - 0.9 * post
    growth = 1.06 ** (np.arange(total) / 12)[:, None]
    wage = 2400 * np.exp(skill) * growth * np.exp(0.08 * rng.standard_normal((total, p)))
    recent = np.stack([employed[max(0, t - 6) : t + 1].any(axis=0) for t in range(total)])
    return Work(
        active=active,
        employed=employed,
        wage=np.where(employed, np.round(wage, -1), 0).astype(np.int64) * 100,
        post=post,
        lost=active & recent & ~employed,
        place=rng.choice(np.arange(5), p, p=[0.2, 0.25, 0.1, 0.15, 0.3]),
        sector=rng.choice(np.arange(6), p, p=[0.1, 0.3, 0.25, 0.1, 0.2, 0.05]),
    )


def _money(rng: np.random.Generator, homes: Homes, people: People, work: Work) -> dict[str, Ints]:
    """What comes in and what goes out, fen of the month; dibao is granted each October on the year before."""
    total, n = homes.grade.shape
    size = people.per_household(people.present)
    growth = 1.05 ** (np.arange(total) / 12)[:, None]
    season = np.arange(total)[:, None] % 12
    farm = homes.farm * 7000 * np.exp(0.4 * homes.level + 0.3 * rng.standard_normal(n)) * growth
    years = total // 12 + 1
    luck = np.exp(0.3 * rng.standard_normal((years, n)))[np.arange(total) // 12]
    harvest = farm / 2 * luck * np.where(homes.disaster, 0.5, 1.0) * ((season == 0) | (season == 11))
    cost = farm * 0.35 / 3 * ((season >= 5) & (season <= 7))
    elders = people.per_household(people.present & (people.age(total) >= 60))
    workless = people.per_household(work.active) == 0
    family = rng.integers(15, 50, n) * 10 * ((elders > 0) & (rng.random(n) < 0.4) | workless) + 300 * size * workless
    chronic, ill = people.per_household(people.present & people.chronic), people.per_household(people.major)
    bills = 25 * size + 90 * chronic + 900 * ill * rng.lognormal(0, 0.5, (total, n))
    yuan = {
        "wage_work": people.per_household(work.wage * ~work.post) / 100,
        "wage_post_village": people.per_household(work.wage * work.post) / 100,
        "tr_pension": people.per_household(people.present & (people.pension == 2)) * np.round(200 * growth, -1),
        "tr_farm": homes.farm * 450 * (season == 8) * np.ones_like(growth),
        "tr_support": family,
        "prop_land": (rng.random(n) < 0.3) * rng.integers(4, 20, n) * 100 * (season == 2),
        "op_crop": harvest,
        "cost_crop": cost,
        "self_pay": bills * 0.7,
        "claims": 0.15 * bills * (ill > 0),
    }
    yuan["tr_dibao"] = _dibao(rng, _net(yuan), size)
    return {name: np.rint(np.broadcast_to(value, (total, n)) * 100).astype(np.int64) for name, value in yuan.items()}


def _net(money: dict[str, NDArray[np.generic]]) -> Floats:
    """Net income: all components, costs negative."""
    parts = {name: value.astype(np.float64) for name, value in money.items() if name not in ("self_pay", "claims")}
    total: Floats = sum((-v if n.startswith("cost_") else v for n, v in parts.items()), start=np.zeros(1))
    return total


def _dibao(rng: np.random.Generator, net: Floats, size: Ints) -> Floats:
    """Yuan per month for most households whose income of the year before lay far below the line."""
    granted = np.zeros(net.shape)
    for t in range(12, len(net), 12):
        per_head = net[t - 12 : t].sum(axis=0) / size[t - 1]
        gap = (0.9 * line(year_of(t - 1)) - per_head) / 12
        gets = (gap > 0) & (rng.random(len(gap)) < 0.85)
        granted[t : t + 12] = np.round(gets * gap.clip(80, 450), -1) * size[t - 1]
    return granted


def _episodes(
    rng: np.random.Generator, homes: Homes, people: People, work: Work, money: dict[str, Ints]
) -> list[Episode]:
    """Identification follows the state of the month before; elimination needs `STAY` months and comes with income."""
    ratio = _income_to_line(money, people.per_household(people.present))
    weights = _burdens(homes, people, work)
    score = 3.2 * (1.6 - ratio).clip(0, 1) + sum(weights.values()) + 0.3 * homes.ex_poor
    hazard = np.exp(score)
    hazard = (hazard * ENTRIES_A_YEAR / 12 / hazard[12:].mean()).clip(0, 0.2)
    since = np.full(homes.count, -1)
    found: list[Episode] = []
    for t in range(13, len(hazard)):
        chance = rng.random(homes.count)
        leaves = (since >= 0) & (t - since >= STAY) & (chance < np.where(ratio[t - 1] > 1.15, 0.12, 0.03))
        enters = (since < 0) & (chance < hazard[t - 1])
        found += [_episode(h, since[h], t, weights, ratio) for h in np.flatnonzero(leaves)]
        since = np.where(leaves, -1, np.where(enters, t, since))
    found += [_episode(h, since[h], None, weights, ratio) for h in np.flatnonzero(since >= 0)]
    return sorted(found, key=lambda e: (e.since, e.household))


def _income_to_line(money: dict[str, Ints], size: Ints) -> Floats:
    """Net income per head of the 12 months up to each month over the line; before a year has passed 1.7 stands in."""
    summed = _net(dict(money)).cumsum(axis=0) / 100
    year = summed[12:] - summed[:-12]
    lines = np.array([line(year_of(t)) for t in range(12, len(summed))])[:, None]
    return np.concatenate([np.full((12, summed.shape[1]), 1.7), year / size[12:] / lines])


def _burdens(homes: Homes, people: People, work: Work) -> dict[str, Floats]:
    """How much each cause adds to the logarithm of the hazard (T, n)."""
    here = people.present
    able = people.per_household(here & (people.labour <= 2))
    studies = people.per_household(here & people.school & (people.age(len(here)) >= 15))
    ill, chronic = people.per_household(here & people.major), people.per_household(here & people.chronic)
    return {
        "ILL": 1.2 * ill.clip(0, 2) + 0.3 * chronic.clip(0, 2),
        "JOB": 1.1 * people.per_household(work.lost).clip(0, 2),
        "DIS": 0.4 * people.per_household(here & (people.disability >= 0)).clip(0, 2),
        "LAB": 0.5 * (able == 0),
        "HOU": 1.2 * (homes.grade >= 2),
        "NAT": 0.9 * homes.disaster,
        "WAT": 0.8 * np.broadcast_to(homes.unsafe_water, homes.grade.shape),
        "EDU": 0.15 * studies.clip(0, 2),
    }


def _episode(h: np.intp, since: np.int64, until: int | None, weights: dict[str, Floats], ratio: Floats) -> Episode:
    """The causes are the three heaviest burdens of the month before."""
    burdens = sorted(((float(w[since - 1, h]), cause) for cause, w in weights.items()), reverse=True)
    causes = tuple(cause for weight, cause in burdens[:3] if weight > 0) or ("OTH",)
    return Episode(int(h), int(since), until, causes, bool(ratio[since - 1, h] > 1.2))
