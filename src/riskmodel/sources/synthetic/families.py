"""Members of households: who they are at the beginning, and newcomers later."""

from __future__ import annotations

from typing import Final

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Numbers
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import People
from riskmodel.sources.synthetic.vocabulary import DISEASE, EDUCATION, LABOUR, PENSION, RELATION, STAGE

CHRONIC_GROUPS: Final = ("heart_brain", "lung", "bone_joint", "liver_digestive", "other", "mental")
_FLAGS: Final = "female numbered chronic special major certified insured keen employed vocational"
_WHOLE: Final = "home birth post_until"
_REAL: Final = "skill wage compliant_ytd"


def families(level: Numbers, ex_poor: Flags, month: int, rng: np.random.Generator, parameters: Parameters) -> People:
    """The members of new households, sorted by household; the head of each comes first."""
    home, relation, age, female = _members(len(level), rng)
    people = newcomers(home, relation, female, month - np.rint(age * 12 + rng.integers(0, 12, len(home))), level, rng)
    years = age.clip(0)
    people = _schooled(people, years, level[home], rng, parameters)
    people = _healthy(people, years, rng, parameters)
    people = people.but(labour=labour_of(people, years))
    return _working(people, years, ex_poor[home], rng, parameters)


def newcomers(
    home: Numbers, relation: Numbers, female: Numbers, birth: Numbers, level: Numbers, rng: np.random.Generator
) -> People:
    """Healthy people without school and work; `level` is that of all households."""
    n = len(home)
    zero: Numbers = np.zeros(n)
    columns = dict.fromkeys(People.__dataclass_fields__, zero)
    nobody = ["left", "disability", "grade", "post", "post_until", "stage"]
    columns |= dict.fromkeys(nobody, zero + NOBODY)
    skill = 0.24 * level[home] + 0.2 * rng.standard_normal(n) - 0.12 * female
    columns |= {
        "home": home, "relation": relation, "female": female, "birth": birth, "skill": skill,
        "numbered": zero + 1, "insured": rng.random(n) < 0.985, "vocational": rng.random(n) < 0.45,
        "keen": rng.random(n) < np.where(female, 0.55, 0.82), "jobless": zero + 6,
        "labour": zero + LABOUR["none"], "sector": rng.choice(6, n, p=[0.08, 0.3, 0.27, 0.09, 0.21, 0.05]),
        "place": rng.choice(6, n, p=[0.17, 0.24, 0.09, 0.14, 0.355, 0.005]), "group": zero + DISEASE["other"],
    }  # fmt: skip
    return People(**{name: np.asarray(value).astype(_type(name)) for name, value in columns.items()})


def labour_of(people: People, years: Numbers) -> Numbers:
    """Ability to work by age, schooling and health."""
    heavy = (people.disability >= 0) & (people.grade <= 2)
    ill = people.major | (people.chronic & (years >= 58))
    able = np.where(people.education >= EDUCATION["senior"], LABOUR["skilled"], LABOUR["ordinary"])
    able = np.where(ill | (people.disability >= 0) | (years >= 65), LABOUR["weak"], able)
    lost = heavy | (people.major & (years >= 60)) | ((years >= 72) & people.chronic)
    able = np.where(lost, LABOUR["lost"], able)
    found: Numbers = np.where((years < 16) | (people.stage >= 0) | (years >= 78), LABOUR["none"], able)
    return found


def _type(name: str) -> type[np.generic]:
    if name in _FLAGS.split():
        return np.bool_
    if name in _WHOLE.split():
        return np.int32
    if name in _REAL.split():
        return np.float32
    return np.int16 if name == "jobless" else np.int8


