"""Whom a list would have named: the households that can be visited, place by place and date by date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def listed(
    risk: NDArray[np.float64], places: ArrayLike, most: ArrayLike, order: ArrayLike, weight: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which rows (n,) stand on the lists: of every place the `most` rows of highest risk.

    places: (n,) what a list is made for, one value per township and month. most: (n,) or a number: rows of the place
    that can be visited. order: (n,) decides between equal risks, smaller first; it must not know the outcome. weight:
    (n,) households that each row stands for; one is listed if at least half of them still have room. A risk of NaN is
    never listed.
    """
    _, place = np.unique(np.asarray(places), return_inverse=True)
    allowed = np.broadcast_to(np.asarray(most), risk.shape)
    sequence = np.lexsort((np.asarray(order), -risk, place))
    sizes, sorted_place = weight[sequence], place[sequence]
    reached = np.cumsum(sizes)
    start = np.searchsorted(sorted_place, sorted_place)
    middle = np.empty(len(risk), dtype=np.float64)
    middle[sequence] = reached - sizes / 2 - (reached[start] - sizes[start])
    chosen: NDArray[np.bool_] = (middle <= allowed) & ~np.isnan(risk)
    return chosen


def as_many_as(chosen: NDArray[np.bool_], places: ArrayLike, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many households of its place are chosen, row by row (n,): the size of another list to be compared with."""
    _, place = np.unique(np.asarray(places), return_inverse=True)
    sizes: NDArray[np.float64] = np.bincount(place, weights=chosen * weight)[place].astype(np.float64)
    return sizes


def tie_order(households: ArrayLike, seed: int) -> NDArray[np.int64]:
    """A fixed order between households of equal risk (n,), the same on every date and for every model.

    Drawn at random by household, so that no village or township stands before another.
    """
    _, household = np.unique(np.asarray(households), return_inverse=True)
    count = int(household.max()) + 1 if len(household) else 0
    order: NDArray[np.int64] = np.random.default_rng(seed).permutation(count)[household]
    return order
