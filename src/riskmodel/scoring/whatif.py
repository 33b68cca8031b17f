"""A household scored as it is and as it would be with other facts: what the model says of both, and what moved it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from riskmodel.features import assemble_view
from riskmodel.scoring.score import CONTRIBUTION, GROUP, score

if TYPE_CHECKING:
    import polars as pl

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
        table = assemble_view(rows.view, self.policy, [rows.household_id], neighbours=self.neighbours)
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


def _horizon(months: int, column: str, before: Judged, after: Judged) -> Horizon:
    return Horizon(months, *(float(str(judged.scored[column])) for judged in (before, after)))


def _moved(before: Judged, after: Judged, prefix: str) -> list[Moved]:
    pairs = [
        Moved(name.removeprefix(prefix), *(float(str(judged.scored[name])) for judged in (before, after)))
        for name in before.scored
        if name.startswith(prefix)
    ]
    return sorted((m for m in pairs if abs(m.change) >= LEAST), key=lambda m: (-abs(m.change), m.code))
