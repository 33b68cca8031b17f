"""Village codes through time: which one a replaced code has become, and whether a code held on a day.

Codes come as they are stored (Int64) or as text of 12 digits, and go out in the same form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.errors import DataError
from riskmodel.tables.chains import last_of, on_a_cycle
from riskmodel.tables.memory import AS_WRITTEN

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.tables.view import View


@dataclass(frozen=True)
class Crosswalk:
    """The states of all villages that a view knows."""

    states: pl.DataFrame = field(repr=False)
    """`village_code`, `valid_from`, `valid_to` (first day no longer valid), `successor_code`, ascending by the first
    two. A code that is given again later is a new state."""

    @classmethod
    def of(cls, view: View) -> Crosswalk:
        """What a view knows of the codes."""
        # a stored table is sorted by subject and date
        return cls(view.rows("villages")[:, ["village_code", "valid_from", "valid_to", "successor_code"]])

    def current(self, codes: pl.Series, on: date) -> pl.Series:
        """The codes of the same villages on a day: a code replaced by then is followed to the last successor.

        A code without a successor, or unknown, stays as it is. Raises DataError where codes replace each other in a
        circle.
        """
        old, new = self.replaced(on)
        return codes.replace(_like(codes, old), _like(codes, new)) if old.len() else codes

    def replaced(self, on: date) -> tuple[pl.Series, pl.Series]:
        """Codes replaced by a day, and what each of them has become. Raises DataError, see `current`."""
        if self.states["successor_code"].null_count() == self.states.height:  # as nearly always
            return self.states["village_code"].clear(), self.states["successor_code"].clear()
        in_force = self.states.lazy().filter(pl.col("valid_from") <= on).unique("village_code", keep="last")
        replaced = pl.col("successor_code").is_not_null() & (pl.col("valid_to") <= on)
        gone = in_force.filter(replaced).sort("village_code").collect(engine="in-memory", optimizations=AS_WRITTEN)
        codes, successors = gone["village_code"].to_numpy(), gone["successor_code"].to_numpy()
        every = np.unique(np.concatenate([codes, successors]))
        following = np.full(len(every), -1)
        following[np.searchsorted(every, codes)] = np.searchsorted(every, successors)
        circle = every[on_a_cycle(following)]
        if len(circle):
            raise DataError(
                f"villages: codes replace each other in a circle on {on}: {', '.join(f'{c:012d}' for c in circle)}. "
                "Correct the successor_code of one of them in the file of villages and deliver it again."
            )
        ends = every[last_of(following)[np.searchsorted(every, codes)]]
        return gone["village_code"], pl.Series("village_code", ends, dtype=pl.Int64)

    def valid(self, codes: pl.Series, days: pl.Series) -> pl.Series:
        """Whether each code exists and holds on its day; false where one of the two is missing."""
        asked = pl.DataFrame({"village_code": _number(codes), "valid_from": days}).with_row_index("row")
        # by the row that was the newest on the day: both sides ascend in it, as asof needs
        found = asked.sort("valid_from").join_asof(
            self.states.sort("valid_from").with_columns(known=True),
            on="valid_from",
            by="village_code",
            check_sortedness=False,
            coalesce=False,
        )
        holds = pl.col("known") & (pl.col("valid_to").is_null() | (pl.col("valid_from") < pl.col("valid_to")))
        return found.sort("row").select(holds.fill_null(value=False).alias("valid")).to_series()


def _number(codes: pl.Series) -> pl.Series:
    """Codes as numbers; a text that is no code is none."""
    return codes.cast(pl.Int64, strict=False) if codes.dtype == pl.String else codes


def _like(codes: pl.Series, numbers: pl.Series) -> pl.Series:
    """Numbers in the form that the codes have."""
    return numbers.cast(pl.String).str.zfill(12) if codes.dtype == pl.String else numbers
