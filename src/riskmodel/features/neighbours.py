"""Figures of the neighbours as published with a month: what each household adds to the sums of its village.

One household alone (an API, a what-if) so gets the neighbours' figures that it has in the batch, without the facts of
its village: the sums of the village less what the household itself added to them at the publication, whatever is
asked about it since. A household that was not in the publication has the whole village as its neighbours.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from riskmodel.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

HOUSEHOLD: Final = ("household_id", "village_code")
"""Columns that say whose amounts a row holds; the whole numbers that are summed up over a village follow."""
PUBLICATION: Final = {"as_of": pl.Date(), "county": pl.String(), "feature_set": pl.String(), "fingerprint": pl.String()}
"""First columns of a published frame, the same in every row."""
NOBODY: Final = -1
"""Place of whoever is not in a publication, and the village of them."""
AGAIN: Final = "Score that day again."
AGAIN_ZH: Final = "请重新评估该日期。"


@dataclass(frozen=True)
class Neighbours:
    """Amounts of all active households of a county on a day; sums are exact, for they are of whole numbers."""

    as_of: date
    county: str
    amounts: pl.DataFrame = field(repr=False)
    """Sorted by household: its id as text, its village as a number (the code of that day), one Int64 per sum."""
    called: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Ids of the publication by those that are asked with, where they differ."""

    def asked_with(self, called: Mapping[str, str]) -> Neighbours:
        """The same, asked with other ids, given with those of the publication; what is made of it is made once."""
        renamed = replace(self, called=called)
        vars(renamed)["_tables"] = self._tables
        return renamed

    @property
    def columns(self) -> list[str]:
        """Names of the sums."""
        return [name for name in self.amounts.columns if name not in HOUSEHOLD]

    def frame(self, feature_set: str) -> pl.DataFrame:
        """The form in which it is published beside the scores, made of the features `feature_set`; see `read`."""
        fingerprint = _fingerprint(self.amounts, self.as_of, self.county, feature_set)
        told = zip(PUBLICATION.items(), (self.as_of, self.county, feature_set, fingerprint), strict=True)
        return self.amounts.select(*(pl.lit(value, kind).alias(name) for (name, kind), value in told), pl.all())

    @classmethod
    def read(cls, published: pl.DataFrame, feature_set: str) -> Neighbours:
        """What `frame` gave. Raises DataError when it was changed since, UsageError when it is of other features."""
        if {*PUBLICATION, *HOUSEHOLD} - set(published.columns) or published.is_empty():
            raise DataError(
                f"these are no neighbours' figures of a county and day. {AGAIN} / 同村数据不完整。{AGAIN_ZH}"
            )
        as_of, county, made_of, fingerprint = published.select(*PUBLICATION).row(0)
        if made_of != feature_set:
            raise UsageError(
                f"the neighbours' figures of county {county} on {as_of} are of feature set {made_of}, asked for is "
                f"{feature_set}. {AGAIN} / 县 {county} {as_of} 的同村数据出自特征集 {made_of}，"
                f"现用特征集是 {feature_set}。{AGAIN_ZH}"
            )
        amounts = published.select(pl.exclude(*PUBLICATION))
        if _fingerprint(amounts, as_of, county, made_of) != fingerprint:
            raise DataError(
                f"the neighbours' figures of county {county} on {as_of} were changed. {AGAIN} / "
                f"县 {county} {as_of} 的同村数据被改动过。{AGAIN_ZH}"
            )
        return cls(as_of, county, amounts)

    def of_others(self, households: pl.DataFrame) -> pl.DataFrame:
        """Sums over the neighbours, a row for each of these households in their order.

        `households` has the columns `household_id` (text) and `village_code`. 0 in a village of which nobody was in the
        publication.
        """
        others = self.sums(households["household_id"], households["village_code"].to_numpy())
        return pl.DataFrame(others, schema=dict.fromkeys(self.columns, pl.Int64))

    def sums(self, asked: pl.Series, lives_in: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same as a matrix, for the ids of households and the villages they live in."""
        villages, sums = self._tables.by_village
        homes, own = self._tables.by_household
        home = _places(self.amounts["household_id"], asked.replace(self.called) if self.called else asked)
        village = np.searchsorted(villages[:-1], lives_in)
        village[villages[village] != lives_in] = NOBODY
        difference: NDArray[np.int64] = sums[village] - own[np.where(homes[home] == lives_in, home, NOBODY)]
        return difference

    @cached_property
    def _tables(self) -> _Tables:
        return _Tables(self.amounts)


@dataclass(frozen=True)
class _Tables:
    """The amounts as they are looked up; made when somebody asks first, for a county is large.

    Below the last row there is nobody, who lives in no village and adds nothing.
    """

    amounts: pl.DataFrame

    @cached_property
    def by_village(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Villages in ascending order, and the amounts of each together."""
        total = self.amounts.group_by("village_code").agg(pl.exclude(*HOUSEHOLD).sum()).sort("village_code")
        return _above_nobody(total)

    @cached_property
    def by_household(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Village and amounts of each household."""
        return _above_nobody(self.amounts)


def _above_nobody(rows: pl.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The villages and the amounts of the rows, as an array and a matrix."""
    amounts = rows.select(pl.exclude(*HOUSEHOLD))
    nothing = np.zeros((1, amounts.width), dtype=np.int64)
    return np.append(rows["village_code"].to_numpy(), NOBODY), np.vstack([amounts.to_numpy(), nothing])


def _places(known: pl.Series, wanted: pl.Series) -> NDArray[np.int64]:
    """Where each wanted id stands among known ones, which ascend; below the last where it is not among them."""
    place = known.search_sorted(wanted).to_numpy().astype(np.int64)
    if known.is_empty():
        return place
    found = known.gather(np.minimum(place, known.len() - 1)) == wanted
    return np.where(found.to_numpy(), place, known.len())


def _fingerprint(amounts: pl.DataFrame, *of: Any) -> str:
    """16 hex digits of what was summed: day, county, features, and the amounts of every household."""
    made = hashlib.sha256(repr([*map(str, of), amounts.columns]).encode())
    for column in amounts.iter_columns():
        is_text = column.dtype == pl.String
        made.update("\n".join(column.to_list()).encode() if is_text else column.to_numpy().tobytes())
    return made.hexdigest()[:16]
