"""The check of every scoring run that what is told of a score adds up to it, on a sample of each county."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.errors import BundleError
from riskmodel.scoring.score import CONTRIBUTION, GROUP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SAMPLE: Final = 256
"""Households checked of a county."""
TOLERANCE: Final = 1e-9
"""Log-odds by which a sum may differ: what adding up floats in another order does stays far below."""


@dataclass(frozen=True)
class SumCheck:
    """What was checked of a county."""

    households: int
    largest: float
    """The largest difference found, log-odds."""


def check_sums(scored: pl.DataFrame, groups: Mapping[str, str]) -> SumCheck:
    """Check a result table of one county before it is published: the same households each time, over all ranks.

    `groups`: code of the group of each feature. In each household of the sample `base` and the contributions must sum
    to `margin`, and the contributions of a group to that of the group, within 1e-9. Raises BundleError that names the
    household where they do not, and where a group has no column or a column no feature.
    """
    held = {name.removeprefix(GROUP) for name in scored.columns if name.startswith(GROUP)}
    if held != set(groups.values()):
        raise BundleError(
            f"the groups of the scores are not those of the features: {sorted(held ^ {*groups.values()})}."
        )
    places = np.unique(np.linspace(0, max(scored.height - 1, 0), SAMPLE).round().astype(np.int64))
    sample = scored[places[: scored.height]]
    off = [("margin", _off(sample, ["base", *(f"{CONTRIBUTION}{name}" for name in groups)], "margin"))]
    for code in sorted(held):
        own = [f"{CONTRIBUTION}{name}" for name, group in groups.items() if group == code]
        off.append((f"{GROUP}{code}", _off(sample, own, f"{GROUP}{code}")))
    for of, found in off:
        if not (found <= TOLERANCE).all():  # NaN is no sum either
            raise _violation(sample, of, found)
    return SumCheck(sample.height, max((float(found.max()) for _, found in off if len(found)), default=0.0))


def _off(sample: pl.DataFrame, parts: list[str], whole: str) -> NDArray[np.float64]:
    """By how much the parts differ from the whole in each household; NaN where one of them is not a number."""
    told: NDArray[np.float64] = sample[whole].cast(pl.Float64).to_numpy()
    off: NDArray[np.float64] = np.abs(sample.select(parts).to_numpy().sum(axis=1) - told)
    return off


def _violation(sample: pl.DataFrame, of: str, off: NDArray[np.float64]) -> BundleError:
    worst = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
    row = sample.row(worst, named=True)
    return BundleError(
        f"county {row['county']}: in {int((~(off <= TOLERANCE)).sum())} of {sample.height} households checked what is "
        f"told does not add up to {of}, first {row['household_id']} (off by {off[worst]:.3g}, allowed {TOLERANCE:g}). "
        f"Nothing was published. The model {row['model']} cannot be explained: promote another version."
    )
