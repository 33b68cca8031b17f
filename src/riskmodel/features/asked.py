"""All that the features ask on a day, and what they make of the answers; the same for every household of a county.

For households in memory the plans are made once: an office that asks about one after another waits for the first
alone. Several together are worked out by Polars (`plans.py`), one by itself in plain Python (`alone.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.features.alone import Alone
from riskmodel.features.facts import INHERITED, Facts
from riskmodel.features.origins import ORIGIN, STATE, noted
from riskmodel.features.plain_plan import PlainPlan, Sketch, as_lazy, as_plain
from riskmodel.features.plans import Mould, Place, followed, kept
from riskmodel.features.windows import PREPARED, Seen
from riskmodel.policy import HouseholdStatus
from riskmodel.tables.lineage import ancestors

if TYPE_CHECKING:
    from riskmodel.tables import View

KEYS = ("household_id", "village_code", "category", "size")
BASE = ("village_code", "category", "size", "exit_year")
"""What features use of the state of a household."""


def active(states: pl.LazyFrame) -> pl.LazyFrame:
    """The active households among these states, with what features use of them."""
    lasting = pl.col("status") == HouseholdStatus.ACTIVE.value
    return states.filter(lasting).select("household_id", *BASE, noted(STATE).alias(f"{STATE}{ORIGIN}"))


@dataclass
class Asked:
    """The facts that were asked for, and one expression per feature over the answers."""

    county: str
    facts: Facts
    expressions: list[pl.Expr] = field(repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)
    _last: tuple[Place, pl.LazyFrame] | None = field(default=None, repr=False)

    def answers(self, view: View) -> dict[str, pl.DataFrame]:
        """The answers by prepared table asked of which the view has a row.

        Each has the column `household_id` first, and one row per household of which there is something to tell.
        """
        if view.in_memory:
            return self._in_memory(view)
        plans = self.facts.plans(view)
        return dict(zip(plans, view.collect_all(list(plans.values())), strict=True))

    def features(self, table: pl.DataFrame) -> pl.DataFrame:
        """Keys and features of a few households with all their answers and the sums over their neighbours."""
        with self._lock:
            place, plan = self._made_of(table)
            place.rows = table
            return followed(plan)

    def made_of(self, stepped: pl.LazyFrame) -> pl.LazyFrame:
        """Keys, features, amounts and origins of households, whose answers have been worked on by `facts.steps`."""
        text = (pl.col(name).cast(pl.String) for name in ("village_code", "category"))
        keys: tuple[str | pl.Expr, ...] = ("household_id", *text, "size")
        origins = (f"{name}{ORIGIN}" for name in (STATE, *self.facts.wanted))
        return self.facts.village_steps.added(stepped).select(*keys, *self.expressions, *origins)

    @cached_property
    def alone(self) -> Alone:
        """The same for one household after another, in plain Python."""
        sketch = Sketch.for_views(self.county, self.facts.moment.as_of)
        seen = Seen(sketch, self.facts.moment)
        state = active(sketch.states("households")).group_by("household_id")
        first = state.agg(*(pl.col(name).first() for name in (*BASE, f"{STATE}{ORIGIN}")))
        answers = {name: as_plain(self.facts.plan(name, seen)) for name in self.facts.wanted}
        return Alone.of(as_plain(first), answers, list(self.facts.village_sums), self.facts.doubts, self._made_of_plain)

    def _made_of_plain(self, answered: PlainPlan) -> PlainPlan:
        return as_plain(self.made_of(self.facts.steps.added(as_lazy(answered))))

    def _made_of(self, table: pl.DataFrame) -> tuple[Place, pl.LazyFrame]:
        if self._last is None or self._last[0].rows.columns != table.columns:
            place = Place(table.schema)
            self._last = place, kept(self.made_of(self.facts.steps.added(place.plan)))
        return self._last

    def _in_memory(self, view: View) -> dict[str, pl.DataFrame]:
        with self._lock:
            mould, plans = self._moulded
            asked = {name: plan for name, plan in plans.items() if not view.lacks(PREPARED[name].tables[0])}
            if any(name in INHERITED for name in asked) and not ancestors(view).is_empty():
                own = Seen(view, self.facts.moment)  # how much is inherited from whom is part of the plan
                asked |= {name: self.facts.plan(name, own) for name in asked if name in INHERITED}
            mould.fill(view)
            return {name: followed(plan) for name, plan in asked.items()}

    @cached_property
    def _moulded(self) -> tuple[Mould, dict[str, pl.LazyFrame]]:
        """The plan of each prepared table asked, without rows."""
        mould = Mould.for_views(self.county, self.facts.moment.as_of)
        seen = Seen(mould, self.facts.moment)
        return mould, {name: kept(self.facts.plan(name, seen)) for name in self.facts.wanted}
