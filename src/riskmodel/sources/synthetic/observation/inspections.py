"""Inspections of houses and of drinking water, and reports of disasters and accidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.housing import C
from riskmodel.sources.synthetic.months import HISTORY_START, calendar_month, days
from riskmodel.sources.synthetic.observation.coded import NO_AMOUNT, Posting, after, facts, fen
from riskmodel.sources.synthetic.vocabulary import SHOCK

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Flags
    from riskmodel.sources.synthetic.observation.coded import Month

_HOUSING, _WATER = range(2)
_BY_POLICE: Final = ("traffic", "crime_victim")
_BY_VILLAGE: Final = ("market_fall", "project_failure", "work_injury", "accident_other")


def dwellings(seen: Month) -> list[Posting]:
    """Everybody once in March 2020, some every summer, and whoever had damage soon after it."""
    homes, rng = seen.state.homes, seen.rng
    summer = calendar_month(seen.number) in (6, 7, 8)
    first = seen.number == HISTORY_START + 2
    chance = rng.random((2, len(homes)))
    rate = np.where(homes.ex_poor | homes.open, 0.16, 0.04)
    worse, unsafe = np.zeros(len(homes), dtype=bool), np.zeros(len(homes), dtype=bool)
    old = seen.before.homes
    worse[: len(old)] = (homes.house_grade[: len(old)] > old.house_grade) & (homes.house_grade[: len(old)] >= C)
    worse[: len(old)] |= homes.rebuilt[: len(old)] != old.rebuilt
    unsafe[: len(old)] = homes.water_safe[: len(old)] != old.water_safe
    known = homes.house_grade >= C
    looked = homes.active & (first | (summer & ((chance[0] < rate) | (known & (chance[0] < 0.5)))))
    tasted = homes.active & (first | (summer & (chance[1] < rate)))
    return [
        Posting("dwellings", _houses(seen, looked & ~worse, (30, 150))),
        Posting("dwellings", _houses(seen, homes.active & worse, (3, 30))),
        Posting("dwellings-2", _waters(seen, tasted & ~unsafe, (30, 150))),
        Posting("dwellings-2", _waters(seen, homes.active & unsafe & (chance[1] < 0.7), (2, 30))),
    ]


def shocks(seen: Month) -> list[Posting]:
    """Events as first reported, without a claim; insurers tell theirs later."""
    found = seen.happened.shocks
    count = len(found)
    if not count:
        return []
    day = days(seen.number, found.day.astype(np.int64))
    columns = {
        "household_id": found.home, "happened_on": day, "kind": found.kind, "loss": fen(found.loss),
        "deaths": found.deaths, "injured": found.injured,
    }  # fmt: skip
    first = facts("shocks", after(day, (1, 15), count, seen.rng), **columns, claim_paid=np.full(count, NO_AMOUNT))
    paid = facts("shocks", after(day, (32, 90), count, seen.rng), **columns, claim_paid=fen(found.claim))
    key = ["household_id", "happened_on", "kind"]
    first, paid = (rows.unique(key, keep="first", maintain_order=True) for rows in (first, paid))
    police, village = (pl.col("kind").is_in([SHOCK[kind] for kind in kinds]) for kinds in (_BY_POLICE, _BY_VILLAGE))
    return [
        Posting("shocks", first.filter(~police & ~village)),
        Posting("shocks-2", first.filter(police)),
        Posting("shocks-3", first.filter(village)),
        Posting("shocks-4", paid.filter(pl.col("claim_paid") > 0)),
    ]


def _houses(seen: Month, which: Flags, delay: tuple[int, int]) -> pl.DataFrame:
    homes, who = seen.state.homes, np.flatnonzero(which)
    day = days(seen.number, seen.rng.integers(1, 29, len(who)))
    rebuilt = homes.rebuilt[who]
    return facts(
        "dwellings",
        after(day, delay, len(who), seen.rng),
        household_id=who,
        inspected_on=day,
        aspect=_HOUSING,
        house_grade=homes.house_grade[who],
        house_area=homes.house_area[who],
        occupied=True,
        rebuilt_on=np.where(rebuilt >= 0, np.minimum(days(rebuilt, 15), day), np.datetime64("NaT")),
    )


def _waters(seen: Month, which: Flags, delay: tuple[int, int]) -> pl.DataFrame:
    homes, who = seen.state.homes, np.flatnonzero(which)
    day = days(seen.number, seen.rng.integers(1, 29, len(who)))
    return facts(
        "dwellings",
        after(day, delay, len(who), seen.rng),
        household_id=who,
        inspected_on=day,
        aspect=_WATER,
        water_source=homes.water[who],
        water_safe=homes.water_safe[who],
        outage_days=homes.outage[who],
    )
