"""Which values of a household may be told as the reason of a raised risk.

A model is free to raise a risk by any value. A reason is a claim that officials act on and the rules of help answer:
so a cause is told only by values that are a sign of it, and not of a household where it cannot be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from riskmodel.features.feature import Between
from riskmodel.policy import Background, Cause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from riskmodel.features import Feature

POSSIBLE: Final[dict[Cause | Background, dict[str, Between]]] = {
    Cause.JOB: {"able_members": Between(above=0)},
    Cause.LAB: {"care_load": Between(above=0.9)},
    Cause.HOU: {"lives_in_unsafe_house": Between(above=0), "house_problem": Between(above=0)},
    Cause.WAT: {"water_unsafe": Between(above=0), "water_problem": Between(above=0)},
}
"""Per cause: the values of which one must be so, as far as any of them is known. Nobody loses work where nobody can
work; labour is lacking where about as many are to be cared for as can work; an empty unsafe house harms nobody."""


def evidence(x: NDArray[np.float64], features: Sequence[Feature]) -> NDArray[np.bool_]:
    """Cells (n, F) that may be told as a reason: known, inside `Feature.evidence`, of a cause that is possible.

    x: (n, F), the columns as in `features`; NaN = missing, which is never a reason.
    """
    above = np.array([f.evidence.above for f in features])
    below = np.array([f.evidence.below for f in features])
    told: NDArray[np.bool_] = (x > above) & (x < below)  # false for NaN
    place = {f.name: i for i, f in enumerate(features)}
    for group, signs in POSSIBLE.items():
        asked = {place[name]: sign for name, sign in signs.items() if name in place}
        own = [i for i, f in enumerate(features) if f.group is group]
        told[:, own] &= ~_impossible(x, asked)[:, None]
    return told


def tells(f: Feature, values: Mapping[str, float | None]) -> bool:
    """The same of one feature of one household, whose features are `values` (None = missing)."""
    signs = POSSIBLE.get(f.group, {})
    known = [(value, sign) for name, sign in signs.items() if (value := values.get(name)) is not None]
    possible = not known or any(value in sign for value, sign in known)
    told = values.get(f.name)
    return possible and told is not None and told in f.evidence


def protects(value: float | None, f: Feature) -> bool:
    """Whether a value may be told as what lowers a risk: it is known, and no sign of harm.

    Where more is worse, only 0 protects, or what is declared to be no sign. Of values that may go either way only
    income, help and history are told; and that little is known of a household does not protect it.
    """
    return value is not None and protecting(f)(value)


def protecting(f: Feature) -> Callable[[float], bool]:
    """Which known values of a feature protect."""
    if f.group is Background.DATA:
        return lambda _: False
    if f.evidence not in PLAIN:
        return lambda value: value not in f.evidence
    if f.direction < 0 or (f.direction == 0 and f.group in EITHER_WAY):
        return lambda value: value != 0
    return lambda value: value == 0


EITHER_WAY: Final = (Background.INCOME, Background.AID, Background.HISTORY)
"""Backgrounds of which any value but 0 may be told as lowering a risk."""
PLAIN: Final = (Between(), Between(above=0))
"""What is evidence where nothing else is declared."""


def _impossible(x: NDArray[np.float64], signs: dict[int, Between]) -> NDArray[np.bool_]:
    """Rows (n,) of which at least one of the signs is known and none of the known ones is so."""
    known, so = np.zeros(len(x), dtype=bool), np.zeros(len(x), dtype=bool)
    for column, sign in signs.items():
        known |= ~np.isnan(x[:, column])
        so |= (x[:, column] > sign.above) & (x[:, column] < sign.below)
    return known & ~so
