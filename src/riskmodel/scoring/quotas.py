"""Quotas: how many visits a place gets, and how many of them go to households drawn by lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def dealt(visits: int, sizes: ArrayLike) -> NDArray[np.int64]:
    """So many visits dealt to places (P,) in proportion to their households, by the method of largest remainders.

    Equal remainders: the larger place first, then the one that stands first. The quotas sum to `visits`, or to all
    households where these are fewer; none is above the households of its place. In whole numbers, so that nothing
    depends on rounding.
    """
    households = np.asarray(sizes, dtype=np.int64)
    total = int(households.sum())
    if not total:
        return np.zeros_like(households)
    given = min(visits, total)
    quotas, rest = np.divmod(households * given, total)
    first = np.lexsort((np.arange(len(households)), -households, -rest))
    quotas[first[: given - int(quotas.sum())]] += 1
    filled: NDArray[np.int64] = quotas
    return filled


def expected_audits(quotas: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Audit visits of each place (P,) as the share of its quota; not rounded yet, but free of the dust of floats."""
    expected: NDArray[np.float64] = np.round(quotas * shares, 9)
    return expected


def audits(expected: NDArray[np.float64], chance: float) -> NDArray[np.int64]:
    """Audit visits of each place (P,), whole numbers: `expected` rounded down or up by lot.

    A place that expects 0.4 gets one with a probability of 0.4, for a `chance` drawn evenly from [0, 1). All places
    share the one chance (systematic sampling), so that their sum is the expected sum, rounded down or up. So every
    place with a quota is within reach of the audit, however small the quota.
    """
    whole = np.floor(expected)
    marks = np.floor(np.cumsum(expected - whole) + chance)
    numbers: NDArray[np.int64] = (whole + np.diff(marks, prepend=np.floor(chance))).astype(np.int64)
    return numbers
