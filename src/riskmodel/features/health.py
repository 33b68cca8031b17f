"""Feature health: what is missing, says nothing, says the same twice, or has shifted, and which sources fell silent.

The population stability index of a feature compares the shares of households per bin at two dates, sum of
(now - before) * ln(now / before). Bins are the tenths of the earlier date, a value that fills more than one of them has
a bin of its own, and so has "missing"; half a household is added to every bin. Every day that passes shifts ages, and
seasons shift what is received, so the date to compare with is the same day of the year before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from riskmodel.features.assemble import FeatureTable
    from riskmodel.tables.rhythm import Feed

SHIFTED: Final = 0.25
"""From this index on a distribution counts as shifted: Siddiqi, Credit Risk Scorecards (Wiley 2006)."""
CHANCE: Final = 2.326
"""Normal quantile of 0.99. Two samples of one population give an index that is distributed like chi-square times
(1/n + 1/m), see Yurdakul, Statistical Properties of Population Stability Index (Western Michigan University 2018); what
that exceeds in 1 of 100 cases only is no shift, whatever the threshold above. It matters for a few hundred households.
"""
MOSTLY_MISSING: Final = 0.95
TENTHS: Final = np.arange(1, 10)


@dataclass(frozen=True)
class FeatureState:
    """How one feature does at a date."""

    name: str
    missing: float
    """Share of the households."""
    constant: bool
    """The same for every household; also where it is missing for all."""
    same_as: str | None
    """Earlier feature that has the same value, or none, for every household."""
    psi: float | None
    """Population stability index against the earlier date; None where nothing is compared."""
    shifted: bool


@dataclass(frozen=True)
class Health:
    """How all features do at a date. Days are ISO text."""

    as_of: str
    against: str | None
    """Date compared with; None: nothing to compare with."""
    households: int
    never_known: list[str]
    constant: list[str]
    mostly_missing: dict[str, float]
    """Features missing for at least 95% but not for all, with the share, the largest first."""
    duplicated: dict[str, str]
    """Feature and the earlier one that has the same values."""
    shifted: dict[str, float]
    """Features with their index, the largest first."""
    silent: list[Feed]
    """Sources of which nothing arrives any more: an error."""
    stale: list[Feed]
    features: list[FeatureState] = field(repr=False)

    @property
    def failed(self) -> bool:
        """Whether a source went silent."""
        return bool(self.silent)


def health(
    as_of: date,
    names: Sequence[str],
    values: NDArray[np.float64],
    feeds: Sequence[Feed] = (),
    before: tuple[date, NDArray[np.float64]] | None = None,
) -> Health:
    """Health of a feature matrix (households, features; NaN = missing), beside that of an earlier date.

    Both have their columns in the order of `names`. A date without households shows nothing: it is not compared.
    """
    earlier = before if before and len(values) and len(before[1]) else None
    states = _states(names, values, None if earlier is None else earlier[1])
    return Health(
        as_of=as_of.isoformat(),
        against=earlier[0].isoformat() if earlier else None,
        households=len(values),
        never_known=[s.name for s in states if s.missing == 1],
        constant=[s.name for s in states if s.constant and s.missing < 1],
        mostly_missing=largest_first({s.name: s.missing for s in states if MOSTLY_MISSING <= s.missing < 1}),
        duplicated={s.name: s.same_as for s in states if s.same_as},
        shifted=largest_first({s.name: s.psi for s in states if s.shifted and s.psi is not None}),
        silent=[feed for feed in feeds if feed.silent],
        stale=[feed for feed in feeds if feed.stale],
        features=states,
    )


def largest_first(found: Mapping[str, float]) -> dict[str, float]:
    """Features with a number each in the order in which people are told of them."""
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def health_of(
    tables: Sequence[FeatureTable], feeds: Sequence[Feed] = (), before: Sequence[FeatureTable] = ()
) -> Health:
    """The same from the feature tables of a date, one per county, and those of an earlier date."""
    names = [f.name for f in tables[0].features]
    earlier = (before[0].as_of, _rows(before)) if before else None
    return health(tables[0].as_of, names, _rows(tables), feeds, earlier)


def _rows(tables: Sequence[FeatureTable]) -> NDArray[np.float64]:
    return np.concatenate([table.values for table in tables]) if len(tables) > 1 else tables[0].values


def psi(now: NDArray[np.float64], before: NDArray[np.float64]) -> float:
    """Population stability index of one feature (NaN = missing) between two dates, neither of them empty."""
    return _index(*_counted(now, np.sort(before)))


def _states(
    names: Sequence[str], values: NDArray[np.float64], before: NDArray[np.float64] | None
) -> list[FeatureState]:
    states, first = [], dict[bytes, str]()
    for place, name in enumerate(names):  # one after the other: a copy of all of them would be the peak of a county
        column = values[:, place] + 0.0  # -0.0 becomes 0.0
        absent = np.isnan(column)
        missing = float(absent.mean()) if len(column) else 1.0
        # fmin and fmax leave out what is missing
        alike = np.fmin.reduce(column, initial=np.inf) >= np.fmax.reduce(column, initial=-np.inf)
        constant = bool((alike and missing == 0) or missing == 1)
        column[absent] = np.nan  # one pattern of bits
        twin = name if constant else first.setdefault(blake2b(column.data).digest(), name)
        index = (None, False) if before is None else _compared(column, np.sort(before[:, place]))
        states.append(FeatureState(name, missing, constant, None if twin == name else twin, *index))
    return states


def _compared(now: NDArray[np.float64], before: NDArray[np.float64]) -> tuple[float, bool]:
    """Index of a feature and whether it is a shift; `before` is sorted."""
    counts = _counted(now, before)
    index, free = _index(*counts), len(counts[0]) - 1
    part = 2 / (9 * max(free, 1))
    quantile = free * (1 - part + CHANCE * math.sqrt(part)) ** 3  # of chi-square (Wilson and Hilferty, PNAS 1931)
    return index, index >= max(SHIFTED, quantile * (1 / len(now) + 1 / len(before)))


def _counted(now: NDArray[np.float64], before: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Households per bin, the missing last; `before` is sorted, so that its missing come last."""
    known = len(before) - int(np.isnan(before).sum())
    found, often = np.unique(before[TENTHS * known // 10] if known else before[:0], return_counts=True)
    edges = np.union1d(found, np.nextafter(found[often > 1], -np.inf))
    was = np.diff(np.searchsorted(before[:known], edges, side="right"), prepend=0, append=known)
    present = now[~np.isnan(now)]
    here = np.bincount(np.searchsorted(edges, present), minlength=len(edges) + 1)
    return np.append(here, len(now) - len(present)), np.append(was, len(before) - known)


def _index(now: NDArray[np.int64], before: NDArray[np.int64]) -> float:
    share, was = ((counts + 0.5) / (counts.sum() + 0.5 * len(counts)) for counts in (now, before))
    return float(((share - was) * np.log(share / was)).sum())
