"""Properties that every answer about households must have, as functions: each names the columns that break it.

An answer makes one row per household from a view, with a column `household_id`: features, scores, reasons.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from riskmodel.features import assemble_view
from riskmodel.tables import View
from scenario import COUNTY, Rows, policy_of

Answer = Callable[[View], pl.DataFrame]


def features(view: View) -> pl.DataFrame:
    """The answer that the tests of features are about."""
    return assemble_view(view, policy_of()).rows


def moved_by_the_future(answer: Answer, rows: Rows, other: Rows, as_of: date) -> list[str]:
    """Columns that change when rows known after the as-of date are added, changed or deleted.

    The later rows of `rows` are deleted, and replaced by those of the other history, some of which have the same keys.
    """
    past = {name: frame.filter(pl.col("known_at") <= as_of) for name, frame in rows.items()}
    another = {name: frame.filter(pl.col("known_at") > as_of) for name, frame in other.items()}
    replaced = {name: pl.concat([frame, another[name]]) for name, frame in past.items()}
    answers = [answer(View.of(known, as_of, COUNTY)) for known in (past, rows, replaced)]
    return sorted({*differing(answers[0], answers[1]), *differing(answers[0], answers[2])})


def moved_by_row_order(answer: Answer, rows: Rows, as_of: date, seed: int) -> list[str]:
    """Columns that change when rows arrive in another order, or lie in another order in the stored tables."""
    view = View.of(rows, as_of, COUNTY)
    arrived = View.of({name: shuffled(frame, seed) for name, frame in rows.items()}, as_of, COUNTY)
    lying = replace(view, stored={name: shuffled(frame.collect(), seed).lazy() for name, frame in view.stored.items()})
    return sorted({*differing(answer(view), answer(arrived)), *differing(answer(view), answer(lying))})


def differing(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """Columns in which two answers are not the same, bit for bit; also when the households are not the same."""
    if not one["household_id"].equals(other["household_id"]):
        return ["household_id"]
    return [column for column in one.columns if bits(one[column]) != bits(other[column])]


def bits(values: pl.Series) -> list[Any]:
    """The values so that equal means the same bits: floats as their own exact text, where 0.0 is not -0.0."""
    return [value.hex() if isinstance(value, float) else value for value in values]


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The rows in another order."""
    order = list(range(frame.height))
    random.Random(seed).shuffle(order)
    return frame[order]


def without_columns_of(rows: Rows, cells: Mapping[str, pl.Expr], name: str) -> Rows:
    """The history with some columns of one table overwritten."""
    return {**rows, name: rows[name].with_columns(**cells)}