def _members(n: int, rng: np.random.Generator) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Household, relation, age and sex of everybody; a slot per possible member, kept where somebody fills it."""
    head = np.concatenate([rng.normal(51, 13, n)]).clip(22, 88)
    woman = rng.random(n) < 0.14
    married = rng.random(n) < np.interp(head, [22, 30, 60, 75, 88], [0.45, 0.86, 0.84, 0.6, 0.25])
    slots = [
        (np.ones(n, dtype=bool), "head", head, woman),
        (married, "spouse", (head + rng.normal(-1.5, 2.5, n)).clip(20, 90), ~woman),
    ]
    couple = np.zeros(n, dtype=bool)
    for order, (share, gap) in enumerate([(0.9, 24.5), (0.66, 27.5), (0.2, 31.0)]):
        age = head - gap - rng.normal(0, 2.2, n).clip(-4, 6)
        daughter = rng.random(n) < (0.46 if order == 0 else 0.5)
        stays = rng.random(n) < np.interp(age, [0, 22, 30, 45], [1, 0.95, 0.5, 0.3]) * np.where(
            daughter & (age > 23), 0.3, 1
        )
        here = (rng.random(n) < share) & (age >= 0) & stays & (married | (head > 35))
        slots.append((here, "child", age, daughter))
        weds = here & ~daughter & ~couple & (age >= 24) & (rng.random(n) < 0.62)
        couple |= weds
        slots.append((weds, "child_in_law", (age - 1.5).clip(20), np.ones(n, dtype=bool)))
        for number in range(2):
            young = age - 24.5 - 3.5 * number - rng.random(n) * 2
            born = weds & (young >= 0) & (rng.random(n) < (0.85, 0.5)[number])
            slots.append((born, "grandchild", young, rng.random(n) < 0.47))
    for mother in (False, True):
        age = head + rng.normal(25 - 2 * mother, 2.5, n)
        here = (head < 64) & (rng.random(n) < np.interp(age, [45, 62, 75, 92], [0.2, 0.34, 0.24, 0.02]))
        slots.append((here, "parent", age, np.full(n, mother)))
    home = np.concatenate([np.flatnonzero(there) for there, _, _, _ in slots])
    relation = np.concatenate([np.full(there.sum(), RELATION[name]) for there, name, _, _ in slots])
    age = np.concatenate([years[there] for there, _, years, _ in slots])
    female = np.concatenate([sex[there] for there, _, _, sex in slots])
    order_ = np.argsort(home, kind="stable")
    return home[order_], relation[order_], age[order_], female[order_]


def _schooled(
    people: People, years: Numbers, level: Numbers, rng: np.random.Generator, parameters: Parameters
) -> People:
    """Schooling reached by age and generation, and who is at school now."""
    n = len(people)
    steps = np.cumsum(
        np.stack([np.interp(years, [20, 45, 60, 75], row) for row in parameters.row("schooling.reached").reshape(5, 4)])
        , axis=0)  # fmt: skip
    reached = (rng.random(n) + 0.05 * level.clip(-2, 2) > steps).sum(axis=0)
    stages = [STAGE["preschool"], STAGE["primary"], STAGE["junior"]]
    stage = np.select([years < 3, years < 6, years < 12, years < 15], [NOBODY, *stages], NOBODY)
    goes_on = rng.random(n) < parameters["schooling.senior"] * np.exp(0.1 * level.clip(-2, 1))
    senior = (years >= 15) & (years < 18) & goes_on
    college = (years >= 18) & (years < 21) & (rng.random(n) < parameters["schooling.college"])
    stage = np.where(senior, np.where(people.vocational, STAGE["vocational"], STAGE["senior"]), stage)
    stage = np.where(college, np.where(people.vocational, STAGE["vocational_college"], STAGE["bachelor"]), stage)
    now = np.select([years < 12, years < 15, years < 18], [0, 1, 2], 3)
    education = np.where(years < 22, np.minimum(now, np.where(stage >= 0, now, 2)), reached)
    return people.but(education=education, stage=stage, numbered=(years >= 1) & (rng.random(n) < 0.9985))


def _healthy(people: People, years: Numbers, rng: np.random.Generator, parameters: Parameters) -> People:
    """Illness and disability that people have had for long."""
    n = len(people)
    chronic = rng.random(n) < np.interp(years, [0, 25, 45, 60, 75], parameters.row("health.chronic_share"))
    major = rng.random(n) < np.interp(years, [0, 40, 60, 80], parameters.row("health.major_share"))
    disabled = rng.random(n) < np.interp(years, [0, 20, 50, 70, 85], parameters.row("health.disabled_share"))
    group = rng.choice([DISEASE[name] for name in CHRONIC_GROUPS], n, p=[0.36, 0.14, 0.2, 0.12, 0.14, 0.04])
    kind = rng.choice(7, n, p=[0.16, 0.16, 0.03, 0.42, 0.08, 0.1, 0.05])
    return people.but(
        chronic=chronic,
        group=np.where(chronic | major, group, people.group),
        special=chronic & (rng.random(n) < parameters["health.special"]),
        major=major,
        disability=np.where(disabled, kind, NOBODY),
        grade=np.where(disabled, rng.choice([1, 2, 3, 4], n, p=[0.13, 0.27, 0.27, 0.33]), NOBODY),
        certified=disabled & (rng.random(n) < parameters["health.certified"]),
    )


def _working(
    people: People, years: Numbers, ex_poor: Flags, rng: np.random.Generator, parameters: Parameters
) -> People:
    """Work and pensions at the beginning."""
    n = len(people)
    could = (people.labour <= LABOUR["weak"]) & people.keen & (years < 66)
    works = could & (rng.random(n) < np.where(people.labour == LABOUR["weak"], 0.4, 0.85))
    old, grown = years >= 60, (years >= 16) & (people.stage < 0)
    pension = np.select([old, grown], [PENSION["receiving"], PENSION["paying"]], PENSION["none"])
    outside = rng.random(n) < parameters["work.unpensioned"]
    return people.but(
        employed=works,
        jobless=np.where(works, 0, 6),
        pension=np.where(outside & ~(ex_poor & old), PENSION["none"], pension),
    )
