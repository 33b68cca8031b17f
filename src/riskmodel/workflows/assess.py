"""Assess a household from facts that were sent: the features, scores and words of the batch, for one household."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features import assemble_view
from riskmodel.scoring.score import VALUE, score
from riskmodel.scoring.typical import Typical
from riskmodel.tables import View
from riskmodel.workflows.assessed import answer as published_answer
from riskmodel.workflows.explain import Explanation, causes_told, render
from riskmodel.workflows.measures import MeasureEntry, measures_in
from riskmodel.workflows.score import TYPICAL, neighbours, published, with_facts
from riskmodel.workflows.sent_facts import Household, household
from riskmodel.workflows.told import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskmodel.features.neighbours import Neighbours
    from riskmodel.rendering.messages import Language
    from riskmodel.tables.batches import BatchRecord
    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.sent_facts import Sent
    from riskmodel.workflows.workspace import Workspace

RANKS = ("rank_county", "rank_township")
"""Of a batch alone: one household has none."""


@dataclass(frozen=True)
class Assessed:
    """What is said of a household whose facts were sent."""

    explanation: Explanation
    missing: list[str] = field(repr=False)
    """Features that are not known."""


@dataclass(frozen=True)
class Surroundings:
    """What a household is judged beside: its neighbours as published, what is typical, and the county's full lists."""

    neighbours: Neighbours | None
    typical: pl.DataFrame | None = field(repr=False)
    records: Sequence[BatchRecord] = field(repr=False)

    def typical_of(self, village: str) -> Typical:
        """What is typical of a village; nothing where nothing was published."""
        return Typical({}, {}) if self.typical is None else Typical.of(self.typical, village)


class Assessor:
    """Assesses households with what was published last; what is read from files is kept."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.around = lru_cache(maxsize=32)(self._read)

    def forget(self) -> None:
        """Read the files anew: another month was published."""
        self.around.cache_clear()

    def assess(
        self, sent: Sent, as_of: date, models: Loaded, language: Language, *, complete: bool = False
    ) -> tuple[Household, Assessed]:
        """The household that was sent, and what is said of it on a day.

        complete: the facts are all that the office knows; then a table without a row means what the full lists of the
        county say, as in the batch. Raises WrongFacts for what breaks the contract, UsageError for a household that is
        not active on that day.
        """
        found = household(sent, as_of)
        around = self.around(found.village_code[:6], as_of)
        view = View.of(found.tables, as_of, found.village_code[:6])
        if complete:
            view = replace(view, records=around.records)
        table = assemble_view(view, self.workspace.policy, [found.household_id], neighbours=around.neighbours)
        scored = with_facts(
            score(table, models.bundle, self.workspace.policy, models.shorter), view, self.workspace.policy
        )
        row = scored.row(0, named=True)
        told = render(Row(row, around.typical_of(found.village_code)), [], language)
        measures = measures_in(view, self.workspace.policy, found.household_id, causes_told(row))
        return found, Assessed(replace(told, measures=measures), missing_in(row))

    def _read(self, county: str, as_of: date) -> Surroundings:
        lake = self.workspace.lake
        records = lake.view(county, as_of).records if county in lake.counties() else ()
        try:
            folder = published(self.workspace)
            near = neighbours(self.workspace, county)
        except UsageError:  # nothing was published of this county
            return Surroundings(None, None, records)
        if near.as_of > as_of:  # nobody could know it on that day
            return Surroundings(None, None, records)
        return Surroundings(near, pl.read_parquet(folder / TYPICAL / f"{county}.parquet", glob=False), records)


def answer(found: Explanation, *, full: bool) -> dict[str, Any]:
    """What is answered of facts that were sent: no rank, which needs a county."""
    told = {name: value for name, value in published_answer(found, full=full).items() if name not in RANKS}
    return told | {"measures": [_plain(entry) for entry in found.measures or ()]}


def missing_in(row: Mapping[str, Any]) -> list[str]:
    """Features that are not known of a scored household."""
    return [name.removeprefix(VALUE) for name in row if name.startswith(VALUE) and row[name] is None]


def _plain(entry: MeasureEntry) -> dict[str, Any]:
    """A measure with its days as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in vars(entry).items()}
