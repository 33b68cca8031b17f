"""Chains of things that follow each other: a replaced code and its successor, a household and the one it came from.

`following[i]` is the position that follows position i, -1 where nothing does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = NDArray[np.int64]


def on_a_cycle(following: Positions) -> NDArray[np.bool_]:
    """Which positions lie on a cycle; those that only lead into one do not.

    By pointer jumping: the steps double until they are as many as there are positions. Whoever still arrives somewhere
    arrives on a cycle, and every place of a cycle is arrived at.
    """
    far, steps = following, 1
    while steps < len(following) and (far >= 0).any():
        far, steps = np.where(far >= 0, far[far], -1), steps * 2
    found = np.zeros(len(following), dtype=bool)
    found[far[far >= 0]] = steps >= len(following)
    return found


def last_of(following: Positions) -> Positions:
    """The end of the chain that begins at each position: itself where nothing follows. `following` has no cycle."""
    last: Positions = np.where(following >= 0, following, np.arange(len(following)))
    while (last != last[last]).any():
        last = last[last]
    return last
