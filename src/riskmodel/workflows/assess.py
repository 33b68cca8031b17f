"""What is said of a household from facts that were sent, and what it is judged beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.scoring.score import VALUE
from riskmodel.scoring.typical import Typical
from riskmodel.workflows.assessed import MOST_PLACES
from riskmodel.workflows.assessed import answer as published_answer
from riskmodel.workflows.explain import Explanation
from riskmodel.workflows.measures import MeasureEntry
from riskmodel.workflows.score import TYPICAL, neighbours, published

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskmodel.features.neighbours import Neighbours
    from riskmodel.tables.batches import BatchRecord
    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.workspace import Workspace

RANKS = ("rank_county", "rank_township")
"""Of a batch alone: one household has none."""


@dataclass(frozen=True)
class Assessed:
    """What is said of a household whose facts were sent."""

    explanation: Explanation
    missing: list[str] = field(repr=False)
    """Features that are not known."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What a household is judged beside: its neighbours as published, what is typical, and the county's full lists.

    Each is like itself alone, so that what is kept of one is not told of the next.
    """

    neighbours: Neighbours | None
    typical: pl.DataFrame | None = field(repr=False)
    records: Sequence[BatchRecord] = field(repr=False)


class Assessor:
    """What was published last, to assess households with; what is read from files is kept."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.around = lru_cache(maxsize=32)(self._read)
        self.typical = lru_cache(maxsize=MOST_PLACES)(_typical)

    def forget(self) -> None:
        """Read the files anew: another month was published."""
        self.around.cache_clear()
        self.typical.cache_clear()

    def _read(self, county: str, as_of: date) -> Surroundings:
        lake = self.workspace.lake
        received = lake.view(county, as_of).records if county in lake.counties() else ()
        records = [record for record in received if record.full_list]  # the others say nothing of who is absent
        try:
            folder = published(self.workspace)
            near = neighbours(self.workspace, county)
        except UsageError:  # nothing was published of this county
            return Surroundings(None, None, records)
        if near.as_of > as_of:  # nobody could know it on that day
            return Surroundings(None, None, records)
        return Surroundings(near, pl.read_parquet(folder / TYPICAL / f"{county}.parquet", glob=False), records)


def _typical(around: Surroundings, village: str) -> Typical:
    """What is typical of a village; nothing where nothing was published."""
    return Typical({}, {}) if around.typical is None else Typical.of(around.typical, village)


def answer(found: Explanation, *, full: bool) -> dict[str, Any]:
    """What is answered of facts that were sent: no rank, which needs a county."""
    told = {name: value for name, value in published_answer(found, full=full).items() if name not in RANKS}
    return told | {"measures": [_plain(entry) for entry in found.measures or ()]}


def fresh(told: Assessed, models: Loaded, *, full: bool) -> tuple[dict[str, Any], list[str]]:
    """What is answered of a household whose facts were sent, and the features that are not known of it."""
    versions = {"model_version": models.version, "model_version_6m": models.shorter_version}
    about = {"feature_set": models.bundle.facts.feature_set}
    return answer(told.explanation, full=full) | versions | about, told.missing


def missing_in(row: Mapping[str, Any]) -> list[str]:
    """Features that are not known of a scored household."""
    return [name.removeprefix(VALUE) for name in row if name.startswith(VALUE) and row[name] is None]


def _plain(entry: MeasureEntry) -> dict[str, Any]:
    """A measure with its days as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in vars(entry).items()}
