"""A simulated county that was lived for a while, for the tests of its parts: states, and what happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.happened import Happened
from riskmodel.sources.synthetic.months import FIRST, HISTORY_START, days, delivery_day
from riskmodel.sources.synthetic.observation.coded import ARRIVAL, Month, Posting
from riskmodel.sources.synthetic.observation.identities import Identities
from riskmodel.sources.synthetic.observation.register import Register
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.settle import settled
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.step import step
from riskmodel.tables import check_rows, table
from riskmodel.tables.column import Type

HOUSEHOLDS = 1000
LAST = HISTORY_START + 23
NUMBERS = Parameters.shipped()


@cache
def life() -> dict[int, tuple[State, Happened]]:
    """State at the end of each month of two years, and what happened in it; three years were lived before."""
    state = settled(HOUSEHOLDS, FIRST - 1, np.random.default_rng(0), NUMBERS)
    lived = {}
    for month in range(FIRST, LAST + 1):
        state, happened = step(state, month, np.random.default_rng([5, month]), NUMBERS)
        lived[month] = (state, happened)
    return {month: lived[month] for month in range(HISTORY_START - 1, LAST + 1)}


def county(month: int = LAST) -> State:
    """The state at the end of a month; not to be changed."""
    return life()[month][0]


@cache
def months_seen() -> dict[int, Month]:
    """What there is to write down in each month of the two years, with registers that follow."""
    identities = Identities(1, county().villages)
    register = Register(identities)
    seen = {}
    for month, (state, happened) in life().items():
        rng = np.random.default_rng([8, month])
        identities.grow(state)
        register.update(state, month, rng)
        before = life().get(month - 1, (state, happened))[0]
        seen[month] = Month(month, before, state, happened, register, rng)
    return {month: found for month, found in seen.items() if month >= HISTORY_START}


def fresh(households: int = 200, seed: int = 1, month: int = HISTORY_START) -> State:
    """A county that was just settled."""
    return settled(households, month, np.random.default_rng(seed), NUMBERS)


def with_homes(state: State, **columns: Any) -> State:
    """The state with other columns of households; single values are repeated."""
    n = len(state.homes)
    given = {name: np.broadcast_to(np.asarray(value), (n, *np.shape(value)[1:])) for name, value in columns.items()}
    return replace(state, homes=state.homes.but(**given))


def with_people(state: State, **columns: Any) -> State:
    """The state with other columns of persons; single values are repeated."""
    n = len(state.people)
    return replace(state, people=state.people.but(**{k: np.broadcast_to(np.asarray(v), n) for k, v in columns.items()}))


def canonical(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Facts as rows of their table: ids as they look after hashing, codes, days, and the day of the delivery."""
    spec = table(name)
    columns = {}
    for column, values in ((c, rows[c]) for c in rows.columns if c in spec.facts):
        fact = spec.facts[column]
        if fact.type == Type.ID:
            columns[column] = fact.letter + values.cast(pl.String).str.zfill(24)
        elif fact.type == Type.CODE and fact.vocabulary is not None:
            words = pl.Series([*fact.vocabulary.codes(), None], dtype=pl.String)
            columns[column] = words.gather(values.fill_null(len(words) - 1))
        elif fact.type == Type.MONTH:
            first = pl.Series(days(values.fill_null(0).to_numpy()))
            columns[column] = first.set(values.is_null(), None)
        elif fact.type == Type.AREA12:
            columns[column] = "990301100" + (values + 201).cast(pl.String)
        elif fact.type == Type.TEXT and values.dtype != pl.String:
            columns[column] = values.cast(pl.String).str.zfill(2)
        else:
            columns[column] = values
    known = pl.Series([delivery_day(month) for month in rows[ARRIVAL].to_list()], dtype=pl.Date)
    tail = [pl.lit(spec.sources[0].value).alias("source"), pl.lit("r20240101-0001").alias("batch_id")]
    return pl.DataFrame(columns).with_columns(known.alias("known_at"), *tail)


def failures_of(postings: Iterable[Posting]) -> pl.DataFrame:
    """What the checks of their tables have against the rows of postings; they have something to check."""
    by_table: dict[str, list[pl.DataFrame]] = {}
    for posting in postings:
        by_table.setdefault(posting.table, []).append(posting.rows)
    found = []
    for name, parts in by_table.items():
        rows = pl.concat(parts, how="diagonal")
        assert rows.height, name
        found.append(check_rows(table(name), canonical(name, rows))[1])
    return pl.concat(found)
