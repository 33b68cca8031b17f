"""A household scored as it is and as it would be with other facts: what the model says of both, and what moved it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features import assemble_view
from riskmodel.features.reading import most_read
from riskmodel.policy import Background
from riskmodel.scoring.score import CONTRIBUTION, GROUP, OWN, score

if TYPE_CHECKING:
    from collections.abc import Collection

    from riskmodel.features import Feature, FeatureTable
    from riskmodel.features.neighbours import Neighbours
    from riskmodel.models import Bundle
    from riskmodel.policy import Policy
    from riskmodel.scoring.household_rows import HouseholdRows

LEAST: Final = 0.01
"""A difference of contributions smaller than this is not told (log-odds)."""
LEADING: Final = 6
"""Features told at most."""


@dataclass(frozen=True)
class Judged:
    """Features and score of a household: the columns of a result table, and the features by name (null = missing)."""

    scored: dict[str, object]
    features: dict[str, float | None]


@dataclass(frozen=True)
class Horizon:
    """Probabilities of the event within some months, before and after."""

    months: int
    before: float
    after: float


@dataclass(frozen=True)
class Moved:
    """What a group or feature added to the margin (log-odds), before and after."""

    code: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """After less before; negative = less risk."""
        return self.after - self.before


@dataclass(frozen=True)
class Models:
    """What a household is judged by: the model, the one of the shorter horizon, the policy, and its neighbours."""

    bundle: Bundle
    shorter: Bundle | None
    policy: Policy
    neighbours: Neighbours

    def judge(self, rows: HouseholdRows) -> Judged:
        """Features by the pipeline of the batch, then the score. UsageError for a household that is not active."""
        return self._judged(self._features(rows))

    def judge_helped(self, helped: HouseholdRows, rows: HouseholdRows, tells: Collection[str]) -> Judged:
        """The same of `rows` with help, which makes nothing known but the features that it `tells` of.

        The rows that it adds to a table would else say that the rest of what the table tells is known to be nothing.
        Help brings no news either: features about the information itself stay as they were.
        """
        table, before = self._features(helped), self._features(rows).rows.row(0, named=True)
        added = {change.table for change in helped.changes_since(rows) if change.added}
        kept = {
            f.name: pl.lit(before[f.name], pl.Float64)
            for f, value in zip(table.features, table.values[0].tolist(), strict=True)
            if f.group is Background.DATA
            or (before[f.name] is None and value == value and f.name not in tells and _reads(f, added))
        }
        return self._judged(replace(table, rows=table.rows.with_columns(**kept)))

    def _features(self, rows: HouseholdRows) -> FeatureTable:
        return assemble_view(rows.view, self.policy, [rows.household_id], neighbours=self.neighbours)

    def _judged(self, table: FeatureTable) -> Judged:
        scored: pl.DataFrame = score(table, self.bundle, self.policy, self.shorter)
        names = [feature.name for feature in table.features]
        return Judged(scored.row(0, named=True), table.rows.select(names).row(0, named=True))


def outcome(before: Judged, after: Judged) -> str:
    """`changed`, or why the result is the same: `unseen`, no feature is another; `unmoved`, the models weigh none."""
    if before.features == after.features:
        return "unseen"
    same = margin(before, after).change == 0 and all(h.before == h.after for h in horizons(before, after))
    return "unmoved" if same else "changed"


def horizons(before: Judged, after: Judged) -> list[Horizon]:
    """Each horizon that is told, the longest first."""
    longest = int(str(before.scored["horizon_months"]))
    found = [_horizon(longest, "probability", before, after)]
    for name in before.scored:
        months = name.removeprefix("probability_").removesuffix("m")
        if name.startswith("probability_") and months.isdigit():
            found.append(_horizon(int(months), name, before, after))
    return found


def own(judged: Judged) -> float | None:
    """The probability by the model of the longest horizon alone, where that of a shorter one lifted it; else None."""
    alone = judged.scored.get(OWN)
    return None if alone is None or float(str(alone)) >= float(str(judged.scored["probability"])) else float(str(alone))


def margin(before: Judged, after: Judged) -> Moved:
    """The margin of the model, before and after."""
    return Moved("margin", *(float(str(judged.scored["margin"])) for judged in (before, after)))


def moved_groups(before: Judged, after: Judged) -> list[Moved]:
    """Groups whose contribution differs, the greatest difference first."""
    return _moved(before, after, GROUP)


def moved_features(before: Judged, after: Judged) -> list[Moved]:
    """Features whose contribution differs, the greatest difference first; only those whose value differs."""
    differing = {name for name, value in before.features.items() if after.features[name] != value}
    return [moved for moved in _moved(before, after, CONTRIBUTION) if moved.code in differing][:LEADING]


def _reads(feature: Feature, tables: Collection[str]) -> bool:
    return any(asked.tables[0] in tables for asked in most_read(feature).asked)


def _horizon(months: int, column: str, before: Judged, after: Judged) -> Horizon:
    return Horizon(months, *(float(str(judged.scored[column])) for judged in (before, after)))


def _moved(before: Judged, after: Judged, prefix: str) -> list[Moved]:
    pairs = [
        Moved(name.removeprefix(prefix), *(float(str(judged.scored[name])) for judged in (before, after)))
        for name in before.scored
        if name.startswith(prefix)
    ]
    return sorted((m for m in pairs if abs(m.change) >= LEAST), key=lambda m: (-abs(m.change), m.code))
