"""The list of villages, and the village that receives another code."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.columns import NOBODY
from riskmodel.sources.synthetic.months import first_day
from riskmodel.sources.synthetic.observation.coded import ARRIVAL, Posting
from riskmodel.sources.synthetic.observation.identities import RENAMED, RENAMED_SINCE

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.observation.identities import Identities
    from riskmodel.sources.synthetic.state import State

_SINCE = date(2014, 1, 1)


def villages(state: State, month: int, identities: Identities) -> Posting:
    """Every village as it is, for the history."""
    return Posting("villages", _rows(state, month, identities, np.arange(len(state.villages)), _SINCE))


def renamed(state: State, month: int, identities: Identities) -> list[Posting]:
    """In the month after a code was replaced: the old one with its end and successor, and the new one."""
    if month != RENAMED_SINCE or len(state.villages) <= RENAMED:
        return []
    since = first_day(RENAMED_SINCE)
    which = np.array([RENAMED])
    new = len(identities.codes) - 1
    old = _rows(state, month, identities, which, _SINCE, valid_to=since, successor_code=new)
    return [Posting("villages", pl.concat([old, _rows(state, month, identities, which, since, village_code=new)]))]


def _rows(
    state: State, month: int, identities: Identities, which: np.ndarray[Any, Any], since: date, **changed: Any
) -> pl.DataFrame:
    villages = state.villages
    households = np.bincount(state.homes.village[state.homes.active], minlength=len(villages))
    rows = pl.DataFrame(
        {
            "village_code": which,
            "village_name": identities.village_names.gather(which),
            "township_name": identities.township_names.gather(which),
            "county_name": "虚构县",
            "prefecture_name": "虚构市",
            "province_name": "虚构省",
            "valid_from": since,
            "valid_to": pl.Series([None] * len(which), dtype=pl.Date),
            "successor_code": np.full(len(which), NOBODY),
            "was_poor_village": villages.poor[which],
            "exit_year": villages.exit_year[which],
            "key_county": False,
            "registered_households": households[which],
            ARRIVAL: np.full(len(which), month, dtype=np.int32),
        }
    )
    kept = {name: pl.lit(value, dtype=rows.schema[name]) for name, value in changed.items()}
    rows = rows.with_columns(**kept)
    none_below_zero = ["successor_code", "exit_year"]
    return rows.with_columns(pl.when(pl.col(name) >= 0).then(pl.col(name)) for name in none_below_zero)
