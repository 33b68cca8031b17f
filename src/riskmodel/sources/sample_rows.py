"""What departments write about the sample county: canonical rows, each with the month in which it arrives.

Months are counted from October 2019, amounts are fen. A column `known` stands for `known_at`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.policy import (
    Channel,
    DisabilityType,
    Education,
    HouseGrade,
    Labour,
    PensionStatus,
    Place,
    Sector,
    WaterSource,
)
from riskmodel.sources.sample_county import WARM_UP, year_of
from riskmodel.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskmodel.sources.sample_county import County
    from riskmodel.sources.sample_people import Ints

COUNTY_CODE: Final = "990301"
KNOWN: Final = "known"
"""Month in which a row arrives."""
LATE: Final = 0.07
"""Share of the rows of a month that arrive a month later than the others."""
STATE_DELAY: Final = 2
"""Months until a change of a household or person is known; the same for all, so that no older state arrives later."""
_LEFT: Final = (None, "died", "married_out", "moved_out")
_COMPONENTS: Final = ("wage_work", "wage_post_village", "tr_pension", "tr_farm", "tr_dibao", "prop_land")
"""What the county hears of each month; harvests and family support only come out in the yearly survey."""


def rows_of(county: County, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Rows of every table that the sample has, by name, in a fixed order."""
    return {
        "villages": _villages(county),
        "households": _households(county),
        "members": _members(county),
        "incomes": _incomes(county, rng),
        "income_surveys": _surveys(county, rng),
        "employment": _employment(county, rng),
        "enrolments": _enrolments(county, rng),
        "dwellings": _dwellings(county, rng),
        "monitoring_episodes": _monitoring(county, rng),
    }


def day_of(month: Ints | int, day: int | Ints = 1) -> NDArray[np.datetime64]:
    """A day of each month."""
    first = (np.datetime64("2019-10", "M") + month).astype("datetime64[D]")
    days: NDArray[np.datetime64] = first + (np.asarray(day) - 1)
    return days


def _villages(county: County) -> pl.DataFrame:
    households = np.bincount(county.homes.village)
    number = np.arange(len(households))
    poor = np.array([(county.homes.ex_poor[county.homes.village == v]).mean() > 0.45 for v in number])
    return pl.DataFrame(
        {
            "village_code": _village_codes(number),
            "village_name": [f"示例村{v + 1}" for v in number],
            "township_name": [f"示例乡{v // 10 + 1}" for v in number],
            "county_name": "示例县(虚构)",
            "prefecture_name": "示例市(虚构)",
            "province_name": "示例省(虚构)",
            "valid_from": day_of(np.full(len(number), -12 * 5)),
            "was_poor_village": poor,
            "exit_year": pl.Series(np.where(poor, 2016 + number % 5, -1)).replace(-1, None),
            "key_county": False,
            "registered_households": households,
            KNOWN: 1,
        }
    )


def _households(county: County) -> pl.DataFrame:
    """The first state, then a row whenever the number of members changes."""
    homes, people = county.homes, county.people
    size = people.per_household(people.present)
    t, h = _changes(size[..., None])
    category = np.where(homes.entitled, "ex_poor_policy", "ex_poor_no_policy")
    return pl.DataFrame(
        {
            "household_id": _ids("H", homes.count).gather(h),
            "valid_from": day_of(t),
            "village_code": _village_codes(homes.village).gather(h),
            "category": np.where(homes.ex_poor, category, "ordinary")[h],
            "exit_year": pl.Series(np.where(homes.ex_poor, homes.exit_year, -1)[h]).replace(-1, None),
            "size": size[t, h],
            "relocated": False,
            "status": "active",
            KNOWN: np.where(t == 0, 1, t + STATE_DELAY),
        }
    )


def _members(county: County) -> pl.DataFrame:
    """Everybody at the start or at birth, then a complete row for each change, the last one when somebody leaves."""
    people = county.people
    months = np.arange(county.months)[:, None]
    state = np.stack(
        [people.education, people.chronic, people.major, people.labour, people.pension, people.left], axis=-1
    )
    t, p = _changes(state, there=months >= people.birth)
    disability = people.disability[p]
    return pl.DataFrame(
        {
            "person_id": _ids("P", len(people.birth)).gather(p),
            "household_id": _ids("H", county.homes.count).gather(people.household[p]),
            "valid_from": day_of(t),
            "relation": people.relation[p],
            "birth_month": day_of(people.birth[p]),
            "sex": np.where(people.female, "female", "male")[p],
            "ethnicity": "01",
            "education": _codes(Education.codes(), people.education[t, p]),
            "chronic_illness": people.chronic[t, p],
            "major_illness": people.major[t, p],
            "disability_type": _codes(DisabilityType.codes(), disability),
            "disability_grade": pl.Series(np.where(disability >= 0, people.disability_grade[p], -1)).replace(-1, None),
            "labour": _codes(Labour.codes(), people.labour[t, p]),
            "basic_insured": people.insured[p],
            "pension_status": _codes(PensionStatus.codes(), people.pension[t, p]),
            "leave_reason": _codes(_LEFT, people.left[t, p]),
            KNOWN: np.where(t == 0, 1, t + STATE_DELAY),
        }
    )


