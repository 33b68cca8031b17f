"""Whom a list would have named: the households that can be visited, place by place and date by date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskmodel.scoring.ranks import ranks

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def listed(risk: NDArray[np.float64], places: ArrayLike, most: ArrayLike, order: ArrayLike) -> NDArray[np.bool_]:
    """Which rows (n,) stand on the lists: of every place the `most` rows of highest risk.

    places: (n,) what a list is made for, one value per township and month. most: (n,) or a number: rows of the place
    that can be visited. order: (n,) decides between equal risks, smaller first; it must not know the outcome. A risk of
    NaN is never listed.
    """
    _, place = np.unique(np.asarray(places), return_inverse=True)
    allowed = np.broadcast_to(np.asarray(most), risk.shape)
    chosen: NDArray[np.bool_] = (ranks(place, np.asarray(order), -risk) <= allowed) & ~np.isnan(risk)
    return chosen


def as_many_as(chosen: NDArray[np.bool_], places: ArrayLike) -> NDArray[np.int64]:
    """How many rows of its place are chosen, row by row (n,): the size of another list to be compared with."""
    _, place = np.unique(np.asarray(places), return_inverse=True)
    counts = np.bincount(place, weights=chosen.astype(np.float64))
    sizes: NDArray[np.int64] = counts[place].astype(np.int64)
    return sizes


def tie_order(households: ArrayLike, seed: int) -> NDArray[np.int64]:
    """A fixed order between households of equal risk (n,), the same on every date and for every model.

    Drawn at random by household, so that no village or township stands before another.
    """
    _, household = np.unique(np.asarray(households), return_inverse=True)
    count = int(household.max()) + 1 if len(household) else 0
    order: NDArray[np.int64] = np.random.default_rng(seed).permutation(count)[household]
    return order
