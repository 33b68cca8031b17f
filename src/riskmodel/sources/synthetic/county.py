"""The simulated county from beginning to end: its life, what offices deliver about it, its policy, and the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from riskmodel.errors import UsageError
from riskmodel.sources.synthetic.events import Events
from riskmodel.sources.synthetic.lines import policy_text
from riskmodel.sources.synthetic.months import (
    FIRST,
    FIRST_MONTHLY,
    HISTORY_START,
    MONTHS_MAX,
    first_day,
)
from riskmodel.sources.synthetic.observation.office import Office
from riskmodel.sources.synthetic.observation.slips import Rates
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.settle import settled
from riskmodel.sources.synthetic.step import step
from riskmodel.sources.synthetic.truth import latent, month_before, probabilities

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.sources.synthetic.state import State

DRAWS: Final = 200
"""Futures per household from which a true probability is estimated."""


@dataclass(frozen=True)
class Plan:
    """What to simulate."""

    households: int
    months: int
    """Months with a delivery of their own, after the history."""
    seed: int
    truth_dates: tuple[date, ...] = ()
    """As-of dates at which the truth is written down; none = a year before the end."""
    draws: int = 0
    """Futures per household of the true probabilities; 0 = the latent state only."""
    rates: Rates = field(default_factory=Rates)

    @property
    def last(self) -> int:
        """The last month."""
        return FIRST_MONTHLY - 1 + self.months

    @property
    def dates(self) -> Sequence[date]:
        """The dates of the truth; by default the run day 12 months before the end, so that it has come to pass."""
        return self.truth_dates or (first_day(max(self.last - 11, HISTORY_START)).replace(day=5),)


@dataclass(frozen=True)
class Done:
    """A step of the simulation that is behind us: a month lived, and the rows that its delivery holds."""

    month: int
    rows: int
    households: int


def simulated(out: Path, plan: Plan, parameters: Parameters | None = None) -> Iterator[Done]:
    """Live the county month by month, writing below `out` as it goes: `deliveries/`, `policy/` and `truth/`.

    Equal plans give equal bytes. The iterator has to be run to its end. Raises UsageError for a plan that cannot be,
    and for a folder that is not empty.
    """
    _demand_sound(out, plan)
    numbers = parameters or Parameters.shipped()
    state = settled(plan.households, FIRST - 1, np.random.default_rng([plan.seed, 0]), numbers)
    office, events = Office(out / "deliveries", plan.seed, state, plan.rates), Events()
    (out / "truth").mkdir(parents=True)
    (out / "policy").mkdir()
    (out / "policy" / "simulated.toml").write_text(policy_text(plan.last, numbers), encoding="utf-8")
    wanted = {month_before(day): day for day in plan.dates}
    for month in range(FIRST, plan.last + 1):
        before = state
        state, happened = step(state, month, np.random.default_rng([plan.seed, 1, month]), numbers)
        events.note(state, happened)
        office.observe(before, state, happened)
        rows = office.deliver(state, month) if month >= FIRST_MONTHLY - 1 else 0
        if month in wanted:
            _write_truth(out, wanted[month], month, state, office, plan, numbers)
        yield Done(month, rows, int(state.homes.active.sum()))
    events.table(office.identities.households).write_parquet(out / "truth" / "events.parquet", statistics=False)


def _write_truth(
    out: Path, day: date, month: int, state: State, office: Office, plan: Plan, parameters: Parameters
) -> None:
    rows = latent(state, office.identities.households)
    if plan.draws:
        found = probabilities(state, month, plan.draws, plan.seed, parameters)
        rows = rows.with_columns(
            **{f"probability_{horizon}m": values for horizon, values in found.probability.items()},
            **{f"standard_error_{horizon}m": values for horizon, values in found.error.items()},
        )
    rows.write_parquet(out / "truth" / f"{day}.parquet", statistics=False)


def _demand_sound(out: Path, plan: Plan) -> None:
    if plan.households < 1 or not 1 <= plan.months <= MONTHS_MAX:
        raise UsageError(
            f"A county of {plan.households} household(s) and {plan.months} monthly deliveries cannot be simulated. "
            f"Ask for at least 1 household and for 1 to {MONTHS_MAX} months."
        )
    odd = [day for day in plan.truth_dates if not HISTORY_START <= month_before(day) <= plan.last]
    if odd:
        raise UsageError(
            f"The truth of {odd[0]} is not part of this simulation, which lives from {first_day(HISTORY_START + 1)} to "
            f"{first_day(plan.last + 1)}. Ask for a day between them, or for more months."
        )
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty; two counties would be mixed. Give a new folder.")
