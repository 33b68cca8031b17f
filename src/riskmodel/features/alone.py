"""One household whose facts are in memory: what is asked about it, and its features, in plain Python.

The plans are those of the county (`asked.py`), made once for it and a day, and give the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.features.facts import LINE
from riskmodel.features.line import SURVEYED, line
from riskmodel.features.plain_plan import Given, PlainPlan
from riskmodel.tables.crosswalk import Crosswalk
from riskmodel.tables.plain_rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from riskmodel.features.lists import Lists
    from riskmodel.features.neighbours import Neighbours
    from riskmodel.policy import Policy
    from riskmodel.tables import View
    from riskmodel.tables.plain_rows import Column

ANSWERED = "answered"
"""The rows that features are made of: the household with all answers, its line and the sums over its neighbours."""


def only_household(view: View, households: Sequence[str] | None) -> int | None:
    """The code of the one household that is asked about, if all that is known of it is in memory and its own.

    None for several, for an id that is not known, and where something is inherited from the household it came from.
    """
    if not view.in_memory or (households is not None and len(households) != 1):
        return None
    states = view.rows("households")
    if states["predecessor_id"].null_count() < states.height:
        return None
    codes = states["household_id"].unique()
    names = view.ids.decode("H", codes).to_list()
    if households is None:
        households = names
    return dict(zip(names, codes.to_list(), strict=True)).get(households[0]) if len(households) == 1 else None


@dataclass(frozen=True)
class Alone:
    """Plans for one household after another."""

    state: PlainPlan
    """Its state, if it is active."""
    answers: Mapping[str, PlainPlan]
    """What each prepared table tells of it."""
    made: PlainPlan
    """Keys, features, amounts and origins, from all that is answered."""
    doubts: Mapping[str, str]
    """Columns that say whether it is in doubt, by table."""
    columns: tuple[str, ...]
    """Names of all that is made."""
    alike: Mapping[pl.DataType, list[str]]
    """The same by type."""

    @classmethod
    def of(
        cls,
        state: PlainPlan,
        answers: Mapping[str, PlainPlan],
        sums: Sequence[str],
        doubts: Mapping[str, str],
        made_of: Callable[[PlainPlan], PlainPlan],
    ) -> Alone:
        """The plans, from names of the sums over neighbours, columns of doubts, and what is made of everything."""
        kinds = dict(state.like.collect_schema()) | {"household_id": pl.String(), LINE: pl.Float64()}
        for plan in answers.values():
            kinds |= {name: kind for name, kind in plan.like.collect_schema().items() if name != "household_id"}
        kinds |= dict.fromkeys(doubts.values(), pl.Boolean())
        made = made_of(PlainPlan.put(ANSWERED, kinds | dict.fromkeys(sums, pl.Int64())))
        alike: dict[pl.DataType, list[str]] = {}
        for name, kind in made.like.collect_schema().items():
            alike.setdefault(kind, []).append(name)
        return cls(state, answers, made, doubts, tuple(made.like.collect_schema()), alike)

    def features(
        self, view: View, household: int, policy: Policy, neighbours: Neighbours, lists: Lists
    ) -> pl.DataFrame | None:
        """Keys, features, amounts and origins of a household of a view; None where it is not active."""
        given = Given(view, household)
        state = self.state.rows(given)
        if not state.height:
            return None
        name, village = view.ids.of("H")[household], _today(state["village_code"][0], view)
        sums = neighbours.sums(pl.Series([name]), np.array([village]))[0].tolist()
        told = {name: [value] for name, value in zip(neighbours.columns, sums, strict=True)}
        told |= {"household_id": [name], "village_code": [village]}
        told |= {column: [name in lists.doubted(table)] for table, column in self.doubts.items()}
        answered = self._answered(given, state, told)
        told[LINE] = [line(policy, village, answered[SURVEYED][0], view.as_of)]
        given.rows[ANSWERED] = answered
        return self._frame(self.made.rows(given))

    def _answered(self, given: Given, state: Rows, told: Mapping[str, Column]) -> Rows:
        """The household with all answers; where it has no rows, they are null."""
        found = {name: plan.rows(given) for name, plan in self.answers.items()}

        def column(_: Rows, name: str) -> Column:
            if name in told:
                return told[name]
            rows = found.get(name.partition(".")[0], state)
            return rows[name] if rows.height else [None]

        return Rows(1, column)

    def _frame(self, row: Rows) -> pl.DataFrame:
        """All columns of a type at once, for to make one of one value takes as long as of many."""
        parts = [
            pl.Series([row[name][0] for name in names], dtype=kind).to_frame().transpose(column_names=names)
            for kind, names in self.alike.items()
        ]
        return pl.concat(parts, how="horizontal")[:, self.columns]


def _today(village: int, view: View) -> int:
    """The code that a village has on the day of the view."""
    villages = view.rows("villages")
    codes = zip(villages["village_code"].to_list(), villages["successor_code"].to_list(), strict=True)
    if not any(old == village and new is not None for old, new in codes):  # as nearly always
        return village
    today: int = Crosswalk.of(view).current(pl.Series([village]), view.as_of)[0]
    return today
