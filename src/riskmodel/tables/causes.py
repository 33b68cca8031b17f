"""Rule D08, shared by the tables that list risk causes in order of weight."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import polars as pl

from riskmodel.tables.table import rule


def filled_in_order(columns: tuple[str, ...]) -> Any:
    """Rule D08: causes are filled from the first on, without gaps and without repeats."""
    no_gap = [pl.col(earlier).is_not_null() | pl.col(later).is_null() for earlier, later in pairwise(columns)]
    no_repeat = [pl.col(one) != pl.col(other) for one, other in combinations(columns, 2)]
    return rule(
        columns,
        "causes are filled from 1 on without gaps and without repeats",
        "风险原因须从第1项起依次填写,不得跳空或重复",
        pl.all_horizontal(*no_gap, *(pair.fill_null(True) for pair in no_repeat)),
    )
