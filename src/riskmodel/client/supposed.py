"""What would be said of a household if help were given or a value were another: an association, never an effect."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from riskmodel.client.results import Measure


@dataclass(frozen=True)
class Change:
    """A cell that differs; amounts in yuan."""

    table: str
    key: dict[str, Any]
    column: str
    before: Any
    after: Any
    added: bool
    """The whole row is new."""


@dataclass(frozen=True)
class Step:
    """One scenario or correction as it was applied."""

    scenario: str
    """Code; empty for a correction."""
    parameters: dict[str, float]
    cells: int
    bound: Measure | None
    """The rule that excludes the measure here, or wants it checked."""
    odd: tuple[str, ...]
    correction: Change | None


@dataclass(frozen=True)
class Horizon:
    """Probabilities of the event within some months."""

    months: int
    before: float
    after: float


@dataclass(frozen=True)
class Moved:
    """What a group or feature adds, in log-odds."""

    code: str
    before: float
    after: float


@dataclass(frozen=True)
class Supposed:
    """What would be said. Show `note` beside every number of it."""

    household_id: str
    village_code: str
    as_of: dt.date
    label: str
    model: str
    association: bool
    """Always true: no effect is claimed."""
    note: str
    outcome: str
    """changed; unchanged, unseen or unmoved: why nothing is another."""
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    horizons: tuple[Horizon, ...]
    margin: Moved
    groups: tuple[Moved, ...]
    features: tuple[Moved, ...] = field(repr=False)
    values: dict[str, tuple[float | None, ...]] = field(repr=False)
    """Of the leading features, before and after."""
    other_model: bool
    ranges_confirmed: bool
    sentences: tuple[str, ...]