def _changes(state: Ints, there: NDArray[np.bool_] | None = None) -> tuple[Ints, Ints]:
    """Month and position of each subject's first state and of each change; `state` is (T, subjects, columns).

    The sixth column of persons says that they have left: what happens to them afterwards is no news.
    """
    exists = np.ones(state.shape[:2], dtype=bool) if there is None else there
    differs = np.ones_like(exists)
    differs[1:] = (state[1:] != state[:-1]).any(axis=-1) | ~exists[:-1]
    if state.shape[-1] == 6:
        differs[1:] &= state[:-1, :, 5] == 0
    t, subject = np.nonzero(exists & differs)
    return t, subject


def _incomes(county: County, rng: np.random.Generator) -> pl.DataFrame:
    """Payments and wages from January 2021; the wages of some households are never reported."""
    silent = rng.random(county.homes.count) < 0.08
    frames = []
    for component in _COMPONENTS:
        amount = county.money[component].copy()
        amount[:WARM_UP] = 0
        amount[:, silent & (component == "wage_work")] = 0
        t, h = np.nonzero(amount)
        ids = _ids("H", county.homes.count).gather(h)
        columns = {"household_id": ids, "month": day_of(t), "component": component, "amount": amount[t, h]}
        frames.append(pl.DataFrame({**columns, KNOWN: _after(t, rng)}))
    return pl.concat(frames)


def _surveys(county: County, rng: np.random.Generator) -> pl.DataFrame:
    """Income of the 12 months up to 30 September, collected for nearly everybody and delivered in November."""
    size = county.people.per_household(county.people.present)
    frames = []
    for end in range(12, county.months + 1, 12):
        asked = np.flatnonzero(rng.random(county.homes.count) < 0.97)
        year = {name: value[end - 12 : end, asked].sum(axis=0) for name, value in county.money.items()}
        told = {name: _told(value, rng) for name, value in year.items() if not name.startswith("tr_")}
        transfer = np.sum([value for name, value in year.items() if name.startswith("tr_")], axis=0)
        persons = size[end - 1, asked]
        wage = told["wage_work"] + told["wage_post_village"]
        net = wage + told["op_crop"] - told["cost_crop"] + told["prop_land"] + transfer
        claims, self_pay = told["claims"], told["self_pay"]
        columns = {
            "household_id": _ids("H", county.homes.count).gather(asked),
            "year": np.full(len(asked), year_of(end - 1)),
            "stage": "annual",
            "period_end": day_of(np.full(len(asked), end)) - np.timedelta64(1, "D"),
            "persons": persons,
            "wage": wage,
            "wage_public_post": told["wage_post_village"],
            "business": told["op_crop"],
            "business_cost": told["cost_crop"],
            "property": told["prop_land"],
            "transfer": transfer,
            "transfer_assistance": year["tr_dibao"],
            "transfer_pension": year["tr_pension"],
            "claims": claims,
            "compliant_self_pay": self_pay,
            "net_total": net,
            "net_per_capita": net // persons,
            "reference_per_capita": (net + claims - self_pay) // persons,
            KNOWN: end + 1,
        }
        frames.append(pl.DataFrame(columns))
    return pl.concat(frames)


def _told(fen: Ints, rng: np.random.Generator) -> Ints:
    """What people say they had: about right, and round."""
    return np.rint(fen / 1000 * rng.lognormal(0, 0.1, len(fen))).astype(np.int64) * 1000


def _employment(county: County, rng: np.random.Generator) -> pl.DataFrame:
    """A row per month for everybody who works or could, from January 2021."""
    people, work = county.people, county.work
    t, p = np.nonzero(work.active)
    t, p = t[t >= WARM_UP], p[t >= WARM_UP]
    employed = work.employed[t, p]
    return pl.DataFrame(
        {
            "person_id": _ids("P", len(people.birth)).gather(p),
            "household_id": _ids("H", county.homes.count).gather(people.household[p]),
            "month": day_of(t),
            "employed": employed,
            "place": _codes(Place.codes(), np.where(employed, work.place[p], -1)),
            "sector": _codes(Sector.codes(), np.where(employed, work.sector[p], -1)),
            "wage": work.wage[t, p],
            "public_post": employed & work.post[p],
            "wants_work": employed | (rng.random(len(p)) < 0.8),
            KNOWN: _after(t, rng),
        }
    )


