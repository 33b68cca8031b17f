"""The rank of each row within its place, by keys of which the last one counts most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def ranks(place: NDArray[np.generic], *keys: NDArray[np.generic]) -> NDArray[np.int64]:
    """From 1 in each place, smallest keys first; the last key decides, the ones before it between equals.

    place, keys: (n,). Equal in all keys: in the order of the rows.
    """
    order = np.lexsort((*keys, place))
    first = np.searchsorted(place[order], place[order], side="left")
    found = np.empty(len(place), dtype=np.int64)
    found[order] = np.arange(1, len(place) + 1) - first
    return found
