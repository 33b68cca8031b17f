"""An audit made on the spot: households of 30 villages at four dates, their risks, what happened and who was listed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskmodel.training.intervals import Resampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATES = 4
VILLAGES = 30
GROUPINGS = ("sex_of_head", "ethnicity", "township")


@dataclass(frozen=True)
class Audit:
    """Rows of an audit; a household's rows stand together, one per date."""

    y: NDArray[np.int8] = field(repr=False)
    risk: NDArray[np.float64] = field(repr=False)
    listed: NDArray[np.bool_] = field(repr=False)
    groups: pl.DataFrame = field(repr=False)
    month: pl.Series = field(repr=False)
    village: NDArray[np.int64] = field(repr=False)

    @property
    def draws(self) -> Resampling:
        """Draws of its villages, few of them, to be quick."""
        return Resampling.of(self.village, self.groups["household_id"].to_numpy(), seed=3, replicates=60)

    @property
    def asked(self) -> tuple[Any, ...]:
        """The arguments of `fairness`."""
        return self.y, self.risk, self.listed, self.groups, self.draws, GROUPINGS

    def taken(self, rows: NDArray[np.intp]) -> Audit:
        """The same with some rows only, or all of them in another order."""
        return Audit(
            self.y[rows], self.risk[rows], self.listed[rows], self.groups[rows], self.month[rows], self.village[rows]
        )

    def unlisted(self, rows: NDArray[np.bool_]) -> Audit:
        """The same with these rows on no list."""
        return replace(self, listed=self.listed & ~rows)

    def inside(self, grouping: str, group: str) -> NDArray[np.bool_]:
        """Which rows belong to a group."""
        return (self.groups[grouping] == group).to_numpy()


def made_audit(households: int = 600, seed: int = 1) -> Audit:
    """Risks that hold, and lists that know no group. Every 12th household is of the minority, of a few nobody knows."""
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(households), DATES)
    village = who % VILLAGES
    log_odds = np.repeat(random.normal(-1.5, 1.0, households), DATES) + random.normal(0, 0.4, len(who))
    risk = 1 / (1 + np.exp(-log_odds))
    ethnicity = np.where(who % 12 == 5, "minority", np.where(who % 50 == 7, "unknown", "majority"))
    groups = {
        "household_id": [f"H{number:04d}" for number in who],
        "sex_of_head": np.where(random.random(households) < 0.3, "female", "male")[who],
        "ethnicity": ethnicity,
        "township": [f"99010100{number // 10}" for number in village],
    }
    return Audit(
        y=(random.random(len(who)) < risk).astype(np.int8),
        risk=risk,
        listed=risk + random.normal(0, 0.1, len(who)) > 0.3,
        groups=pl.DataFrame(groups),
        month=pl.Series("month", np.tile(np.arange(DATES), households)),
        village=village,
    )