def _enrolments(county: County, rng: np.random.Generator) -> pl.DataFrame:
    """Every pupil and student, each March and September from September 2020, known two months later."""
    people = county.people
    terms = np.isin(np.arange(county.months) % 12, [5, 11]) & (np.arange(county.months) >= 11)
    t, p = np.nonzero(people.school & people.present & terms[:, None])
    age = people.age(county.months)[t, p]
    senior = np.where(people.vocational, "vocational", "senior")[p]
    college = np.where(people.vocational, "vocational_college", "bachelor")[p]
    stage = np.select([age < 6, age < 12, age < 15, age < 18], ["preschool", "primary", "junior", senior], college)
    away = (rng.random(len(p)) < 0.004 * (1 + (county.homes.level[people.household[p]] < -1))) & (age >= 12)
    fee = np.select([age < 6, age < 15, age < 18], [900, 200, 1800], 5000) * rng.lognormal(0, 0.2, len(p))
    return pl.DataFrame(
        {
            "person_id": _ids("P", len(people.birth)).gather(p),
            "household_id": _ids("H", county.homes.count).gather(people.household[p]),
            "term": day_of(t),
            "stage": stage,
            "status": np.where(away, rng.choice(["suspended", "suspected_dropout", "dropout"], len(p)), "enrolled"),
            "boarding": (age >= 12) & (rng.random(len(p)) < 0.6),
            "self_pay": np.where(away, 0, np.rint(fee / 10) * 1000).astype(np.int64),
            KNOWN: t + 2,
        }
    )


def _dwellings(county: County, rng: np.random.Generator) -> pl.DataFrame:
    """Everybody once, then each June the unsafe houses and some others, known two months later."""
    homes = county.homes
    chance = rng.random((county.months, homes.count))
    june = np.arange(county.months)[:, None] % 12 == 8
    first = np.arange(county.months)[:, None] == 1
    seen_unsafe = np.maximum.accumulate(homes.grade >= 2, axis=0)
    t, h = np.nonzero(first | (june & ((chance < 0.2) | seen_unsafe)))
    house = _inspection(county, t, h, rng).with_columns(
        aspect=pl.lit("housing"),
        house_grade=_codes(HouseGrade.codes(), homes.grade[t, h]),
        house_area=pl.Series((40 + 25 * (homes.level[h].clip(-1, 3) + 1)).round()),
        occupied=pl.lit(value=True),
    )
    t, h = np.nonzero(first | (june & (chance > 0.85)))
    water = _inspection(county, t, h, rng).with_columns(
        aspect=pl.lit("water"),
        water_source=_codes(WaterSource.codes(), homes.water[h]),
        water_safe=pl.Series(~homes.unsafe_water[h]),
    )
    return pl.concat([house, water], how="diagonal")


def _inspection(county: County, t: Ints, h: Ints, rng: np.random.Generator) -> pl.DataFrame:
    ids = _ids("H", county.homes.count).gather(h)
    return pl.DataFrame({"household_id": ids, "inspected_on": day_of(t, rng.integers(1, 29, len(t))), KNOWN: t + 2})


def _monitoring(county: County, rng: np.random.Generator) -> pl.DataFrame:
    """An identification is known one or two months after its month, an elimination one month after."""
    channels = list(Channel.codes())[:3]
    ids = _ids("H", county.homes.count)
    rows: list[dict[str, object]] = []
    for episode in county.episodes:
        ex_poor = bool(county.homes.ex_poor[episode.household])
        sudden = episode.above_line and episode.causes[0] in ("ILL", "NAT")
        usual = "unstable_ex_poor" if ex_poor else "marginal"
        found = {
            "household_id": ids[episode.household],
            "category": "sudden_hardship" if sudden else usual,
            "channel": str(rng.choice(channels, p=[0.25, 0.45, 0.3])),
            **{f"cause_{n + 1}": cause for n, cause in enumerate(episode.causes)},
            "disaster": "weather" if "NAT" in episode.causes else None,
            "clue_on": (day_of(episode.since) - rng.integers(0, 25)).item(),
            "identified_month": day_of(episode.since).item(),
        }
        rows.append({**found, KNOWN: episode.since + 1 + int(rng.random() < 0.3)})
        if episode.until is not None:
            mode = "by_help" if rng.random() < 0.85 else "natural"
            end = {"eliminated_month": day_of(episode.until).item(), "elimination_mode": mode}
            rows.append({**found, **end, KNOWN: episode.until + 1})
    schema = {name: table("monitoring_episodes").dtypes[name] for name in _EPISODE}
    return pl.DataFrame(rows, schema={**schema, KNOWN: pl.Int64})


_EPISODE: Final = (
    *("household_id", "category", "channel", "cause_1", "cause_2", "cause_3", "disaster", "clue_on"),
    *("identified_month", "eliminated_month", "elimination_mode"),
)


def _after(month: Ints, rng: np.random.Generator) -> Ints:
    """The month after, for a few rows the one after that."""
    return month + 1 + (rng.random(len(month)) < LATE)


def _ids(letter: str, count: int) -> pl.Series:
    """Ids of nobody: hashes of running numbers."""
    numbers = (f"sample:{letter}:{number}".encode() for number in range(count))
    return pl.Series([letter + hashlib.sha256(number).hexdigest()[:24] for number in numbers], dtype=pl.String)


def _village_codes(village: Ints) -> pl.Series:
    """Ten villages to a township."""
    return pl.Series([f"{COUNTY_CODE}{100 + v // 10}{v % 10 + 1:03d}" for v in village.tolist()], dtype=pl.String)


def _codes(codes: Sequence[str | None], positions: Ints) -> pl.Series:
    """Codes by position; -1 is null."""
    listed = pl.Series([*codes, None], dtype=pl.String)
    return listed.gather(np.where(positions < 0, len(codes), positions))
