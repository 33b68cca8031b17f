"""The facts of a few households in memory: all that is asked about them without their neighbours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.lineage import ancestors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.tables.view import View


SUBJECTS: Final = {"person_id": "members", "loan_id": "loan_statements"}
"""What may pass from one household to another, and the table that says to which it belonged."""


def own_facts(view: View, households: Sequence[str]) -> View:
    """What the view holds of these households, of those they came from, and of all persons and loans they ever had.

    Of a person or a loan also what was written under other households; of villages everything, for codes change. An id
    that the view does not know has no facts. Neighbours are missing: their figures have to come from a publication.
    """
    ids = view.ids.find("H", pl.Series(list(households), dtype=pl.String)).drop_nulls()
    kin = ancestors(view).filter(pl.col("household_id").is_in(ids.implode()))["ancestor_id"]
    of = {"household_id": pl.concat([ids, kin])}
    for subject, name in SUBJECTS.items():
        if name in view.stored:
            theirs = view.stored[name].filter(pl.col("household_id").is_in(ids.implode()))
            of[subject] = theirs.select(subject).unique().collect()[subject]

    def own(name: str, rows: pl.LazyFrame) -> pl.DataFrame:
        holds = [pl.col(c).is_in(values.implode()) for c, values in of.items() if c in TABLES[name].facts]
        return (rows.filter(pl.any_horizontal(holds)) if holds else rows).collect()

    rows = {name: own(name, frame) for name, frame in view.stored.items()}
    empty = frozenset(name for name, frame in rows.items() if frame.is_empty())
    return replace(view, stored={name: frame.lazy() for name, frame in rows.items()}, empty=empty, in_memory=True)
