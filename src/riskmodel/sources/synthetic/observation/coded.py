"""Facts on their way into files: rows of canonical columns whose ids and codes are still positions.

A frame of facts has the columns of its table. Ids are positions of people and households (or plain numbers of bills,
loans and measures), codes are positions in their vocabulary, months are numbers, days are dates, amounts are fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.months import DELIVERY_DAY, days, month_of
from riskmodel.tables import table
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Floats, Ints, Numbers
    from riskmodel.sources.synthetic.happened import Happened
    from riskmodel.sources.synthetic.months import Days
    from riskmodel.sources.synthetic.observation.register import Register
    from riskmodel.sources.synthetic.state import State

ARRIVAL = "arrival"
"""Month whose delivery brings a row."""


@dataclass(frozen=True)
class Posting:
    """Rows for one kind of file, such as `incomes-2`."""

    file: str
    rows: pl.DataFrame

    @property
    def table(self) -> str:
        """The table that the file is named after."""
        return self.file.partition("-")[0]


@dataclass(frozen=True)
class Month:
    """What there is to write down in a month."""

    number: int
    before: State
    state: State
    happened: Happened
    register: Register
    rng: np.random.Generator

    @property
    def last(self) -> Days:
        """The last day of the month."""
        return days(self.number, 31)


def facts(table_name: str, arrival: Numbers, **columns: Any) -> pl.DataFrame:
    """A frame of facts; -1 is null in ids, codes, months and counts, NaT in dates."""
    spec, count = table(table_name), len(arrival)
    series = {name: _series(spec.facts[name].type, value, count) for name, value in columns.items()}
    return pl.DataFrame({**series, ARRIVAL: np.asarray(arrival).astype(np.int32)})


def arriving(known: Days) -> Ints:
    """Month whose delivery is the first that can bring a fact known on a day."""
    return month_of(known - np.timedelta64(DELIVERY_DAY, "D"))


def after(end: Days, delay: tuple[int, int], count: int, rng: np.random.Generator) -> Ints:
    """Month of arrival of facts whose event ended on a day, with a delay in days between two bounds."""
    return arriving(np.broadcast_to(end, count) + rng.integers(delay[0], delay[1] + 1, count))


def promptly(month: int, count: int, rng: np.random.Generator, late: float) -> Ints:
    """Arrival with the month's own delivery, for a share with the next one."""
    return month + (rng.random(count) < late).astype(np.int64)


def fen(yuan: Numbers) -> Ints:
    """Whole fen."""
    found: Ints = np.rint(np.asarray(yuan, dtype=np.float64) * 100).astype(np.int64)
    return found


def share(of: Floats, factor: float) -> Ints:
    """A part of amounts in yuan, as whole fen."""
    return fen(np.rint(of * factor))


def _series(type_: Type, value: Any, count: int) -> pl.Series:
    """One column; a single value is repeated."""
    array = np.broadcast_to(np.asarray(value), count)
    if type_ == Type.BOOL:
        return pl.Series(array.astype(bool)) if array.dtype != np.float64 else _flags(array)
    if type_ == Type.DATE:
        return pl.Series(array.astype("datetime64[D]"), dtype=pl.Date)
    if type_ == Type.NUM:
        return pl.Series(array.astype(np.float64)).fill_nan(None)
    whole = pl.Series(array.astype(np.int64))
    if type_ == Type.YUAN:
        return whole.set(whole == NO_AMOUNT, None)
    narrow = whole if type_ == Type.ID else whole.cast(pl.Int32)
    return narrow.set(narrow < 0, None)


def _flags(array: Floats) -> pl.Series:
    """Yes and no as 1 and 0, not a number = not known."""
    series = pl.Series(array).fill_nan(None)
    return series.cast(pl.Boolean)


NO_AMOUNT = -(2**62)
"""An amount that is not known."""
