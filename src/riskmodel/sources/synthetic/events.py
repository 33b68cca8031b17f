"""What truly happened to households: hardship, its causes, and when it was identified, if ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.columns import NOBODY
from riskmodel.sources.synthetic.months import first_day
from riskmodel.sources.synthetic.truth import cause_codes

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Ints
    from riskmodel.sources.synthetic.happened import Happened
    from riskmodel.sources.synthetic.state import State


class Events:
    """A row per hardship, and per identification of a household that was in none."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Ints]] = []
        self._count = 0
        self._current = np.zeros(0, dtype=np.int64)
        """Row of the present hardship of each household, -1 = none."""
        self._identified: dict[int, int] = {}
        self._eliminated: dict[int, int] = {}
        self._monitored: dict[int, int] = {}

    def note(self, state: State, happened: Happened) -> None:
        """Add what happened in a month."""
        homes, month = state.homes, happened.month
        more = np.full(len(homes) - len(self._current), NOBODY)
        self._current = np.concatenate([self._current, more])
        self._current[~homes.hard & ~homes.open] = NOBODY
        self._add(np.flatnonzero(happened.began), month, homes.causes)
        new = happened.identified
        mistaken = new[self._current[new] == NOBODY]
        self._add(mistaken, NOBODY, homes.recorded)
        for home in new.tolist():
            row = int(self._current[home])
            self._identified.setdefault(row, month)
            self._monitored[home] = row
        for home in happened.ended.home.astype(np.int64).tolist():
            self._eliminated[self._monitored.pop(home, NOBODY)] = month

    def table(self, households: pl.Series) -> pl.DataFrame:
        """Household, true onset and causes, months of identification and elimination; null = did not happen."""
        rows = {name: np.concatenate([part[name] for part in self._rows]) for name in self._rows[0]}
        number = range(self._count)
        dates = {
            "onset_month": rows["onset"].tolist(),
            "identified_month": [self._identified.get(row, NOBODY) for row in number],
            "eliminated_month": [self._eliminated.get(row, NOBODY) for row in number],
        }
        found = pl.DataFrame({"户编号": households.gather(rows["home"])}).with_columns(
            *[cause_codes(rows[f"cause_{n}"]).alias(f"true_cause_{n}") for n in range(1, 6)],
            **{name: _days(months) for name, months in dates.items()},
        )
        true = pl.Series(rows["onset"] >= 0)
        hidden = [pl.when(true).then(pl.col(f"true_cause_{n}")).alias(f"true_cause_{n}") for n in range(1, 6)]
        return found.with_columns(hidden)

    def _add(self, homes: Ints, month: int, causes: Ints) -> None:
        columns = {f"cause_{number + 1}": causes[homes, number].astype(np.int64) for number in range(5)}
        self._rows.append({"home": homes, "onset": np.full(len(homes), month), **columns})
        self._current[homes] = self._count + np.arange(len(homes))
        self._count += len(homes)


def _days(months: list[int]) -> pl.Series:
    return pl.Series([first_day(month) if month >= 0 else None for month in months], dtype=pl.Date)
