"""Monthly lists of social assistance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.observation.coded import Posting, facts, fen
from riskmodel.sources.synthetic.vocabulary import SCHEME

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Numbers
    from riskmodel.sources.synthetic.observation.coded import Month


def social_assistance(seen: Month) -> list[Posting]:
    """The full list of civil affairs, and the allowances that the disabled persons' federation reports."""
    state, money = seen.state, seen.happened.money
    homes, people = state.homes, state.people
    severe = state.by_home(state.present & people.certified & (people.grade <= 2) & (people.grade > 0))
    age = (seen.number - people.birth) / 12
    minors = state.by_home(state.present & (age < 18))
    alone = homes.active & (minors > 0) & (minors == state.size)
    size = state.size
    civil = pl.concat(
        [
            _list(seen, "dibao", homes.dibao > 0, size, money["tr_dibao"]),
            _list(seen, "tekun_dispersed", homes.tekun, size, money["tr_tekun"]),
            _list(seen, "dibao_marginal", homes.marginal, size, size * 0),
            _list(seen, "temporary", money["tr_relief"] > 0, np.ones(len(homes)), money["tr_relief"]),
            _list(seen, "defacto_orphan", alone, minors, minors * 1000),
        ]
    )
    care = _list(seen, "disability_care", severe > 0, severe, money["tr_disability"])
    return [Posting("social_assistance", civil), Posting("social_assistance-2", care)]


def _list(seen: Month, scheme: str, which: Numbers, persons: Numbers, amount: Numbers) -> pl.DataFrame:
    who = np.flatnonzero(which & seen.state.homes.active & (seen.state.size > 0))
    return facts(
        "social_assistance",
        np.full(len(who), seen.number),
        household_id=who,
        month=seen.number,
        scheme=SCHEME[scheme],
        persons=persons[who].clip(1, 30),
        amount=fen(amount[who]),
    )
