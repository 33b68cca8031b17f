"""The half-year look back at villages (回头看): where risk rises, where guarantees fail, who was not visited."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from riskmodel.workflows.month_parts import COUNTED, HALF_YEAR_DAYS, PROBLEMS, VILLAGES
from riskmodel.workflows.month_sheet import summed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from riskmodel.review.access import Principal
    from riskmodel.review.assessments import Month
    from riskmodel.workflows.month_sheet import Sheet, Sheets

FEW: Final = 10
"""Of a village with fewer households no mean is told."""
RISEN: Final = 1.2
"""A village is told where its mean probability is so many times what it was."""
MOST: Final = 12
"""Villages that are told."""
_LATE_DAYS: Final = 20
"""A run may come so much later than half a year after another."""


@dataclass(frozen=True)
class Rising:
    """A village whose mean probability rose."""

    code: str
    households: int
    """That may be listed now."""
    means: list[float | None]
    """Mean probability on each date, the last one now; None where there were too few households."""

    @property
    def then(self) -> float:
        """On the first date."""
        return self.means[0] or 0.0

    @property
    def now(self) -> float:
        """On the last date."""
        return self.means[-1] or 0.0


@dataclass(frozen=True)
class Failures:
    """One guarantee in a place."""

    now: int
    known: int
    """Households of which it is known now."""
    before: int | None
    """On the first date; None where there is none."""


@dataclass(frozen=True)
class PlaceBack:
    """A place in the look back."""

    households: int
    visited: int
    """Visited within half a year before the as-of date, as far as the lake knew."""
    failures: Mapping[str, Failures]


@dataclass(frozen=True)
class LookBack:
    """The half-year before a month."""

    dates: list[date]
    """The dates compared, oldest first; a single one: nothing to compare."""
    same_model: bool
    villages: int
    """Of which a mean is known on the first and the last date."""
    risen: int
    """Of them with a mean risen by a fifth or more."""
    rising: list[Rising] = field(repr=False)
    """Those that rose most, at most 12."""
    places: Mapping[str, PlaceBack] = field(repr=False)


@lru_cache(maxsize=64)
def look_back(
    sheets: Sheets, months: tuple[Month, ...], month: Month, who: Principal, area: str, digits: int
) -> LookBack:
    """The half-year up to a month in an area; failures and visits by codes of so many digits. months: all published.

    What was told is kept: a month is another one when it is published again.
    """
    sheet = sheets.sheet(month)
    window = [*sheets.all_of(_half_year(months, month)), sheet]
    ground = sheet.ground(who, area)
    means = np.array([_means(each, who, area, ground.codes) for each in window])
    first, last = means[0], means[-1]
    both = ~np.isnan(first) & ~np.isnan(last) & (len(window) > 1)
    rose = np.flatnonzero(both & (last >= RISEN * first))
    most = rose[np.argsort(first[rose] - last[rose], kind="stable")][:MOST]
    may = _column(sheet, who, area, "may")
    return LookBack(
        dates=[each.month.as_of for each in window],
        same_model=len({each.month.model for each in window}) == 1,
        villages=int(both.sum()),
        risen=len(rose),
        rising=[Rising(ground.codes[at], int(may[at]), _known(means[:, at])) for at in most.tolist()],
        places=_places(window, who, area, digits),
    )


def _half_year(months: Sequence[Month], now: Month) -> list[Month]:
    """The newest date of each calendar month of the half-year before a date, oldest first."""
    first = now.as_of - timedelta(days=HALF_YEAR_DAYS + _LATE_DAYS)
    newest = {f"{one.as_of:%Y-%m}": one for one in sorted(months, key=lambda one: one.as_of) if one.as_of < now.as_of}
    here = f"{now.as_of:%Y-%m}"
    return [one for month, one in newest.items() if one.as_of >= first and month != here]


def _means(sheet: Sheet, who: Principal, area: str, codes: list[str]) -> NDArray[np.float64]:
    """Mean probability of the households that may be listed, of villages by code; NaN with too few of them."""
    risk, may = (_column(sheet, who, area, name) for name in ("risk", "may"))
    means = np.where(may >= FEW, risk / np.maximum(may, 1), np.nan)
    own = sheet.ground(who, area).codes
    if own == codes:
        return means
    told = dict(zip(own, means.tolist(), strict=True))
    return np.array([told.get(code, np.nan) for code in codes])


def _known(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]


def _column(sheet: Sheet, who: Principal, area: str, name: str) -> NDArray[np.float64]:
    """A count of each village."""
    counts: NDArray[np.float64] = sheet.counts(VILLAGES)[
        sheet.ground(who, area).villages, COUNTED[VILLAGES].index(name)
    ]
    return counts


def _places(window: Sequence[Sheet], who: Principal, area: str, digits: int) -> dict[str, PlaceBack]:
    now = summed(window[-1], who, area, digits)
    before = summed(window[0], who, area, digits) if len(window) > 1 else {}
    return {
        code: PlaceBack(
            households=int(own["households"]),
            visited=int(own["visited"]),
            failures={name: _failures(name, own, before.get(code)) for name in PROBLEMS},
        )
        for code, own in now.items()
    }


def _failures(name: str, now: Mapping[str, float], before: Mapping[str, float] | None) -> Failures:
    return Failures(int(now[name]), int(now[f"{name}_known"]), None if before is None else int(before[name]))
