"""How a back-test cuts rows: by time, by area, and by both at once.

time: trained on what was known when the first test row was observed, tested on later dates, all areas, as an office
would have used it, at every third month. area: tested in places that the training never saw, all dates. space_time:
both, and so the strictest: a place learned by heart, or the shock of a date learned from other places, helps nowhere
here.
No household of a test in another place is in its training, wherever it moved from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from riskmodel.training.splits import without_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.training.fit import Rows

Scheme = Literal["time", "area", "space_time"]
SCHEMES: Final[tuple[Scheme, ...]] = ("time", "area", "space_time")

PARTS: Final = 3
"""The places are dealt into so many parts, each tested by what the others taught."""
LEAST_PLACES: Final = 2 * PARTS
"""With fewer counties the townships are dealt, with fewer townships the villages, with fewer villages households."""
ORIGINS: Final = 4
LEAST_EVENTS: Final = 20
"""A training with fewer events (or non-events) teaches nothing, and there is no such fold."""
DIGITS: Final = {"county": 6, "township": 9, "village": 12}
"""Of the village's code, what names a place; the household itself is one where there are too few of them."""


@dataclass(frozen=True)
class Places:
    """The part (n,) that each row was dealt to, and what was dealt: county, township, village or household."""

    part: NDArray[np.int64] = field(repr=False)
    unit: str


@dataclass(frozen=True)
class Fold:
    """Training and test masks (n,) of one cut; `name` is unique among the folds of a back-test."""

    name: str
    scheme: Scheme
    train: NDArray[np.bool_] = field(repr=False)
    test: NDArray[np.bool_] = field(repr=False)
    first: int | None = None
    """The first test date, where the training ends before it; None in a fold of all dates."""
    part: int | None = None
    """The part of the places that was held out; None in a fold of all places."""


def places(villages: pl.Series, households: pl.Series, seed: int) -> Places:
    """Deal the places into parts at random, as large ones as there are enough of.

    villages, households: (n,) text, the twelve digits of the village and the id.
    """
    levels = [(unit, villages.str.slice(0, digits)) for unit, digits in DIGITS.items()]
    unit, names = next((found for found in levels if found[1].n_unique() >= LEAST_PLACES), ("household", households))
    distinct = names.unique().sort()
    dealt = np.random.default_rng(seed).permutation(len(distinct)) % PARTS
    position = distinct.search_sorted(names).to_numpy()
    return Places(dealt[position].astype(np.int64), unit)


def origins(rows: Rows, most: int = ORIGINS) -> list[NDArray[np.int64]]:
    """Blocks of test dates, oldest first, each learnable from labels that had matured when its first date was observed.

    `most` blocks of the newest dates; the oldest ones may be too early to be tested at all. None = no matured fold.
    """
    times = np.unique(rows.time)
    taught = [t for t in times if _enough(rows.y[rows.time <= t - max(rows.gap, 1)])]
    return [
        block for block in np.array_split(np.array(taught, dtype=np.int64), min(most, len(taught)) or 1) if len(block)
    ]


def folds(rows: Rows, dealt: Places, most: int = ORIGINS, schemes: tuple[Scheme, ...] = SCHEMES) -> list[Fold]:
    """Every fold of the schemes, those by time oldest first. Empty where no test date has a matured training."""
    blocks = origins(rows, most)
    found: list[Fold] = []
    for scheme in schemes:
        whens = [(None, np.full(len(rows), fill_value=True), np.full(len(rows), fill_value=True))]
        if scheme != "area":
            whens = [(b[0], rows.time <= b[0] - max(rows.gap, 1), np.isin(rows.time, b)) for b in blocks]
        wheres = [None] if scheme == "time" else list(range(PARTS))
        for first, before, at in whens:
            for part in wheres:
                found += _fold(rows, dealt, scheme, first, before, at, part)
    return found


def newest(rows: Rows, dealt: Places, share: int) -> list[Fold]:
    """The space-time folds of the newest `1/share` of the dates that can be tested, as one block: a single origin."""
    times = np.unique(rows.time)
    taught = [t for t in times[-max(1, len(times) // share) :] if _enough(rows.y[rows.time <= t - max(rows.gap, 1)])]
    block = np.array(taught or times[-1:], dtype=np.int64)
    before, at = rows.time <= block[0] - max(rows.gap, 1), rows.time >= block[0]
    return [fold for part in range(PARTS) for fold in _fold(rows, dealt, "space_time", block[0], before, at, part)]


def _fold(
    rows: Rows,
    dealt: Places,
    scheme: Scheme,
    first: int | None,
    before: NDArray[np.bool_],
    at: NDArray[np.bool_],
    part: int | None,
) -> list[Fold]:
    """The fold, if both sides hold what they must."""
    words = [scheme] + ([] if first is None else [f"{(first - 1) // 12}-{(first - 1) % 12 + 1:02}"])
    if part is not None:
        words.append(f"part-{part + 1}")
    here = np.full(len(rows), fill_value=True) if part is None else dealt.part == part
    test = at & here
    train = before if part is None else without_groups(before & ~here, test, rows.group)
    if not test.any() or not _enough(rows.y[train]):
        return []
    return [Fold("_".join(words), scheme, train, test, first, part)]


def _enough(y: NDArray[np.int8]) -> bool:
    events = int(y.sum())
    return events >= LEAST_EVENTS and len(y) - events >= LEAST_EVENTS
