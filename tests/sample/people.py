"""The people of the invented sample county: families, ages, schooling, health, and who leaves.

Arrays are (people) or (months, people), people in the order of their households; month 0 is October 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Words: TypeAlias = NDArray[np.str_]


@dataclass(frozen=True)
class People:
    """Persons in the order of their households: what stays, then what changes by month (T, p)."""

    household: Ints
    relation: Words
    birth: Ints
    female: Flags
    vocational: Flags
    disability: Ints
    """Position in the list of types, -1 = none."""
    disability_grade: Ints
    insured: Flags
    present: Flags
    left: Ints
    """0 present, 1 died, 2 married out, 3 moved out."""
    education: Ints
    chronic: Flags
    major: Flags
    labour: Ints
    """0 skilled, 1 ordinary, 2 weak, 3 lost, 4 none."""
    pension: Ints
    """0 none, 1 paying, 2 receiving."""
    school: Flags

    def age(self, months: int) -> Ints:
        """(T, p) age in years."""
        return (np.arange(months)[:, None] - self.birth) // 12

    def per_household(self, values: NDArray[np.generic]) -> Ints:
        """Sum over the members: (T, p) -> (T, n). Every household has a head, so none is empty."""
        starts = np.searchsorted(self.household, np.arange(self.household[-1] + 1))
        return np.add.reduceat(values.astype(np.int64), starts, axis=1)


def settle(rng: np.random.Generator, level: Floats, total: int) -> People:
    """The people of households with these levels of earning, over `total` months."""
    household, relation, age, female = _families(rng, len(level), total)
    p, level = len(household), level[household]
    birth = -np.floor(age * 12).astype(np.int64)
    years = (np.arange(total)[:, None] - birth) // 12
    born = np.arange(total)[:, None] >= birth
    left = _leaving(rng, years, relation, female)
    final = np.digitize(rng.standard_normal(p) + 0.5 * level - 0.03 * age.clip(0) + 1.2, [-1.3, -0.4, 0.7, 1.5, 2.1])
    leaves_school = np.array([12, 12, 15, 18, 21, 22])[final]
    by_age = np.digitize(years, [12, 15, 18, 22])
    disability = np.where(rng.random(p) < 0.02 + 0.0006 * age.clip(0), rng.integers(0, 7, p), -1)
    disability_grade = rng.integers(1, 5, p)
    chronic = np.maximum.accumulate(
        rng.random((total, p)) < np.where(np.arange(total)[:, None] == 0, ((years - 35) / 100).clip(0, 0.45), 0.002)
        * (years > 35),
        axis=0,
    )  # fmt: skip
    major = _major_illness(rng, years)
    school = (years >= 3) & (years < leaves_school)
    heavy = (disability >= 0) & (disability_grade <= 2)
    skilled = (final >= 3) & (rng.random(p) < 0.6)
    able = np.where(major | (years >= 60) | (disability >= 0), 2, np.where(skilled, 0, 1))
    labour = np.where((years < 16) | school | (years >= 70), 4, np.where(heavy | (major & (years >= 50)), 3, able))
    pays = rng.random(p) < 0.8
    return People(
        household=household,
        relation=relation,
        birth=birth,
        female=female,
        vocational=rng.random(p) < 0.5,
        disability=disability,
        disability_grade=disability_grade,
        insured=rng.random(p) < 0.95 + 0.02 * level.clip(-1, 2),
        present=born & (left == 0),
        left=left,
        education=np.minimum(final, by_age),
        chronic=chronic,
        major=major,
        labour=labour,
        pension=np.where(years >= 60, 2, np.where((years >= 16) & ~school & pays, 1, 0)),
        school=school,
    )


def _families(rng: np.random.Generator, n: int, total: int) -> tuple[Ints, Words, Floats, Flags]:
    """Household, relation, age in October 2019 (negative = born later) and sex of everybody, by household."""
    head = rng.normal(50, 12, n).clip(24, 82)
    couple = rng.random(n) < 0.85
    slots: list[tuple[str, Flags, Floats, Flags]] = [
        ("head", np.ones(n, dtype=bool), head, rng.random(n) < 0.15),
        ("spouse", couple, (head + rng.normal(-1, 3, n)).clip(22, 84), rng.random(n) < 0.85),
    ]
    for share in (0.9, 0.65, 0.2):
        age = head - rng.uniform(21, 36, n)
        at_home = rng.random(n) < np.where(age < 18, share, np.where(age < 30, 0.5, 0.25) * share)
        slots.append(("child", (age >= 0) & at_home, age, rng.random(n) < 0.48))
    parent = (head + rng.uniform(20, 28, n)).clip(None, 92)
    slots.append(("parent", (head < 62) & (rng.random(n) < 0.35), parent, rng.random(n) < 0.6))
    slots.append(("grandchild", (head > 50) & (rng.random(n) < 0.3), rng.uniform(0, 14, n), rng.random(n) < 0.48))
    later = -rng.uniform(0.1, total / 12, n)
    slots.append(("child", couple & (head < 40) & (rng.random(n) < 0.4), later, rng.random(n) < 0.48))
    household = np.concatenate([np.flatnonzero(there) for _, there, _, _ in slots])
    order = np.argsort(household, kind="stable")
    relation = np.concatenate([np.full(there.sum(), name) for name, there, _, _ in slots])
    age = np.concatenate([years[there] for _, there, years, _ in slots])
    female = np.concatenate([woman[there] for _, there, _, woman in slots])
    return household[order], relation[order], age[order], female[order]


def _leaving(rng: np.random.Generator, years: Ints, relation: Words, female: Flags) -> Ints:
    """Deaths, marriages and moves of everybody but the heads; who has left stays away."""
    chance = rng.random(years.shape)
    dies = chance < 0.003 / 12 * np.exp(0.085 * (years.clip(0, 100) - 50))
    goes = (relation == "child") & (years >= 21) & (years < 30) & (chance > 1 - 0.03 / 12)
    event: Ints = np.where(dies, 1, np.where(goes, np.where(female, 2, 3), 0)) * (relation != "head") * (years >= 0)
    event[0] = 0
    for t in range(1, len(event)):
        event[t] = np.where(event[t - 1] > 0, event[t - 1], event[t])
    return event


def _major_illness(rng: np.random.Generator, years: Ints) -> Flags:
    """Ill for 24 months after the onset, more often in old age."""
    yearly = 0.002 + 0.012 * (years.clip(0, 80) / 80) ** 2
    onset = rng.random(years.shape) < np.where(np.arange(len(years))[:, None] == 0, yearly * 2, yearly / 12)
    begun = onset.cumsum(axis=0)
    ended = np.concatenate([np.zeros((24, years.shape[1]), dtype=np.int64), begun])[: len(begun)]
    ill: Flags = begun > ended
    return ill
