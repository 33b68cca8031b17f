"""A published month as pages read it: its columns and counts, of the part of the country that somebody sees."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from riskmodel.review.assessments import Month, MonthReplaced, month
from riskmodel.review.month_parts import NotPrepared, part
from riskmodel.review.visited import last_told, visited
from riskmodel.workflows.assessed import Kept
from riskmodel.workflows.month_parts import COLUMNS, COUNTED, FACTS, VILLAGES, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from riskmodel.review.access import Principal
    from riskmodel.review.store import Store
    from riskmodel.review.visited import Met

MOST_BYTES: Final = 64_000_000
"""Of the parts that are kept: three months of 300,000 households have 30 MB."""
MOST_GROUNDS: Final = 256
"""Areas of some visitors and months that are kept: those of 6,000 villages have 150 kB."""
VILLAGE_DIGITS: Final = 12
_ID_BYTES: Final = 12
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Facts:
    """What is told of a month beside its columns."""

    villages: list[str] = field(repr=False)
    """Codes, in order."""
    visits: dict[str, int] = field(repr=False)
    """Visits of each township on the list."""
    issued: bool
    """Whether the list was issued when the month was published."""
    ages: list[dict[str, Any]] = field(repr=False)
    """Of the deliveries, see `DeliveryAge`."""


@dataclass(frozen=True)
class Ground:
    """The villages of an area that somebody sees, in groups of those whose codes begin alike."""

    villages: NDArray[np.intp] = field(repr=False)
    """Their numbers, in order."""
    codes: list[str] = field(repr=False)
    """Of the groups."""
    starts: NDArray[np.intp] = field(repr=False)
    """Where each group begins among the villages."""


@dataclass(frozen=True)
class Sheet:
    """A month, read part by part when it is asked for. Reading raises MonthReplaced and NotPrepared, see `part`."""

    month: Month
    facts: Facts = field(repr=False)
    _read: Callable[[Month, str], bytes] = field(repr=False)
    _ground: Callable[[Month, Principal, str, int], Ground] = field(repr=False)

    def ground(self, who: Principal, area: str, digits: int = VILLAGE_DIGITS) -> Ground:
        """The villages of an area that somebody sees, grouped by so many digits of their codes."""
        return self._ground(self.month, who, area, digits)

    def column(self, name: str) -> NDArray[Any]:
        """A column of `COLUMNS`, in order of risk."""
        return np.frombuffer(self._read(self.month, name), dtype=COLUMNS[name])

    def counts(self, name: str) -> NDArray[np.float64]:
        """(villages, counts), see `COUNTED`."""
        return np.frombuffer(self._read(self.month, name), dtype="<f8").reshape(-1, len(COUNTED[name]))

    def inside(self, who: Principal, area: str) -> NDArray[np.bool_]:
        """Which villages lie in an area and may be seen."""
        mask = np.zeros(len(self.facts.villages), dtype=np.bool_)
        mask[self.ground(who, area).villages] = True
        return mask

    def ids(self, places: Iterable[int]) -> list[str]:
        """The households at some places of the columns."""
        raw = self._read(self.month, "id")
        return [f"H{raw[_ID_BYTES * at : _ID_BYTES * (at + 1)].hex()}" for at in places]

    def places(self, households: Sequence[str]) -> NDArray[np.intp]:
        """Where households stand in the columns; -1 for those that are not of the month."""
        return self.places_of(np.array([bytes.fromhex(one[1:]) for one in households], dtype=COLUMNS["id"]))

    def places_of(self, ids: NDArray[np.bytes_]) -> NDArray[np.intp]:
        """The same of ids as in the column."""
        own, order = self.column("id"), self.column("by_id")
        at = order[np.minimum(np.searchsorted(own, ids, sorter=order), len(own) - 1)]
        return np.where(own[at] == ids, at, -1)


class Sheets:
    """The months of a database, of which the parts used last are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept = Kept(MOST_BYTES)
        self._facts = lru_cache(maxsize=24)(self._read_facts)
        self._ground = lru_cache(maxsize=MOST_GROUNDS)(self._make_ground)
        self._visits = lru_cache(maxsize=4)(self._read_visits)

    def sheet(self, published: Month) -> Sheet:
        """A published month. Raises MonthReplaced and NotPrepared."""
        return Sheet(published, self._facts(published), self._read, self._ground)

    def told(self, as_of: date | None, make: Callable[[Sheet], _Made]) -> _Made | None:
        """What is made of a month (default: the newest), of one state of it; None where it was not published.

        `make` is called again where the month was published anew meanwhile. Raises NotPrepared.
        """
        while published := month(self._store, as_of):
            try:
                return make(self.sheet(published))
            except MonthReplaced:
                continue
        return None

    def visits(self, first: date, end: date) -> dict[str, Met]:
        """All visits of some weeks, see `visited`; not for changing."""
        return self._visits(first, end, last_told(self._store))

    def first_of(self, published: Iterable[Month]) -> Sheet | None:
        """The first of some months that was published with lists and counts; None where none was."""
        return next(self.all_of(published), None)

    def all_of(self, published: Iterable[Month]) -> Iterator[Sheet]:
        """Those of some months that were published with lists and counts. Raises MonthReplaced."""
        for one in published:
            try:
                yield self.sheet(one)
            except NotPrepared:
                continue

    def _read(self, published: Month, name: str) -> bytes:
        key = (published.as_of, published.published_at, name)
        found = self._kept.get(key)
        if found is None:
            found = part(self._store, published, name)
            self._kept.put(key, found)
        return found

    def _read_visits(self, first: date, end: date, _last: int) -> dict[str, Met]:
        return visited(self._store, first, end)

    def _read_facts(self, published: Month) -> Facts:
        return Facts(**json.loads(part(self._store, published, FACTS)))

    def _make_ground(self, published: Month, who: Principal, area: str, digits: int) -> Ground:
        villages = self._facts(published).villages
        near = range(bisect_left(villages, area), bisect_right(villages, area.ljust(VILLAGE_DIGITS, "9")))
        seen = [at for at in near if villages[at].startswith(area) and who.sees(villages[at])]
        codes = [villages[at][:digits] for at in seen]
        starts = [at for at, code in enumerate(codes) if at == 0 or codes[at - 1] != code]
        groups = [codes[at] for at in starts]
        return Ground(np.array(seen, dtype=np.intp), groups, np.array(starts, dtype=np.intp))


def among(sheet: Sheet, column: str, *words: str) -> NDArray[np.bool_]:
    """Which households have one of these words in a column."""
    values, mask = sheet.column(column), np.zeros(1, dtype=np.bool_)
    for word in words:
        mask = mask | (values == WORDS[column].index(word))
    return mask


def summed(sheet: Sheet, who: Principal, area: str, digits: int, name: str = VILLAGES) -> dict[str, dict[str, float]]:
    """The counts of `COUNTED` of an area, by the codes of so many digits that lie in it."""
    ground = sheet.ground(who, area, digits)
    if not ground.codes:
        return {}
    sums = np.add.reduceat(sheet.counts(name)[ground.villages], ground.starts, axis=0).tolist()
    return {code: dict(zip(COUNTED[name], own, strict=True)) for code, own in zip(ground.codes, sums, strict=True)}
