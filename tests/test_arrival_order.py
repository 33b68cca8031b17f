"""Random deliveries of two counties, taken in at once, in parts, and in another order: the lake ends up the same."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from arriving import Arrivals, arrives, at
from drawn import drawn
from lake_rows import COUNTY, contents
from riskmodel.tables import TABLES
from scenario import VILLAGE, rows_of
from strategies import HOUSEHOLDS, VILLAGES, histories
from worked_example import full_id

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    import pytest

    from riskmodel.sources.source import Received

FAR = "990102"
STATES = ("villages", "households", "members")
END = date(2027, 12, 31)

hints = st.sampled_from([None, None, COUNTY, FAR])


def deliveries(rows: Mapping[str, pl.DataFrame], hint: str | None) -> list[Received]:
    """The villages, then a delivery per half year with a file of every table of which something became known.

    The last household lies in another county.
    """
    far, villages = full_id(HOUSEHOLDS[2]), [*VILLAGES, f"{FAR}001001"]
    known = rows_of("villages", *({"village_code": code} for code in villages))
    files = [arrives("villages", known, date(2023, 1, 1), county=None)]
    for name, frame in rows.items():
        if name == "villages":
            continue
        placed = frame
        if name == "households":
            there = pl.when(pl.col("household_id") == far).then(pl.lit(f"{FAR}001001")).otherwise(pl.lit(VILLAGE))
            placed = frame.with_columns(village_code=there)
        half = pl.col("known_at").dt.truncate("6mo").dt.offset_by("6mo").alias("day")
        for (day,), part in placed.with_columns(half).group_by("day", maintain_order=True):
            assert isinstance(day, date)
            files.append(arrives(name, part.drop("day"), day, county=hint, tail=("retracted",)))
    order = list(TABLES)
    return sorted(files, key=lambda file: (file.received_on, order.index(file.table)))


def by_day(files: Sequence[Received]) -> list[list[Received]]:
    return [list(group) for _, group in groupby(files, key=lambda file: file.received_on)]


def everything(arrivals: Arrivals) -> dict[str, bytes]:
    """Tables in force, batches, manifests and waiting rows."""
    for county in arrivals.lake.counties():
        arrivals.lake.view(county, END)
    lake = arrivals.lake.folder
    found = {f"{part}/{n}": b for part in ("batches", "manifests", "waiting") for n, b in contents(lake / part).items()}
    for pointer in lake.glob("generations/*/CURRENT"):
        newest = max((p for p in pointer.parent.iterdir() if p.is_dir()), key=lambda p: p.name)
        found |= {f"{pointer.parent.name}/{n}": b for n, b in contents(newest).items() if n.endswith(".parquet")}
    return found


@drawn(3)
@given(histories(), hints, st.lists(st.booleans(), min_size=12, max_size=12))
def test_however_deliveries_are_grouped_into_ingests_the_lake_is_the_same_to_the_byte(
    tmp_path_factory: pytest.TempPathFactory, rows: Mapping[str, pl.DataFrame], hint: str | None, cuts: list[bool]
) -> None:
    folder = tmp_path_factory.mktemp("grouped")
    files = deliveries(rows, hint)
    whole, parts = at(folder / "whole"), at(folder / "parts")
    whole.take(*files)
    assume(sum(account.rows_loaded for account in whole.accounts) > 5)
    group: list[Received] = []
    for day, cut in zip(by_day(files), [*cuts, *[True] * len(files)], strict=False):
        group += day
        if cut:
            parts.take(*group)
            group = []
    if group:
        parts.take(*group)
    assert everything(parts) == everything(whole)
    assert [a.rows_waiting for a in parts.accounts] == [a.rows_waiting for a in whole.accounts]
    assert parts.rules() == whole.rules()


@drawn(3)
@given(histories(), hints, st.randoms(use_true_random=False))
def test_in_whatever_order_deliveries_of_facts_come_the_lake_knows_the_same_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, rows: Mapping[str, pl.DataFrame], hint: str | None, dice: random.Random
) -> None:
    """Households and members in order of their days; facts before or after them, as they come.

    Left out are episodes (which one corrects which depends on what was there), dwellings (a state of an older delivery
    is not brought up to date with late news that was taken in before it), states that are taken back (a fact that
    comes later waits for a household that is no longer known) and facts that say again what they said before (a repeat
    is not stored, so something else from the time between that comes after it holds over it).
    """
    folder = tmp_path_factory.mktemp("order")
    kept = {
        name: frame.filter(~pl.col("retracted"))
        if name in STATES
        else frame.sort("known_at").unique([*TABLES[name].payload, "retracted"], keep="first", maintain_order=True)
        for name, frame in rows.items()
    }
    files = [file for file in deliveries(kept, hint) if file.table != "monitoring_episodes"]
    states = [[file] for file in files if file.table in STATES]
    facts = [[file] for file in files if file.table not in STATES]
    dice.shuffle(facts)
    turns = [True] * len(states) + [False] * len(facts)
    dice.shuffle(turns)
    straight, other = at(folder / "straight"), at(folder / "other")
    straight.take(*files)
    for turn in turns:
        other.take(*(states if turn else facts).pop(0))
    for county in straight.lake.counties():
        for name in set(rows) - {"villages", "monitoring_episodes", "dwellings"}:
            one, two = (
                a.lake.view(county, END).canonical(name).select(TABLES[name].payload).sort(pl.all())
                for a in (straight, other)
            )
            assert one.equals(two), name
