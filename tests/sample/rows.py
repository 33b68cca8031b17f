"""What departments write about the sample county: canonical rows, each with the month in which it arrives.

Months are counted from October 2019, amounts are fen. A column `known` stands for `known_at`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.policy import Channel, HouseGrade, Place, Sector, WaterSource
from riskmodel.tables import table
from sample.columns import KNOWN, codes_at, day_of, month_after, subject_ids
from sample.county import WARM_UP, year_of
from sample.states import households, members, villages

if TYPE_CHECKING:
    from sample.county import County
    from sample.people import Ints

_COMPONENTS: Final = ("wage_work", "wage_post_village", "tr_pension", "tr_farm", "tr_dibao", "prop_land")
"""What the county hears of each month; harvests and family support only come out in the yearly survey."""


def rows_of(county: County, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Rows of every table that the sample has, by name, in a fixed order."""
    return {
        "villages": villages(county),
        "households": households(county),
        "members": members(county),
        "incomes": _incomes(county, rng),
        "income_surveys": _surveys(county, rng),
        "employment": _employment(county, rng),
        "enrolments": _enrolments(county, rng),
        "dwellings": _dwellings(county, rng),
        "monitoring_episodes": _monitoring(county, rng),
    }


def _incomes(county: County, rng: np.random.Generator) -> pl.DataFrame:
    """Payments and wages from January 2021; the wages of some households are never reported."""
    silent = rng.random(county.homes.count) < 0.08
    frames = []
    for component in _COMPONENTS:
        amount = county.money[component].copy()
        amount[:WARM_UP] = 0
        amount[:, silent & (component == "wage_work")] = 0
        t, h = np.nonzero(amount)
        ids = subject_ids("H", county.homes.count).gather(h)
        columns = {"household_id": ids, "month": day_of(t), "component": component, "amount": amount[t, h]}
        frames.append(pl.DataFrame({**columns, KNOWN: month_after(t, rng)}))
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
            "household_id": subject_ids("H", county.homes.count).gather(asked),
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
            "person_id": subject_ids("P", len(people.birth)).gather(p),
            "household_id": subject_ids("H", county.homes.count).gather(people.household[p]),
            "month": day_of(t),
            "employed": employed,
            "place": codes_at(Place.codes(), np.where(employed, work.place[p], -1)),
            "sector": codes_at(Sector.codes(), np.where(employed, work.sector[p], -1)),
            "wage": work.wage[t, p],
            "public_post": employed & work.post[p],
            "wants_work": employed | (rng.random(len(p)) < 0.8),
            KNOWN: month_after(t, rng),
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
            "person_id": subject_ids("P", len(people.birth)).gather(p),
            "household_id": subject_ids("H", county.homes.count).gather(people.household[p]),
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
        house_grade=codes_at(HouseGrade.codes(), homes.grade[t, h]),
        house_area=pl.Series((40 + 25 * (homes.level[h].clip(-1, 3) + 1)).round()),
        occupied=pl.lit(value=True),
    )
    t, h = np.nonzero(first | (june & (chance > 0.85)))
    water = _inspection(county, t, h, rng).with_columns(
        aspect=pl.lit("water"),
        water_source=codes_at(WaterSource.codes(), homes.water[h]),
        water_safe=pl.Series(~homes.unsafe_water[h]),
    )
    return pl.concat([house, water], how="diagonal")


def _inspection(county: County, t: Ints, h: Ints, rng: np.random.Generator) -> pl.DataFrame:
    ids = subject_ids("H", county.homes.count).gather(h)
    return pl.DataFrame({"household_id": ids, "inspected_on": day_of(t, rng.integers(1, 29, len(t))), KNOWN: t + 2})


def _monitoring(county: County, rng: np.random.Generator) -> pl.DataFrame:
    """An identification is known one or two months after its month, an elimination one month after."""
    channels = list(Channel.codes())[:3]
    ids = subject_ids("H", county.homes.count)
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
